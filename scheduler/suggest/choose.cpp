#include "scheduler/suggest/choose.h"

#include <algorithm>

namespace faretto {
namespace {

// A Gaussian process costs the cube of its rows, and each trial under way is one as well. Where
// many are under way nothing else makes so much of each (benchmarks/choice).
constexpr std::size_t kMostResultsToModel = 1000;
constexpr std::size_t kMostRowsToModel = 1500;

// Trials with results where the study compares them: a full training's reports on its way are none.
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
