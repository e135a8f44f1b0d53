#include "objectives/pareto/layer_sweep.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

struct Swept {
  std::vector<std::size_t> sizes;
  std::vector<int> layers;  // by point; -1: on none of these layers
};

Swept Sweep(const std::vector<Point>& points, std::size_t count) {
  std::vector<SweepPoint> sweep;
  for (std::size_t i = 0; i < points.size(); ++i)
    sweep.push_back({points[i][0], points[i].size() > 1 ? points[i][1] : 0, i});
  std::vector<std::size_t> layer_of(points.size());
  Swept swept;
  swept.sizes = SweepLayers(sweep, count, layer_of);
  for (const std::size_t layer : layer_of)
    swept.layers.push_back(layer < swept.sizes.size() ? static_cast<int>(layer) : -1);
  return swept;
}

// Few different values, so that coordinates and whole points repeat.
std::vector<Point> Points(RandomStream& random) {
  const std::size_t objectives = 1 + random.Below(2);
  std::vector<Point> points(random.Below(200), Point(objectives));
  for (Point& point : points)
    for (double& value : point) value = static_cast<double>(random.Below(12));
  return points;
}

TEST(SweepLayers, AllOfThemAreThoseOfNonDominatedSort) {
  RandomStream random(1, "layer sweep");
  for (int round = 0; round < 500; ++round) {
    const std::vector<Point> points = Points(random);
    EXPECT_EQ(Sweep(points, points.size()).layers, NonDominatedSort(points)) << "round " << round;
  }
}

TEST(SweepLayers, StopWithTheLayerThatHoldsTheLastOfTheCount) {
  RandomStream random(2, "layer sweep");
  for (int round = 0; round < 500; ++round) {
    const std::vector<Point> points = Points(random);
    const std::size_t count = random.Below(points.size() + 10);
    std::vector<int> expected = NonDominatedSort(points);
    std::vector<std::size_t> sizes;
    std::size_t held = 0;
    while (held < std::min(count, points.size())) {
      const auto layer = static_cast<int>(sizes.size());
      sizes.push_back(
          static_cast<std::size_t>(std::count(expected.begin(), expected.end(), layer)));
      held += sizes.back();
    }
    for (int& layer : expected)
      if (layer >= static_cast<int>(sizes.size())) layer = -1;
    const Swept swept = Sweep(points, count);
    EXPECT_EQ(swept.sizes, sizes) << "round " << round;
    EXPECT_EQ(swept.layers, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace faretto
