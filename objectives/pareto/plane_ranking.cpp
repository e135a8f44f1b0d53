#include "objectives/pareto/plane_ranking.h"

#include <algorithm>
#include <limits>

namespace faretto {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool Same(const SweepPoint& a, const SweepPoint& b) {
  return a.first == b.first && a.second == b.second;
}

}  // namespace

std::vector<PlaneRank> BestOfLayer(std::span<const SweepPoint> layer, int number,
                                   std::size_t count) {
  std::vector<PlaneRank> ranks;
  ranks.reserve(layer.size());
  const SweepPoint& first = layer.front();
  const SweepPoint& last = layer.back();
  // Along a layer one objective rises and the other falls, so that both have the same neighbours.
  for (std::size_t begin = 0, end = 0; begin < layer.size(); begin = end) {
    while (end < layer.size() && Same(layer[begin], layer[end])) ++end;
    double crowding = kInfinity;
    if (begin > 0 && end < layer.size()) {
      const SweepPoint& before = layer[begin - 1];
      const SweepPoint& after = layer[end];
      crowding = (after.first - before.first) / (last.first - first.first) +
                 (before.second - after.second) / (first.second - last.second);
    }
    for (std::size_t k = begin; k < end; ++k) ranks.push_back({layer[k].index, number, crowding});
  }
  const std::size_t kept = std::min(count, ranks.size());
  std::partial_sort(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(kept), ranks.end(),
                    [](const PlaneRank& a, const PlaneRank& b) {
                      return a.crowding != b.crowding ? a.crowding > b.crowding : a.index < b.index;
                    });
  ranks.resize(kept);
  return ranks;
}

std::vector<PlaneRank> BestInPlane(std::span<const SweepPoint> sorted, std::size_t count) {
  std::vector<PlaneRank> best;
  const SortedLayers layers = SweepSortedLayers(sorted, count);
  for (std::size_t number = 0, first = 0; number < layers.sizes.size(); ++number) {
    const auto layer = std::span(layers.points).subspan(first, layers.sizes[number]);
    const auto ranks = BestOfLayer(layer, static_cast<int>(number), count - best.size());
    best.insert(best.end(), ranks.begin(), ranks.end());
    first += layer.size();
  }
  return best;
}

}  // namespace faretto
