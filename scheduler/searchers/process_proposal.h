// Searcher "bo" with surrogate "gp": the configuration with the largest expected hypervolume
// improvement by the study's Gaussian processes (scheduler/surrogates/study_model.h). Thread
// safety: pure functions.
#pragma once

#include <optional>

#include "base/random.h"
#include "scheduler/searchers/searcher.h"

namespace faretto {

// Origin "bo/gp"; at least one trial must have a result. Nothing if no configuration was found that
// no trial has.
std::optional<Proposal> ProcessProposal(const StudyView& view, RandomStream& random);

}  // namespace faretto
