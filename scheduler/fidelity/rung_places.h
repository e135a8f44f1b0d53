// Who goes on from a rung: the order of RankTrials (study/standings.h), found for one answer only
// and on flat arrays, because it is asked for with every suggestion of a study of many thousand
// trials. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "study/suggestion.h"

namespace faretto {

// Has the trial paused at this rung, and not been sent on?
bool WaitsAt(const Trial& trial, std::int64_t rung);

// Trials that are compared at a rung: those with a report there, and the failed ones that were sent
// there or further.
struct RungMembers {
  std::size_t objectives = 0;        // how many there are
  std::vector<const Trial*> trials;  // ids rise; into the view's state
  std::vector<double> values;        // minimised; those of trials[k] begin at k * objectives
  std::vector<double> violations;    // 0 = feasible, infinity = nothing to compare
  std::vector<char> waits;           // may go on, if it stands well enough

  std::size_t size() const { return trials.size(); }
};
RungMembers MembersAt(const StudyView& view, std::int64_t rung);

struct WaitingPlace {
  std::size_t member = 0;
  std::size_t place = 0;  // 0 = the best of all members
  int layer = 0;
};

// The best one that waits, if it is among the best `places` of all members. O(n) for up to two
// objectives whose first is spread evenly, O(n log n) at worst; as RankTrials for more.
std::optional<WaitingPlace> BestWaiting(const RungMembers& members, std::size_t places);

// Of the feasible ones that wait, the one that adds most to the hypervolume of the feasible ones
// that do not (any more), each objective scaled to the range from its best value to the 75 %
// quantile of the feasible ones; nothing if none adds to it. O(n) hypervolumes.
std::optional<std::size_t> AddsMostVolume(const RungMembers& members);

}  // namespace faretto
