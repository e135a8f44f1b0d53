#include "scheduler/suggest/choose.h"

#include <algorithm>

namespace faretto {
namespace {

// The time of a Gaussian process grows with the cube of its rows, and each trial under way is a row
// as well. Up to these limits `bo` is the best choice even with hundreds of trials under way
// (benchmarks/notes/choice-of-searcher.md).
constexpr std::size_t kMostResultsToModel = 1000;
constexpr std::size_t kMostRowsToModel = 1500;

// Counts trials with a result at a resource where the study compares them; other reports of a
// training do not count.
std::size_t ComparedResults(const StudyState& state) {
  std::size_t most = 0;
  for (const RungResults& rung : state.rungs()) most = std::max(most, rung.size());
  return most;
}

}  // namespace

std::string ChooseSearcher(const StudyView& view) {
  const std::size_t results = ComparedResults(view.state);
  if (view.spec.objectives.size() > kMostObjectivesToModel || results > kMostResultsToModel ||
      results + view.state.assignments().size() > kMostRowsToModel)
    return "tpe";
  return "bo";
}

}  // namespace faretto
