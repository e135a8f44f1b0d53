#include "scheduler/searchers/parents.h"

#include <algorithm>

#include "scheduler/searchers/comparison.h"

namespace faretto {
namespace {

constexpr double kParentShare = 0.08;
constexpr std::size_t kLeastParents = 7;

std::size_t PoolSize(std::size_t results, std::size_t population) {
  const auto share = static_cast<std::size_t>(kParentShare * static_cast<double>(results));
  return std::min(std::max(share, kLeastParents), population);
}

// Those that can be among the best `count`: whole layers, so that ranking them alone gives every
// one the layer and the crowding that it has among all.
std::vector<Standing> Contenders(const Comparison& comparison, std::size_t count) {
  std::vector<std::size_t> positions;
  for (const std::vector<std::size_t>& layer : BestLayers(comparison, count))
    positions.insert(positions.end(), layer.begin(), layer.end());
  const std::size_t missing = count - std::min(count, positions.size());
  const std::vector<std::size_t> infeasible = LeastViolating(comparison, missing);
  positions.insert(positions.end(), infeasible.begin(), infeasible.end());
  std::sort(positions.begin(), positions.end());
  std::vector<Standing> contenders;
  contenders.reserve(positions.size());
  for (const std::size_t k : positions)
    contenders.push_back(
        {comparison.trials[k], false, comparison.violations[k], comparison.point(k)});
  return contenders;
}

}  // namespace

ParentPool::ParentPool(const StudyView& view, std::int64_t population) {
  const auto enough = static_cast<std::size_t>(std::max<std::int64_t>(4, population / 2));
  const Comparison comparison = CompareAtHighestRung(view, enough);
  rung_ = comparison.rung;
  const std::size_t count = PoolSize(comparison.size(), static_cast<std::size_t>(population));
  const std::vector<Standing> contenders = Contenders(comparison, count);
  for (const RankedTrial& ranked : RankTrials(contenders, count))
    pool_.push_back({contenders[ranked.index].trial, ranked.layer, ranked.crowding});
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
