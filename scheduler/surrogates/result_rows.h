// The results that surrogates learn from, row by row. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "study/suggestion.h"

namespace faretto {

// One result of a trial, at a rung of the study's policy.
struct ResultRow {
  const Trial* trial;              // into the view's state
  const TrialReport* report;       // likewise
  std::size_t rung;                // its number, 0 = the lowest
  std::vector<double> objectives;  // minimised, finite
  bool feasible = true;
};

// By trial, rungs rising. For each of `rungs` (ComparisonRungs of the study) the newest result at
// exactly its resource, else the newest before the next rung; failed trials have none.
std::vector<ResultRow> CollectResultRows(const StudyView& view,
                                         const std::vector<std::int64_t>& rungs);

// At most `most` rows. Whole trials: those on the front of the highest rung (of the
// feasible ones, if there are any), the newest, and others
// evenly by age.
std::vector<ResultRow> ThinResultRows(std::vector<ResultRow> rows, std::size_t most);

}  // namespace faretto
