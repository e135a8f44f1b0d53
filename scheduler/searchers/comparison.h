// What a searcher without a model of resources compares: the results at one rung. Thread safety: a
// pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "study/standings.h"
#include "study/suggestion.h"

namespace faretto {

struct Comparison {
  std::int64_t rung = 0;
  std::vector<Standing> standings;  // by trial id; none failed
};

// The results at the highest rung that holds at least `enough` of them; failing that, at the rung
// that holds most, the higher one of equals. Failed trials are left out. O(trials) for each rung.
Comparison CompareAtHighestRung(const StudyView& view, std::size_t enough);

}  // namespace faretto
