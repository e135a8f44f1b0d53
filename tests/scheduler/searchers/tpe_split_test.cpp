#include "scheduler/searchers/tpe_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace faretto {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Comparison Of(const std::vector<Point>& points, std::vector<double> violations = {}) {
  Comparison comparison;
  comparison.objectives = points[0].size();
  comparison.trials.resize(points.size());
  std::iota(comparison.trials.begin(), comparison.trials.end(), TrialId{0});
  violations.resize(points.size(), 0);
  comparison.violations = std::move(violations);
  for (const Point& point : points)
    comparison.values.insert(comparison.values.end(), point.begin(), point.end());
  return comparison;
}

std::vector<std::size_t> Positions(const std::vector<GoodTrial>& good) {
  std::vector<std::size_t> positions;
  for (const GoodTrial& trial : good) positions.push_back(trial.position);
  return positions;
}

TEST(BestForTpe, TakesWholeLayersFirst) {
  const auto good = BestForTpe(Of({{3, 3}, {1, 2}, {2, 1}, {4, 4}}), 3);
  EXPECT_THAT(Positions(good), UnorderedElementsAre(0, 1, 2));
}

// Normalised, against (1.1, 1.1): (0, 1) covers 0.11, (0.5, 0.5) 0.36, (1, 0) 0.11, (0.45, 0.6)
// 0.325, of which all but 0.025 is covered already.
TEST(BestForTpe, FillsTheLastPlacesByHypervolume) {
  const auto good = BestForTpe(Of({{0, 10}, {5, 5}, {4.5, 6}, {10, 0}}), 3);
  EXPECT_THAT(Positions(good), UnorderedElementsAre(0, 1, 3));
}

// Normalised to (0, 1), (0.25, 0.25), (1, 0): alone in 0.1 * 0.25, 0.75 * 0.75, 0.1 * 0.25.
TEST(BestForTpe, WeighsByHypervolumeContribution) {
  const auto good = BestForTpe(Of({{0, 8}, {1, 2}, {4, 0}}), 3);
  ASSERT_EQ(good.size(), 3u);
  EXPECT_NEAR(good[0].weight, 0.025 / 0.5625, 1e-12);
  EXPECT_THAT(good[1].weight, DoubleEq(1));
  EXPECT_NEAR(good[2].weight, 0.025 / 0.5625, 1e-12);
}

TEST(BestForTpe, InfeasibleOnesFillWhatIsLeftByTheirViolation) {
  const auto good = BestForTpe(Of({{0, 0}, {1, 1}, {2, 2}, {3, 3}}, {3, 0, 1, 2}), 3);
  EXPECT_THAT(Positions(good), ElementsAre(1, 2, 3));
}

TEST(BestForTpe, AnInfeasibleOneIsNotTakenWhileFeasibleOnesAreEnough) {
  const auto good = BestForTpe(Of({{0, 0}, {1, 1}, {2, 2}}, {1, 0, 0}), 2);
  EXPECT_THAT(Positions(good), UnorderedElementsAre(1, 2));
}

TEST(BestForTpe, InfeasibleEverywhereTakesTheLeastViolation) {
  const auto good =
      BestForTpe(Of({{0, 0}, {1, 1}, {2, 2}}, {5, 1, std::numeric_limits<double>::infinity()}), 2);
  EXPECT_THAT(Positions(good), ElementsAre(1, 0));
}

TEST(BestForTpe, EqualPointsAndConstantObjectivesHaveFiniteWeights) {
  const auto good = BestForTpe(Of({{1, 7}, {1, 7}, {1, 7}, {1, 7}}), 2);
  ASSERT_EQ(good.size(), 2u);
  for (const GoodTrial& trial : good) {
    EXPECT_GT(trial.weight, 0);
    EXPECT_LE(trial.weight, 1);
  }
}

TEST(BestForTpe, TheScaleOfAnObjectiveDoesNotMatter) {
  const std::vector<Point> points = {{0, 9}, {1, 4}, {2, 3}, {5, 1}, {6, 0}, {7, 7}};
  std::vector<Point> scaled = points;
  for (Point& point : scaled) point = {point[0] * 1e-9, point[1] * 1e9};
  const auto plain = BestForTpe(Of(points), 4);
  const auto other = BestForTpe(Of(scaled), 4);
  EXPECT_EQ(Positions(plain), Positions(other));
  for (std::size_t k = 0; k < plain.size(); ++k)
    EXPECT_NEAR(plain[k].weight, other[k].weight, 1e-9);
}

TEST(BestForTpe, OneObjectiveTakesTheSmallestValues) {
  const auto good = BestForTpe(Of({{5}, {1}, {3}, {2}, {4}}), 2);
  EXPECT_THAT(Positions(good), UnorderedElementsAre(1, 3));
}

// Normalised to 0, 0.5, 1: what each covers of 1.1.
TEST(BestForTpe, OneObjectiveWeighsByWhatEachCoversAlone) {
  const auto good = BestForTpe(Of({{6}, {2}, {9}, {4}}), 3);
  ASSERT_EQ(Positions(good), (std::vector<std::size_t>{1, 3, 0}));
  EXPECT_THAT(good[0].weight, DoubleEq(1));
  EXPECT_NEAR(good[1].weight, 0.6 / 1.1, 1e-12);
  EXPECT_NEAR(good[2].weight, 0.1 / 1.1, 1e-12);
}

// A front of 600 points in a line or on a sphere: the ends are part of what covers it.
TEST(BestForTpe, ALargeFrontKeepsItsEnds) {
  for (const std::size_t objectives : {2, 3}) {
    std::vector<Point> points;
    for (int i = 0; i < 600; ++i) {
      const double x = i / 599.0;
      points.push_back({x, 1 - x});
      if (objectives == 3) points.back().push_back(0.5 + 0.3 * std::sin(7.0 * i));
    }
    const auto good = BestForTpe(Of(points), 25);
    ASSERT_EQ(good.size(), 25u);
    double least = 1, most = 0;
    for (const GoodTrial& trial : good) {
      least = std::min(least, points[trial.position][0]);
      most = std::max(most, points[trial.position][0]);
    }
    EXPECT_LT(least, 0.06) << objectives;
    EXPECT_GT(most, 0.94) << objectives;
  }
}

TEST(BestForTpe, ThreeObjectivesTakeTheFrontBeforeWhatItDominates) {
  const auto good =
      BestForTpe(Of({{2, 2, 2}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {3, 3, 3}, {4, 4, 4}}), 4);
  EXPECT_THAT(Positions(good), UnorderedElementsAre(0, 1, 2, 3));
}

// Against (4, 4): (1, 1) covers 9, then (0, 3) and (3, 0) add 1 each; (9, 9) adds nothing.
TEST(GreedyHypervolumeSubset, PicksTheLargestGainAndThenTheFirst) {
  const std::vector<Point> points = {{0, 3}, {1, 1}, {3, 0}, {9, 9}};
  EXPECT_THAT(GreedyHypervolumeSubset(points, {4, 4}, 4), ElementsAre(1, 0, 2, 3));
}

}  // namespace
}  // namespace faretto
