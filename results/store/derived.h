// Keeps the tables that follow from the events. They mirror StudyState, which is the truth; the
// caller wraps each event in its transaction. For this folder's sources only.
#pragma once

#include <optional>

#include "base/result.h"
#include "results/store/sqlite.h"
#include "study/event.h"
#include "study/state.h"

namespace faretto {

class DerivedTables {
 public:
  static Result<DerivedTables> Prepare(Database& database);

  // Call before `state` applies the event: finds the assignment that the event speaks of.
  void Before(const Event& event, const StudyState& state);
  // Call after it.
  Status After(const Event& event, const StudyState& state);

 private:
  struct Writer;

  Statement insert_trial_, update_trial_, insert_param_;
  Statement insert_report_, insert_value_;
  Statement insert_assignment_, end_assignment_;
  Statement join_worker_, leave_worker_;
  Statement insert_job_, update_job_, insert_evaluation_;
  Statement put_request_;
  std::optional<Assignment> assignment_;
};

}  // namespace faretto
