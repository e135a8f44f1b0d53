#include "scheduler/suggest/choose.h"

namespace faretto {
namespace {

// A Gaussian process costs the cube of the results, and each pending trial counts as one. With this
// many trials under way suggestions are asked for faster than it can answer.
constexpr std::size_t kMostResultsToModel = 1000;
constexpr std::size_t kMostRunningToModel = 100;

}  // namespace

std::string ChooseSearcher(const StudyView& view) {
  if (view.spec.objectives.size() > kMostObjectivesToModel) return "nsga2";
  if (view.state.counts().with_results > kMostResultsToModel ||
      view.state.assignments().size() > kMostRunningToModel)
    return "tpe";
  return "bo";
}

}  // namespace faretto
