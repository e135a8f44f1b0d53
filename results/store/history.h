// What a report wants to know beside the state: the order in which things happened.
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "study/event.h"
#include "study/state.h"
#include "study/trial.h"

namespace faretto {

// One report that counts, with the resource that the study had spent by then.
struct ReportPoint {
  std::int64_t sequence = 0;
  double live_s = 0;
  double unix_s = 0;
  double spent_resource = 0;
  TrialId trial = 0;
  std::int64_t resource = 0;
  Metrics values;
};

// Every failure and loss, in order; Trial::failure keeps the newest only.
struct FailureRecord {
  std::int64_t sequence = 0;
  double unix_s = 0;
  TrialId trial = -1;
  std::int64_t job = -1;
  std::int64_t resource = 0;  // target of the assignment
  std::string kind;           // "failed" (the configuration's doing) or "lost" (without notice)
  std::string reason;
  std::string log;
  bool final = false;
};

// Wall-clock times of a trial's training.
struct TrialTimes {
  double created_unix_s = 0;
  std::optional<double> started_unix_s;  // of its first assignment
  double newest_unix_s = 0;              // of its newest event
};

struct StudyHistory {
  std::vector<ReportPoint> reports;
  std::vector<FailureRecord> failures;
  std::vector<TrialTimes> times;  // index = trial id
  double first_unix_s = 0;
  double last_unix_s = 0;

  // Call before `state` applies the event.
  void Before(const Event& event, const StudyState& state);
  // Call after it.
  void After(const Event& event, const StudyState& state);
};

}  // namespace faretto
