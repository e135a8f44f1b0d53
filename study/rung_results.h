// What trials that have not failed have reached at one resource where the study compares them, as
// flat numbers and in order: every suggestion reads them, and reports with their names lie all over
// the memory. Thread safety: none while it is changed; const use from any thread otherwise.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "objectives/pareto/dominance_layers.h"
#include "objectives/pareto/layer_sweep.h"
#include "study/study_spec.h"
#include "study/trial.h"

namespace faretto {

class RungResults {
 public:
  struct Violation {
    double sum;  // of the constraints, above 0
    TrialId trial;
  };

  RungResults(const StudySpec& spec, std::int64_t resource);

  std::int64_t resource() const { return resource_; }

  // Trials have ids below `trials`; those that are new have reported nothing.
  void Resize(std::size_t trials);
  // Takes the trial's newest report at this resource, or that there is none or the trial failed;
  // where that is what is known, its verdict only.
  // O(log n) comparisons, and one move of memory; with more than two objectives its layer as well.
  void Update(const Trial& trial);
  // Takes whether the trial is judged here, and waits: after any change of its state, what it has
  // reached or where it was sent. O(1), but for the layer of who is judged newly.
  void Judge(const Trial& trial);

  std::size_t objectives() const { return width_ - 1; }

  // Is there a report?
  bool reported(TrialId id) const { return !std::isnan(row(id)[0]); }
  // Does it have every objective?
  bool comparable(TrialId id) const { return !std::isnan(row(id)[width_ - 1]); }
  // Of the constraints, 0 = feasible.
  double violation(TrialId id) const { return row(id)[0]; }
  // The objectives, minimised; of comparable ones only.
  std::span<const double> values(TrialId id) const { return {row(id) + 1, width_ - 1}; }

  // Is the trial one of those that are judged here: its way to here is over, with a report, or it
  // failed on the way here or beyond?
  bool judged(TrialId id) const { return verdicts_[static_cast<std::size_t>(id)] >= kJudged; }
  // Has it paused here, comparable, and not been sent on?
  bool waits(TrialId id) const { return verdicts_[static_cast<std::size_t>(id)] == kWaits; }
  std::size_t judged() const { return judged_; }    // how many
  std::size_t waiting() const { return waiting_; }  // how many

  // Number of comparable results.
  std::size_t size() const { return feasible_.size() + infeasible_.size(); }
  // The feasible comparable results in lexicographic order of their objectives, equal ones by
  // trial, which is their index.
  std::span<const SweepPoint> feasible() const { return feasible_; }
  // The layers of those of them that are judged, under `asha`, which reads them with every
  // suggestion, and with more than two objectives: two are sorted into layers as fast as they are
  // read. Otherwise empty.
  const std::vector<std::vector<std::size_t>>& layers() const { return layers_.layers(); }
  // The other comparable results, the least violation first, equal ones by trial.
  std::span<const Violation> infeasible() const { return infeasible_; }

 private:
  enum Verdict : char { kNotJudged, kJudged, kWaits };

  const double* row(TrialId id) const { return &rows_[static_cast<std::size_t>(id) * width_]; }
  bool Before(const SweepPoint& a, const SweepPoint& b) const;
  std::vector<double> RowOf(const Trial& trial) const;
  Verdict VerdictOf(const Trial& trial) const;
  void SetVerdict(TrialId id, Verdict verdict);
  bool BelongsToLayer(TrialId id) const;
  // Takes a comparable result into the order, or out of it.
  void Insert(TrialId id);
  void Erase(TrialId id);

  const StudySpec* spec_;
  std::int64_t resource_;
  std::size_t width_;
  bool keeps_layers_;
  std::vector<double> rows_;       // by trial: violation, then objectives; NaN: there is none
  std::vector<Verdict> verdicts_;  // by trial
  std::size_t judged_ = 0;
  std::size_t waiting_ = 0;
  std::vector<SweepPoint> feasible_;
  std::vector<Violation> infeasible_;
  DominanceLayers layers_;
};

}  // namespace faretto
