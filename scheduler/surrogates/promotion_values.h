// What it is worth to train paused trials on to full resource. Thread safety: pure functions.
#pragma once

#include <optional>
#include <vector>

#include "study/suggestion.h"

namespace faretto {

// For each trial the logarithm of its expected hypervolume improvement at full resource (divided by
// the predicted cost of a unit of resource, if the study asks for it); -infinity for trials that
// the model of a long study leaves out. Nothing until a model was recorded and three trials have
// results at full resource.
std::optional<std::vector<double>> PromotionValues(const StudyView& view,
                                                   const std::vector<TrialId>& trials);

}  // namespace faretto
