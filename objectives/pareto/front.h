// Which trials are on the Pareto front of a study.
#pragma once

#include <cstdint>
#include <vector>

#include "objectives/pareto/objective.h"

namespace faretto {

struct FrontCandidate {
  std::int64_t id = 0;
  Metrics metrics;
};

// Ids of the candidates on the front, in the order given: all objectives present and finite, every
// constraint met, dominated by no other such candidate. Candidates with equal values are all on it.
// Thread safety: a pure function.
std::vector<std::int64_t> ParetoFront(const std::vector<FrontCandidate>& candidates,
                                      const std::vector<Objective>& objectives,
                                      const std::vector<Constraint>& constraints);

}  // namespace faretto
