// The results at one rung, sorted and in flat arrays. Every suggestion reads all of them, and
// reading the reports themselves (maps by metric name) would be too slow. Failed trials have no
// results. Thread safety: none while it is changed; otherwise const use from any thread.
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
    double sum;  // over the constraints; above 0
    TrialId trial;
  };

  RungResults(const StudySpec& spec, std::int64_t resource);

  std::int64_t resource() const { return resource_; }
  // From now on with this copy of the study file's content, which must outlive it.
  void Follow(const StudySpec& spec) { spec_ = &spec; }

  // From now on trials have ids below `trials`; new ones have reported nothing.
  void Resize(std::size_t trials);
  // Instead of Resize and Update one by one, for results that have no trials yet: all of a study's.
  // O(n log n); with more than two objectives the sorting of their Pareto layers as well.
  void Assign(const std::vector<Trial>& trials);
  // Brings the trial up to date: its newest report at this resource, or none if there is none or
  // the trial failed. If that has not changed, only its verdict (Judge). O(log n) comparisons and
  // one move of memory; with more than two objectives the update of a Pareto layer as well.
  void Update(const Trial& trial);
  // Brings up to date whether the trial is judged and whether it waits here. To be called after any
  // change of its state, of what it has reached or of its target. O(1), plus the update of a Pareto
  // layer for a trial that is newly judged.
  void Judge(const Trial& trial);

  std::size_t objectives() const { return width_ - 1; }

  // Has the trial a report here?
  bool reported(TrialId id) const { return !std::isnan(row(id)[0]); }
  // Has it a value of every objective here?
  bool comparable(TrialId id) const { return !std::isnan(row(id)[width_ - 1]); }
  // Sum over the constraints; 0 = feasible.
  double violation(TrialId id) const { return row(id)[0]; }
  // The objectives, to be minimised. Only for comparable trials.
  std::span<const double> values(TrialId id) const { return {row(id) + 1, width_ - 1}; }

  // A trial is judged here when its training up to this resource has ended with a report, or when
  // it failed on the way here or later.
  bool judged(TrialId id) const { return verdicts_[static_cast<std::size_t>(id)] >= kJudged; }
  // A trial waits here when it is comparable, paused, and was not sent further.
  bool waits(TrialId id) const { return verdicts_[static_cast<std::size_t>(id)] == kWaits; }
  std::size_t judged() const { return judged_; }    // how many
  std::size_t waiting() const { return waiting_; }  // how many

  // Number of comparable results.
  std::size_t size() const { return feasible_.size() + infeasible_.size(); }
  // The feasible comparable results in lexicographic order of their objectives, equal ones by
  // trial. Their `index` is the trial.
  std::span<const SweepPoint> feasible() const { return feasible_; }
  // The Pareto layers of the feasible results that are judged. Kept only under `asha`, which needs
  // them for every suggestion, and only for more than two objectives, since two are sorted as fast
  // as they are read. Otherwise empty.
  const std::vector<std::vector<std::size_t>>& layers() const { return layers_.layers(); }
  // The infeasible comparable results, the least violation first, equal ones by trial.
  std::span<const Violation> infeasible() const { return infeasible_; }

 private:
  enum Verdict : char { kNotJudged, kJudged, kWaits };

  const double* row(TrialId id) const { return &rows_[static_cast<std::size_t>(id) * width_]; }
  bool Before(const SweepPoint& a, const SweepPoint& b) const;
  std::vector<double> RowOf(const Trial& trial) const;
  Verdict VerdictOf(const Trial& trial) const;
  void SetVerdict(TrialId id, Verdict verdict);
  bool BelongsToLayer(TrialId id) const;
  // Puts a comparable result into feasible_ or infeasible_, or takes it out.
  void Insert(TrialId id);
  void Erase(TrialId id);

  const StudySpec* spec_;
  std::int64_t resource_;
  std::size_t width_;
  bool keeps_layers_;
  std::vector<double> rows_;       // by trial: violation, then objectives; NaN: absent
  std::vector<Verdict> verdicts_;  // by trial
  std::size_t judged_ = 0;
  std::size_t waiting_ = 0;
  std::vector<SweepPoint> feasible_;
  std::vector<Violation> infeasible_;
  DominanceLayers layers_;
};

}  // namespace faretto
