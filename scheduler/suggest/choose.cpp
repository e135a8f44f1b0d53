#include "scheduler/suggest/choose.h"

namespace faretto {
namespace {

// A Gaussian process costs the cube of its rows, and each trial under way is one as well. Where
// many are under way nothing else makes so much of each (benchmarks/choice).
constexpr std::size_t kMostResultsToModel = 1000;
constexpr std::size_t kMostRowsToModel = 1500;

}  // namespace

std::string ChooseSearcher(const StudyView& view) {
  const std::size_t results = view.state.counts().with_results;
  if (view.spec.objectives.size() > kMostObjectivesToModel || results > kMostResultsToModel ||
      results + view.state.assignments().size() > kMostRowsToModel)
    return "tpe";
  return "bo";
}

}  // namespace faretto
