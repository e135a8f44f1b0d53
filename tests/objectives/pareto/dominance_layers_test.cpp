#include "objectives/pareto/dominance_layers.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

// Layers as sets of indices are those of sorting all points anew.
void ExpectSorted(const DominanceLayers& layers, const std::map<std::size_t, Point>& points) {
  std::vector<Point> values;
  for (const auto& [index, point] : points) values.push_back(point);
  const std::vector<int> expected = NonDominatedSort(values);
  std::map<std::size_t, int> found;
  for (std::size_t layer = 0; layer < layers.layers().size(); ++layer) {
    EXPECT_FALSE(layers.layers()[layer].empty()) << layer;
    for (const std::size_t index : layers.layers()[layer])
      EXPECT_TRUE(found.emplace(index, static_cast<int>(layer)).second) << index << " is in twice";
  }
  ASSERT_EQ(found.size(), points.size());
  std::size_t i = 0;
  for (const auto& [index, point] : points) {
    ASSERT_TRUE(layers.contains(index));
    ASSERT_EQ(found.at(index), expected[i++]) << index;
  }
}

class DominanceLayersTest : public testing::TestWithParam<std::size_t> {};

// Few values for each objective: many points tie, and some are equal.
TEST_P(DominanceLayersTest, AreThoseOfSortingWhateverComesAndGoes) {
  RandomStream random(GetParam(), "dominance layers");
  for (const std::uint64_t most : {2, 6, 1000}) {
    DominanceLayers layers(GetParam());
    std::map<std::size_t, Point> points;
    for (int step = 0; step < 300; ++step) {
      const std::size_t index = random.Below(60);
      if (layers.contains(index)) {
        layers.Erase(index);
        points.erase(index);
      } else {
        Point point(GetParam());
        for (double& value : point) value = static_cast<double>(random.Below(most));
        layers.Insert(index, point);
        points[index] = point;
      }
      ExpectSorted(layers, points);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(DominanceLayersTest, ErasingWhatIsNotInDoesNothing) {
  DominanceLayers layers(GetParam());
  layers.Erase(7);
  layers.Insert(2, Point(GetParam(), 1));
  layers.Erase(7);
  layers.Erase(0);
  ExpectSorted(layers, {{2, Point(GetParam(), 1)}});
  layers.Erase(2);
  EXPECT_TRUE(layers.layers().empty());
}

INSTANTIATE_TEST_SUITE_P(Objectives, DominanceLayersTest, testing::Values(1, 2, 3, 4, 6));

}  // namespace
}  // namespace faretto
