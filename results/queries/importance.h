// Which parameters decide whether a trial is among the best: for each objective, and for the front.
//
// The best are a tenth of the trials that are compared, and at least five. For an objective they
// are those with the best values; for the front, those of the first Pareto layers, within a layer
// by what they add to its hypervolume (beyond four objectives: the less crowded ones first), and
// feasible ones before others. Trials that tie with the last of the best count among them. The
// method is that of results/queries/ped_anova.h.
//
// A conditional parameter is judged among the trials in which it is active, and the best are a
// tenth of those. Failed trials, and those without a report at the resource, are left out.
// Thread safety: pure functions of the study file and the state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "results/queries/format.h"
#include "results/queries/ped_anova.h"
#include "study/suggestion.h"

namespace faretto {

// With fewer trials even the five best are no minority. A convention.
inline constexpr std::size_t kImportanceTrials = 10;

struct ParameterImportance {
  std::string parameter;
  std::size_t trials = 0;  // in which it is active
  std::size_t best = 0;    // how many of them count as the best
  Divergence divergence;
  // The share of this parameter in the sum of what exceeds chance, over all parameters: they add up
  // to 1, or are all 0. Nothing with fewer than kImportanceTrials trials.
  std::optional<double> importance;
};

struct TargetImportance {
  std::string name;                             // of the objective; empty for the front
  std::vector<ParameterImportance> parameters;  // in the order of the space
};

struct Importance {
  std::int64_t resource = 0;
  std::size_t trials = 0;                 // compared
  std::size_t failed = 0;                 // left out because they failed
  std::vector<TargetImportance> targets;  // objectives, then the front where there are several
};

// At this resource (default: the study's highest). kFailed: fewer than kImportanceTrials trials
// have results there.
Result<Importance> StudyImportance(const StudyView& study, std::optional<std::int64_t> resource);

// {"resource","trials","failed","method","targets":[{"name","kind":"objective"|"front",
// "parameters":[{"name","importance","divergence","typical","chance","trials","best"}]}]};
// importance is null with too few trials.
Document ImportanceDocument(const StudyView& study, const Importance& importance);

}  // namespace faretto
