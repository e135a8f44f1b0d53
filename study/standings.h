// The order of trials that are compared at one resource: feasible before infeasible before failed,
// and Pareto layers with crowding among the feasible (Deb, Pratap, Agarwal, Meyarivan, "A fast and
// elitist multiobjective genetic algorithm: NSGA-II", IEEE TEVC 6(2), 2002, sections III and VI).
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "study/study_spec.h"
#include "study/trial.h"

namespace faretto {

// What a trial is compared by.
struct Standing {
  TrialId trial = 0;
  bool failed = false;             // nothing to compare: ranks last
  double violation = 0;            // of the constraints, 0 = feasible
  std::vector<double> objectives;  // minimised; empty when failed
};

// Standing at exactly this resource. Failed: the trial failed, or there is no report with every
// objective.
Standing StandingAt(const StudySpec& spec, const Trial& trial, std::int64_t resource);
// The same by its report alone, whatever became of the trial.
Standing StandingByReport(const StudySpec& spec, const Trial& trial, std::int64_t resource);

struct RankedTrial {
  std::size_t index = 0;  // into the standings
  int layer = 0;          // 0 = best; infeasible ones follow, one layer for each violation
  double crowding = 0;    // within the layer, normalised by its ranges; equal points share theirs
};

// The best `count`, best first: by layer, then less crowded, then as given. O(n log n) for up to
// two objectives. With more, at worst O(n^2), but a small count needs the first layers only.
std::vector<RankedTrial> RankTrials(const std::vector<Standing>& standings,
                                    std::size_t count = std::numeric_limits<std::size_t>::max());

// The best `count` of trials that are all on one layer and feasible: as RankTrials has them,
// without asking which dominates which.
std::vector<RankedTrial> RankLayer(const std::vector<Standing>& layer,
                                   std::size_t count = std::numeric_limits<std::size_t>::max());

}  // namespace faretto
