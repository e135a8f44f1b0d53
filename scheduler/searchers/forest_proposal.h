// Searcher "bo" with surrogate "rf": SMAC's method for several objectives, kept for comparison. A
// random forest on ParEGO costs (scheduler/surrogates/parego.h), expected improvement, and a fifth
// of the suggestions at random. Thread safety: pure functions.
#pragma once

#include <optional>

#include "base/random.h"
#include "scheduler/searchers/searcher.h"
#include "scheduler/surrogates/features.h"
#include "scheduler/surrogates/parego.h"

namespace faretto {

struct ForestStudy {
  std::int64_t rung = 0;
  ForestData data;
};

// What the forest learns from with these weights: the results at the comparison rung. Infeasible
// results and failed trials cost as much as the worst value in every objective. As long as no
// result is feasible, the cost is the violation. Pending: waiting or running without a result
// there. Nothing if there is no result at any rung.
std::optional<ForestStudy> CollectForestStudy(const StudyView& view, const FeatureMap& features,
                                              std::span<const double> weights);

// Origin "bo/rf". Nothing in a fifth of the suggestions, which are to be uniform draws, and where
// no trial has a result or nothing was found.
std::optional<Proposal> ForestProposal(const StudyView& view, RandomStream& random);

}  // namespace faretto
