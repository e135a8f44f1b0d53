// What it is worth to train paused trials on to full resource. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "study/suggestion.h"

namespace faretto {

// From so many results at full resource on a model decides (benchmarks/notes/first-promotions.md
// says what is done before).
inline constexpr std::size_t kLeastAtTop = 3;

struct WaitingTrial {
  TrialId id = -1;
  std::int64_t from = 0;  // resource at which it would go on
};

// Is there a model, and are there enough results at full resource for it to decide?
bool ModelDecides(const StudyView& view);

// For each trial LogValueForCost (scheduler/surrogates/value_for_cost.h) against the front of those
// at full resource. -infinity for trials that the model of a long study leaves out. Only the
// largest value is exact; others may come out lower than they are. Nothing until ModelDecides.
std::optional<std::vector<double>> PromotionValues(const StudyView& view,
                                                   const std::vector<WaitingTrial>& trials);

}  // namespace faretto
