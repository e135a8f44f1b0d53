#include "scheduler/searchers/parents.h"

#include <algorithm>

#include "objectives/pareto/plane_ranking.h"
#include "scheduler/searchers/comparison.h"
#include "study/standings.h"

namespace faretto {
namespace {

// Searches are short: of 100 results a whole population of 20 would hold many mediocre trials, the
// best 8 do not. Fewer than 7 would leave the tournament too few different pairs. Conventions.
constexpr double kParentShare = 0.08;
constexpr std::size_t kLeastParents = 7;

std::size_t PoolSize(std::size_t results, std::size_t population) {
  const auto share = static_cast<std::size_t>(kParentShare * static_cast<double>(results));
  return std::min(std::max(share, kLeastParents), population);
}

// The best `count` of the feasible results, best first. `index` of a rank is the trial.
std::vector<PlaneRank> BestFeasible(const StudyView& view, const RungResults& results,
                                    std::size_t count) {
  if (view.spec.objectives.size() <= 2) return BestInPlane(results.feasible(), count);
  // Whole layers are ranked, so that each trial gets the layer and the crowding that it has among
  // all.
  const Comparison comparison = Compare(view, results);
  std::vector<std::size_t> positions;
  for (const std::vector<std::size_t>& layer : BestLayers(comparison, count))
    positions.insert(positions.end(), layer.begin(), layer.end());
  std::sort(positions.begin(), positions.end());
  std::vector<Standing> standings;
  standings.reserve(positions.size());
  for (const std::size_t k : positions)
    standings.push_back({comparison.trials[k], false, 0, comparison.point(k)});
  std::vector<PlaneRank> best;
  for (const RankedTrial& ranked : RankTrials(standings, count))
    best.push_back(
        {static_cast<std::size_t>(standings[ranked.index].trial), ranked.layer, ranked.crowding});
  return best;
}

}  // namespace

ParentPool::ParentPool(const StudyView& view, std::int64_t population) {
  const auto enough = static_cast<std::size_t>(std::max<std::int64_t>(4, population / 2));
  const RungResults* results = HighestRung(view, enough);
  if (results == nullptr) return;
  rung_ = results->resource();
  const std::size_t count = PoolSize(results->size(), static_cast<std::size_t>(population));
  for (const PlaneRank& ranked : BestFeasible(view, *results, count))
    pool_.push_back({static_cast<TrialId>(ranked.index), ranked.layer, ranked.crowding});
  // Infeasible ones fill up what is left, one layer for each violation.
  int layer = pool_.empty() ? 0 : pool_.back().layer;
  double violation = 0;
  for (const RungResults::Violation& next : results->infeasible()) {
    if (pool_.size() >= count) break;
    if (next.sum != violation) ++layer;
    violation = next.sum;
    pool_.push_back({next.trial, layer, 0});
  }
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
