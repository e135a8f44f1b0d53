#include "objectives/pareto/box_decomposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "objectives/pareto/hypervolume.h"
#include "tests/objectives/pareto/random_points.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The volume of the boxes above `corner`.
double ClippedVolume(const std::vector<Box>& boxes, const Point& corner) {
  double sum = 0;
  for (const Box& box : boxes) {
    double volume = 1;
    for (std::size_t k = 0; k < corner.size(); ++k)
      volume *= std::max(0.0, box.upper[k] - std::max(box.lower[k], corner[k]));
    sum += volume;
  }
  return sum;
}

bool Holds(const Box& box, const Point& z) {
  for (std::size_t k = 0; k < z.size(); ++k)
    if (!(box.lower[k] <= z[k] && z[k] < box.upper[k])) return false;
  return true;
}

// By definition: below the reference, and neither equal to nor dominated by a point of the front.
bool IsImprovement(const std::vector<Point>& front, const Point& reference, const Point& z) {
  for (std::size_t k = 0; k < z.size(); ++k)
    if (!(z[k] < reference[k])) return false;
  return std::none_of(front.begin(), front.end(),
                      [&](const Point& p) { return p == z || Dominates(p, z); });
}

struct Case {
  std::vector<Point> front;
  Point reference;
};

// Few levels make ties, repeated points and points at and beyond the reference; some cases have an
// objective that is the same everywhere.
Case RandomCase(RandomStream& random) {
  const std::size_t dimensions = 1 + random.Below(5);
  const std::size_t most = dimensions == 5 ? 25 : 80;
  const std::uint64_t levels = random.Below(2) == 0 ? 2 + random.Below(8) : 1u << 30;
  Case made{RandomPoints(random, random.Below(most), dimensions, levels), Point(dimensions, 1.0)};
  for (double& value : made.reference)
    if (random.Below(3) == 0) value = 0.75;
  if (random.Below(5) == 0) {
    const std::size_t constant = random.Below(dimensions);
    for (Point& point : made.front) point[constant] = 0.5;
  }
  return made;
}

TEST(NonDominatedBoxes, AndTheHypervolumeFillTheWholeBox) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, "test/boxes");
    const Case made = RandomCase(random);
    const Point corner(made.reference.size(), -0.5);
    double whole = 1;
    for (const double value : made.reference) whole *= value + 0.5;
    const std::vector<Box> boxes = NonDominatedBoxes(made.front, made.reference);
    EXPECT_NEAR(ClippedVolume(boxes, corner) + Hypervolume(made.front, made.reference), whole,
                1e-12 * whole);
  }
}

TEST(NonDominatedBoxes, HoldAPointOnceIfItIsNonDominatedAndNeverOtherwise) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, "test/boxes");
    const Case made = RandomCase(random);
    const std::vector<Box> boxes = NonDominatedBoxes(made.front, made.reference);
    for (int draw = 0; draw < 60; ++draw) {
      Point z(made.reference.size());
      for (std::size_t k = 0; k < z.size(); ++k) {
        z[k] = 1.4 * random.Uniform() - 0.2;
        // Coordinates of the front's points and of the reference test the sides of the boxes.
        if (!made.front.empty() && random.Below(2) == 0)
          z[k] = made.front[random.Below(made.front.size())][k];
        if (random.Below(10) == 0) z[k] = made.reference[k];
      }
      const auto holding =
          std::count_if(boxes.begin(), boxes.end(), [&](const Box& box) { return Holds(box, z); });
      EXPECT_EQ(holding, IsImprovement(made.front, made.reference, z) ? 1 : 0);
    }
  }
}

TEST(NonDominatedBoxes, OfOneObjectiveAreOne) {
  const std::vector<Box> boxes = NonDominatedBoxes({{3}, {2}, {5}}, {4});
  ASSERT_THAT(boxes, SizeIs(1));
  EXPECT_THAT(boxes[0].lower, ElementsAre(-kInfinity));
  EXPECT_THAT(boxes[0].upper, ElementsAre(2));
}

TEST(NonDominatedBoxes, AreOneMoreThanThePointsOfTwoObjectivesAndTwiceForThree) {
  RandomStream random(1, "test/boxes");
  std::vector<Point> plane;
  std::vector<Point> sphere;
  for (int i = 0; i < 50; ++i) {
    const double a = random.Uniform() * M_PI / 2;
    const double b = random.Uniform() * M_PI / 2;
    plane.push_back({std::sin(a), std::cos(a)});
    sphere.push_back({std::cos(a) * std::cos(b), std::cos(a) * std::sin(b), std::sin(a)});
    for (double& value : plane.back()) value = 1 - value;
    for (double& value : sphere.back()) value = 1 - value;
  }
  EXPECT_THAT(NonDominatedBoxes(plane, {2, 2}), SizeIs(51));
  EXPECT_THAT(NonDominatedBoxes(sphere, {2, 2, 2}), SizeIs(101));
}

TEST(NonDominatedBoxes, OfAFrontWithoutPointsThatCountAreTheWholeRegion) {
  const std::vector<Point> ignored = {{1, 0, 0},          {0, 0, 1.5}, {0, std::nan(""), 0},
                                      {-kInfinity, 0, 0}, {0, 0},      {}};
  const std::vector<Box> boxes = NonDominatedBoxes(ignored, {1, 1, 1});
  ASSERT_THAT(boxes, SizeIs(1));
  EXPECT_THAT(boxes[0].lower, ElementsAre(-kInfinity, -kInfinity, -kInfinity));
  EXPECT_THAT(boxes[0].upper, ElementsAre(1, 1, 1));
}

TEST(NonDominatedBoxes, AreNoneWithoutARegion) {
  EXPECT_THAT(NonDominatedBoxes({{0.5, 0.5}}, {1, std::nan("")}), IsEmpty());
  EXPECT_THAT(NonDominatedBoxes({}, {1, -kInfinity}), IsEmpty());
  EXPECT_THAT(NonDominatedBoxes({}, {}), IsEmpty());
}

TEST(NonDominatedBoxes, ReachAnInfiniteReference) {
  const std::vector<Box> boxes = NonDominatedBoxes({{0, 0}}, {kInfinity, kInfinity});
  EXPECT_THAT(boxes, SizeIs(2));
  EXPECT_TRUE(std::any_of(boxes.begin(), boxes.end(), [](const Box& box) {
    return Holds(box, {-1, 1e300});
  }));
}

}  // namespace
}  // namespace faretto
