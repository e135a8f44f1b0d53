#include "objectives/pareto/plane_ranking.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

// Few different values, so that coordinates and whole points repeat; or many.
std::vector<SweepPoint> SortedPoints(RandomStream& random) {
  const bool one_objective = random.Below(4) == 0;
  const bool coarse = random.Below(2) == 0;
  const auto value = [&] {
    return coarse ? static_cast<double>(random.Below(12)) : random.Uniform();
  };
  std::vector<SweepPoint> points(random.Below(200));
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = {value(), one_objective ? 0 : value(), i};
  std::sort(points.begin(), points.end(), [](const SweepPoint& a, const SweepPoint& b) {
    if (a.first != b.first) return a.first < b.first;
    return a.second != b.second ? a.second < b.second : a.index < b.index;
  });
  return points;
}

// All ranks, by what the general functions say of each layer's different points.
std::vector<PlaneRank> Expected(const std::vector<SweepPoint>& sorted) {
  std::vector<Point> points;
  for (const SweepPoint& point : sorted) points.push_back({point.first, point.second});
  const std::vector<int> layers = NonDominatedSort(points);
  std::vector<PlaneRank> ranks(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::vector<Point> different;
    std::size_t own = 0;
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      if (layers[j] != layers[i]) continue;
      if (different.empty() || different.back() != points[j]) different.push_back(points[j]);
      if (points[j] == points[i]) own = different.size() - 1;
    }
    ranks[i] = {sorted[i].index, layers[i], CrowdingDistance(different)[own]};
  }
  std::sort(ranks.begin(), ranks.end(), [](const PlaneRank& a, const PlaneRank& b) {
    if (a.layer != b.layer) return a.layer < b.layer;
    return a.crowding != b.crowding ? a.crowding > b.crowding : a.index < b.index;
  });
  return ranks;
}

TEST(BestInPlane, AreTheFirstByLayerAndCrowding) {
  RandomStream random(1, "plane ranking");
  for (int round = 0; round < 200; ++round) {
    const std::vector<SweepPoint> sorted = SortedPoints(random);
    std::vector<PlaneRank> expected = Expected(sorted);
    const std::size_t count = random.Below(sorted.size() + 10);
    expected.resize(std::min(count, expected.size()));
    const std::vector<PlaneRank> best = BestInPlane(sorted, count);
    ASSERT_EQ(best.size(), expected.size()) << "round " << round;
    for (std::size_t k = 0; k < best.size(); ++k) {
      EXPECT_EQ(best[k].index, expected[k].index) << "round " << round << ", place " << k;
      EXPECT_EQ(best[k].layer, expected[k].layer) << "round " << round << ", place " << k;
      EXPECT_EQ(best[k].crowding, expected[k].crowding) << "round " << round << ", place " << k;
    }
  }
}

TEST(BestInPlane, OfNothingAreNone) { EXPECT_TRUE(BestInPlane({}, 5).empty()); }

}  // namespace
}  // namespace faretto
