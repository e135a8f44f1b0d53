// What trials have reached at one resource where the study compares them, as flat numbers: every
// suggestion reads all of it, and reports with their names lie all over the memory.
// Thread safety: none while it is changed; const use from any thread otherwise.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "study/study_spec.h"
#include "study/trial.h"

namespace faretto {

class RungResults {
 public:
  RungResults(const StudySpec& spec, std::int64_t resource);

  std::int64_t resource() const { return resource_; }

  // Trials have ids below `trials`; those that are new have reported nothing.
  void Resize(std::size_t trials);
  // Takes the trial's newest report at this resource, or that there is none.
  void Update(const Trial& trial);

  // Is there a report?
  bool reported(TrialId id) const { return !std::isnan(row(id)[0]); }
  // Does it have every objective?
  bool comparable(TrialId id) const { return !std::isnan(row(id)[width_ - 1]); }
  // Of the constraints, 0 = feasible.
  double violation(TrialId id) const { return row(id)[0]; }
  // The objectives, minimised; of comparable ones only.
  std::span<const double> values(TrialId id) const { return {row(id) + 1, width_ - 1}; }

 private:
  const double* row(TrialId id) const { return &rows_[static_cast<std::size_t>(id) * width_]; }

  const StudySpec* spec_;
  std::int64_t resource_;
  std::size_t width_;
  std::vector<double> rows_;  // by trial: violation, then objectives; NaN: there is none
};

}  // namespace faretto
