// Resource levels at which trials are compared: pure functions of the algorithm's settings.
#pragma once

#include <cstdint>
#include <vector>

#include "study/study_spec.h"

namespace faretto {

// max_resource / reduction_factor^k, truncated, down to the last one not below min_resource;
// rising, no repeats. (2, 18, 3) -> 2, 6, 18.
std::vector<std::int64_t> AshaRungs(const AlgorithmSpec& algorithm);

// One bracket of Hyperband: stage i compares configurations[i] trials at resources[i] (rising).
struct HyperbandBracket {
  std::vector<std::int64_t> resources;
  std::vector<std::int64_t> configurations;
};

// SMAC3's table: s = s_max .. 0, n_0 = ceil(eta^s (s_max + 1) / (s + 1)), stage i keeps floor(n_0
// eta^-i); s_max by multiplication, not by a logarithm that rounds. Resources truncated; stages
// whose truncated resources fall together are merged. (2.5, 10, 2) -> {2,5,10 | 4,2,1}, {5,10 |
// 3,1}, {10 | 3}.
std::vector<HyperbandBracket> HyperbandBrackets(const AlgorithmSpec& algorithm);

// Every resource at which the study's fidelity policy compares trials, rising; the last one is the
// top.
std::vector<std::int64_t> ComparisonRungs(const AlgorithmSpec& algorithm);

// The resource of a trial that somebody enqueued: the lowest rung (asha), max_resource otherwise.
std::int64_t FirstResource(const AlgorithmSpec& algorithm);

}  // namespace faretto
