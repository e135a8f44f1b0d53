// Which searcher a study gets whose file names none: `bo` while it answers quickly enough, and
// `tpe` with more than 1,000 results, more than 1,500 results and trials under way together, or
// more than four objectives (measured: benchmarks/peers, benchmarks/choice).
#pragma once

#include <cstddef>
#include <string>

#include "study/suggestion.h"

namespace faretto {

// With more objectives box decompositions grow too fast: as the size of the front to the power of
// half their number.
inline constexpr std::size_t kMostObjectivesToModel = 4;

// A name in scheduler/searchers' registry, as a function of the view. Thread safety: a pure
// function.
std::string ChooseSearcher(const StudyView& view);

}  // namespace faretto
