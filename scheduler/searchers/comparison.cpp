#include "scheduler/searchers/comparison.h"

#include "study/rungs.h"

namespace faretto {
namespace {

std::vector<Standing> Finished(const StudyView& view, std::int64_t resource) {
  std::vector<Standing> finished;
  for (const Trial& trial : view.state.trials()) {
    Standing standing = StandingAt(view.spec, trial, resource);
    if (!standing.failed) finished.push_back(std::move(standing));
  }
  return finished;
}

}  // namespace

Comparison CompareAtHighestRung(const StudyView& view, std::size_t enough) {
  const std::vector<std::int64_t> rungs = ComparisonRungs(view.spec.algorithm);
  Comparison best;
  for (std::size_t k = rungs.size(); k > 0 && best.standings.size() < enough; --k) {
    std::vector<Standing> finished = Finished(view, rungs[k - 1]);
    if (finished.size() <= best.standings.size()) continue;
    best = {rungs[k - 1], std::move(finished)};
  }
  return best;
}

}  // namespace faretto
