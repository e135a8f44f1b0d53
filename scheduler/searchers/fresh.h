// Configurations that no trial has yet. Thread safety: pure functions.
#pragma once

#include <functional>
#include <optional>

#include "base/random.h"
#include "scheduler/searchers/searcher.h"
#include "search_spaces/configuration.h"
#include "study/suggestion.h"

namespace faretto {

// Satisfies the space, and no trial has it.
bool IsFresh(const StudyView& view, const Configuration& configuration);

// Draws up to `tries` candidates (`draw` may have none) until one is fresh and the failure memory
// lets it pass; failing that, the fresh one with the best chance. Nothing if none was fresh.
std::optional<Configuration> PickFresh(const SearchBasis& basis, RandomStream& random, int tries,
                                       const std::function<std::optional<Configuration>()>& draw);

// A fresh configuration drawn uniformly. When draws keep hitting taken ones, a finite space is
// enumerated. Nothing: no configuration is left.
std::optional<Configuration> DrawFresh(const SearchBasis& basis, RandomStream& random);

}  // namespace faretto
