#include "objectives/layer_sweep.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "objectives/dominance.h"

namespace faretto {
namespace {

// By index; -1: not found.
std::vector<int> Swept(const std::vector<Point>& points, std::size_t limit) {
  std::vector<SweepPoint> sweep;
  for (std::size_t i = 0; i < points.size(); ++i)
    sweep.push_back({points[i][0], points[i].size() > 1 ? points[i][1] : 0, i});
  std::vector<int> layers(points.size(), -1);
  SweepLayers(sweep, limit, [&](std::size_t index, std::size_t layer) {
    EXPECT_EQ(layers[index], -1) << "found twice";
    layers[index] = static_cast<int>(layer);
  });
  return layers;
}

// Few different values, so that coordinates and whole points repeat.
std::vector<Point> Points(RandomStream& random) {
  std::vector<Point> points(random.Below(200), Point(1 + random.Below(2)));
  for (Point& point : points)
    for (double& value : point) value = static_cast<double>(random.Below(12));
  return points;
}

TEST(SweepLayers, AreThoseOfNonDominatedSort) {
  RandomStream random(1, "layer sweep");
  for (int round = 0; round < 500; ++round) {
    const std::vector<Point> points = Points(random);
    EXPECT_EQ(Swept(points, points.size()), NonDominatedSort(points)) << "round " << round;
  }
}

TEST(SweepLayers, FindsNothingBehindTheLimit) {
  RandomStream random(2, "layer sweep");
  for (int round = 0; round < 500; ++round) {
    const std::vector<Point> points = Points(random);
    const std::size_t limit = random.Below(6);
    std::vector<int> expected = NonDominatedSort(points);
    for (int& layer : expected)
      if (layer >= static_cast<int>(limit)) layer = -1;
    EXPECT_EQ(Swept(points, limit), expected) << "round " << round;
  }
}

}  // namespace
}  // namespace faretto
