// Which trial goes on from a rung, in the order of RankTrials (study/standings.h). Finds one answer
// only, on flat arrays, because every suggestion of a study with many thousand trials asks for it.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "study/rung_results.h"

namespace faretto {

struct WaitingPlace {
  TrialId trial = 0;
  std::size_t place = 0;  // 0 = the best of all that are judged at the rung
  int layer = 0;
};

// The best one that waits, if it is among the best `places` of all that are judged at the rung.
// With up to two objectives O(n) where few layers hold so many, O(n log n) at worst; with more
// RankLayer of the layers that somebody waits on, which the rungs of `asha` keep.
std::optional<WaitingPlace> BestWaiting(const RungResults& rung, std::size_t places);

// Of the feasible ones that wait, the one that adds most to the hypervolume of the feasible ones
// that do not (any more), each objective scaled to the range from its best value to the 75 %
// quantile of the feasible ones; nothing if none adds to it. O(n) hypervolumes.
std::optional<TrialId> AddsMostVolume(const RungResults& rung);

}  // namespace faretto
