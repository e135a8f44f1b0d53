#include "objectives/pareto/hypervolume.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/objectives/pareto/random_points.h"

namespace faretto {
namespace {

// Counts the cells of the grid with `levels` cells a side that some point dominates; exact for
// points on the grid.
double GridVolume(const std::vector<Point>& points, std::size_t dimensions, std::size_t levels) {
  std::vector<std::size_t> cell(dimensions, 0);
  double covered = 0;
  double cells = 1;
  for (std::size_t k = 0; k < dimensions; ++k) cells *= static_cast<double>(levels);
  while (true) {
    for (const Point& point : points) {
      bool dominated = true;
      for (std::size_t k = 0; k < dimensions; ++k)
        dominated = dominated &&
                    point[k] * static_cast<double>(levels) < static_cast<double>(cell[k]) + 0.5;
      if (!dominated) continue;
      ++covered;
      break;
    }
    std::size_t k = 0;
    while (k < dimensions && ++cell[k] == levels) cell[k++] = 0;
    if (k == dimensions) return covered / cells;
  }
}

TEST(Hypervolume, EqualsTheGridCountWithTiesAndRepeatedPointsInOneToFiveDimensions) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, "test/hypervolume");
    const std::size_t dimensions = 1 + random.Below(5);
    const std::size_t levels = 2 + random.Below(5);
    const auto points =
        RandomPoints(random, random.Below(dimensions > 4 ? 14 : 30), dimensions, levels);
    const Point reference(dimensions, 1.0);
    const double whole = GridVolume(points, dimensions, levels);
    EXPECT_NEAR(Hypervolume(points, reference), whole, 1e-12);
    const std::vector<double> contributions = HypervolumeContributions(points, reference);
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<Point> others = points;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_NEAR(contributions[i], whole - GridVolume(others, dimensions, levels), 1e-12);
    }
  }
}

// Sum over all subsets of points, with alternating sign, of the volume that their boxes share.
double InclusionExclusion(const std::vector<Point>& points, const Point& reference) {
  double total = 0;
  for (std::uint32_t subset = 1; subset < 1u << points.size(); ++subset) {
    double volume = -1;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (subset >> i & 1) volume = -volume;
    for (std::size_t k = 0; k < reference.size(); ++k) {
      double corner = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < points.size(); ++i)
        if (subset >> i & 1) corner = std::max(corner, points[i][k]);
      volume *= reference[k] - corner;
    }
    total += volume;
  }
  return total;
}

TEST(Hypervolume, EqualsInclusionAndExclusionInTwoToSixDimensions) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, "test/inclusion");
    const std::size_t dimensions = 2 + random.Below(5);
    const auto points = RandomPoints(random, 1 + random.Below(9), dimensions, 1000);
    const Point reference(dimensions, 1.1);
    EXPECT_NEAR(Hypervolume(points, reference), InclusionExclusion(points, reference), 1e-10);
  }
}

TEST(Hypervolume, OfPointsNotBetterThanTheReferenceIsZero) {
  EXPECT_EQ(Hypervolume({{1, 0}, {0, 1}, {2, -5}}, {1, 1}), 0);
  EXPECT_EQ(Hypervolume({}, {1, 1, 1}), 0);
  EXPECT_EQ(Hypervolume({{0.5, 0.5}, {1, 0}}, {1, 1}), 0.25);
}

TEST(Hypervolume, LeavesOutPointsThatAreNotFiniteOrOfAnotherLength) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Hypervolume({{0, std::nan("")}, {-infinity, 0}, {0}, {0.5, 0.5}}, {1, 1}), 0.25);
}

TEST(Hypervolume, OfASphereFrontOfManyPointsInThreeDimensionsIsNearItsLimit) {
  // The corner of the unit cube outside of the unit ball: 1 - pi / 6.
  std::vector<Point> points;
  constexpr int kSteps = 150;
  for (int i = 0; i <= kSteps; ++i)
    for (int j = 0; j <= kSteps; ++j) {
      const double a = M_PI / 2 * i / kSteps;
      const double b = M_PI / 2 * j / kSteps;
      points.push_back({std::cos(a) * std::cos(b), std::cos(a) * std::sin(b), std::sin(a)});
    }
  EXPECT_NEAR(Hypervolume(points, {1, 1, 1}), 1 - M_PI / 6, 0.01);
}

TEST(HypervolumeContributions, OfRepeatedAndDominatedPointsAreZero) {
  const std::vector<double> contributions =
      HypervolumeContributions({{0.5, 0.5}, {0.5, 0.5}, {0.25, 0.75}, {0.75, 0.75}}, {1, 1});
  EXPECT_EQ(contributions, (std::vector<double>{0, 0, 0.0625, 0}));
}

}  // namespace
}  // namespace faretto
