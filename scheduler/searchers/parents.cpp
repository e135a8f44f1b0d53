#include "scheduler/searchers/parents.h"

#include <algorithm>

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

ParentPool::ParentPool(const StudyView& view, std::int64_t population) {
  const auto enough = static_cast<std::size_t>(std::max<std::int64_t>(4, population / 2));
  const std::vector<std::int64_t> rungs = ComparisonRungs(view.spec.algorithm);
  std::vector<Standing> standings;
  for (std::size_t k = rungs.size(); k > 0 && standings.size() < enough; --k) {
    std::vector<Standing> finished = Finished(view, rungs[k - 1]);
    if (finished.size() <= standings.size()) continue;
    standings = std::move(finished);
    rung_ = rungs[k - 1];
  }
  for (const RankedTrial& ranked : RankTrials(standings, static_cast<std::size_t>(population)))
    pool_.push_back({standings[ranked.index].trial, ranked.layer, ranked.crowding});
}

TrialId ParentPool::Tournament(RandomStream& random) const {
  const std::size_t first = random.Below(pool_.size());
  if (pool_.size() == 1) return pool_[first].trial;
  const std::size_t second = (first + 1 + random.Below(pool_.size() - 1)) % pool_.size();
  const Member& a = pool_[first];
  const Member& b = pool_[second];
  if (a.layer != b.layer) return a.layer < b.layer ? a.trial : b.trial;
  return b.crowding > a.crowding ? b.trial : a.trial;
}

}  // namespace faretto
