// Which members of a Hyperband stage go on. Thread safety: a pure function.
#pragma once

#include <cstddef>
#include <vector>

#include "study/standings.h"

namespace faretto {

// At most `places` of the stage, as indices into it, in the order of the next stage. Failed ones
// never go on.
//
// SMAC3's rule: layers of non-dominated members are taken until there are at least `places`; if
// there are more, all that were taken are sorted by crowding distance, largest first, ties as they
// were, and the first ones stay. Two or fewer are left in their order. (Its distance is infinite at
// both ends of every objective.) SMAC3 knows no constraints: here infeasible members only fill the
// places that feasible ones leave, the smallest violation first.
std::vector<std::size_t> PromotedFromStage(const std::vector<Standing>& stage, std::size_t places);

}  // namespace faretto
