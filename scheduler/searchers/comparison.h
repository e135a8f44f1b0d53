// What a searcher without a model of resources compares: the results at one rung, in flat arrays,
// because a searcher reads all of them for every suggestion. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "objectives/pareto/dominance.h"
#include "study/suggestion.h"

namespace faretto {

struct Comparison {
  std::int64_t rung = 0;
  std::size_t objectives = 0;      // how many there are
  std::vector<TrialId> trials;     // rising; none failed
  std::vector<double> violations;  // of the constraints, 0 = feasible
  std::vector<double> values;      // minimised; those of trials[k] begin at k * objectives

  std::size_t size() const { return trials.size(); }
  std::span<const double> values_of(std::size_t k) const {
    return std::span(values).subspan(k * objectives, objectives);
  }
  Point point(std::size_t k) const { return {values_of(k).begin(), values_of(k).end()}; }
};

// The highest rung that holds at least `enough` comparable results; failing that, the one that
// holds most, the higher one of equals; nullptr where there is no result. O(rungs).
const RungResults* HighestRung(const StudyView& view, std::size_t enough);

// The results at one rung. O(trials).
Comparison Compare(const StudyView& view, const RungResults& results);
// Those at HighestRung.
Comparison CompareAtHighestRung(const StudyView& view, std::size_t enough);

// Positions (into `trials`, rising) of the feasible results, by Pareto layer: whole layers, best
// first, until they hold `count` or nothing is left. O(n log n) for up to two objectives.
std::vector<std::vector<std::size_t>> BestLayers(const Comparison& comparison, std::size_t count);

// Positions of the infeasible results, the least violation first, equal ones in their order; at
// most `count`.
std::vector<std::size_t> LeastViolating(const Comparison& comparison, std::size_t count);

}  // namespace faretto
