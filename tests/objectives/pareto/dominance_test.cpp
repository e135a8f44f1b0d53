#include "objectives/pareto/dominance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/objectives/fairness/golden.h"
#include "tests/objectives/pareto/random_points.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// By definition: the fronts that are peeled off one after the other.
std::vector<int> PeelFronts(const std::vector<Point>& points) {
  std::vector<int> rank(points.size(), -1);
  std::size_t left = points.size();
  for (int front = 0; left > 0; ++front) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (rank[i] >= 0) continue;
      bool dominated = false;
      for (std::size_t j = 0; j < points.size(); ++j)
        dominated = dominated || (rank[j] < 0 && Dominates(points[j], points[i]));
      if (!dominated) members.push_back(i);
    }
    for (const std::size_t i : members) rank[i] = front;
    left -= members.size();
  }
  return rank;
}

TEST(Dominance, StrictAndWeakRuleDifferOnTies) {
  // Specification of FR-NAS, section 13.
  const std::vector<Point> points = {{1, 1}, {1, 2}, {2, 1}};
  EXPECT_THAT(NonDominated(points), ElementsAre(0));
  EXPECT_THAT(NonDominatedWeak(points), ElementsAre(0, 1, 2));
}

TEST(Dominance, EqualPointsAreAllKept) {
  EXPECT_THAT(NonDominated({{1, 2}, {3, 3}, {1, 2}, {2, 1}}), ElementsAre(0, 2, 3));
  EXPECT_THAT(NonDominated({{1, 2, 1}, {3, 3, 3}, {1, 2, 1}}), ElementsAre(0, 2));
}

TEST(Dominance, NonDominatedAndSortEqualTheDefinitionOnRandomPointsWithTies) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, "test/dominance");
    const std::size_t dimensions = 1 + random.Below(5);
    const auto points = RandomPoints(random, random.Below(60), dimensions, 2 + random.Below(30));
    const std::vector<int> expected = PeelFronts(points);
    EXPECT_EQ(NonDominatedSort(points), expected);
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (expected[i] == 0) front.push_back(i);
    EXPECT_EQ(NonDominated(points), front);
    std::vector<Point> kept;
    for (const std::size_t i : front) kept.push_back(points[i]);
    GrowingFront growing;
    for (const Point& point : points) growing.Add(point);
    EXPECT_EQ(growing.points(), kept);
  }
}

// One behind the last front of the points that dominate it.
std::vector<int> RanksByDominators(const std::vector<Point>& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return points[i] < points[j]; });
  std::vector<int> rank(points.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (Dominates(points[order[j]], points[order[i]]))
        rank[order[i]] = std::max(rank[order[i]], rank[order[j]] + 1);
  return rank;
}

void ExpectSameRanks(const std::vector<Point>& points) {
  const std::vector<int> expected = RanksByDominators(points);
  EXPECT_EQ(NonDominatedSort(points), expected);
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (expected[i] == 0) front.push_back(i);
  EXPECT_EQ(NonDominated(points), front);
}

TEST(Dominance, SortsThousandsOfPointsOfAnyNumberOfObjectives) {
  for (const std::size_t dimensions : {1, 2, 3, 4, 5, 7})
    for (const char* shape : {"uniform", "concave"}) {
      SCOPED_TRACE(shape + std::to_string(dimensions));
      ExpectSameRanks(MakeFront({shape, 1500, dimensions, 7, 0}));
    }
}

TEST(Dominance, SortsThousandsOfPointsWithTies) {
  for (const std::size_t dimensions : {3, 4, 5})
    for (const std::uint64_t levels : {2, 5, 40}) {
      SCOPED_TRACE(std::to_string(dimensions) + " objectives, " + std::to_string(levels));
      RandomStream random(levels, "test/dominance");
      std::vector<Point> points = RandomPoints(random, 1500, dimensions, levels);
      for (Point& point : points) point.back() = std::min(point.back(), 0.5);
      ExpectSameRanks(points);
    }
}

TEST(Dominance, SortsFrontsLongerThanTheShortcutsTake) {
  // Two fronts of three objectives with the first one constant, and of four.
  std::vector<Point> points;
  for (int i = 0; i < 2600; ++i) {
    points.push_back({0, static_cast<double>(i), static_cast<double>(-i)});
    if (i % 7 == 0) points.push_back({1, static_cast<double>(i), static_cast<double>(-i)});
  }
  ExpectSameRanks(points);
  for (Point& point : points) point.push_back(1);
  ExpectSameRanks(points);
}

TEST(Dominance, SortsManyPointsOfTwoObjectives) {
  RandomStream random(3, "test/dominance");
  std::vector<Point> points = RandomPoints(random, 200000, 2, 1u << 30);
  const std::vector<int> rank = NonDominatedSort(points);
  const std::vector<std::size_t> front = NonDominated(points);
  EXPECT_EQ(static_cast<std::size_t>(std::count(rank.begin(), rank.end(), 0)), front.size());
  EXPECT_GT(*std::max_element(rank.begin(), rank.end()), 100);
}

TEST(Dominance, NonFinitePointsDoNotCrashAndAreFilteredOut) {
  const std::vector<Point> points = {{std::nan(""), 1}, {1, kInfinity}, {0, 0}, {1, std::nan("")}};
  NonDominated(points);
  NonDominatedSort(points);
  CrowdingDistance(points);
  std::vector<Point> many(2000, Point(4, kInfinity));
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i][i % 4] = i % 3 == 0 ? std::nan("") : -static_cast<double>(i);
  EXPECT_EQ(NonDominatedSort(many).size(), many.size());
  EXPECT_THAT(FinitePoints(points), ElementsAre(2));
  EXPECT_THAT(NonDominated({}), IsEmpty());
  EXPECT_THAT(NonDominatedSort({}), IsEmpty());
}

TEST(CrowdingDistance, AddsNormalisedGapsAndKeepsTheEnds) {
  // By hand: objective ranges 4 and 4; the point (1, 2) has neighbours at distance 4 in both.
  const std::vector<double> distance = CrowdingDistance({{0, 4}, {1, 2}, {4, 0}, {2, 1}});
  EXPECT_THAT(distance, ElementsAre(kInfinity, 0.5 + 0.75, kInfinity, 0.75 + 0.5));
}

TEST(CrowdingDistance, IgnoresAnObjectiveThatIsTheSameEverywhere) {
  EXPECT_THAT(CrowdingDistance({{0, 1}, {1, 1}, {3, 1}}), ElementsAre(kInfinity, 1.0, kInfinity));
  EXPECT_THAT(CrowdingDistance({{5, 5}}), ElementsAre(kInfinity));
  EXPECT_THAT(CrowdingDistance({}), IsEmpty());
}

TEST(CrowdingDistance, GivesThePromotionOrderOfTheGoldenExample) {
  const Json golden = FrnasGolden().at("promotion");
  std::vector<Point> front;
  std::vector<int> ids;
  const auto costs = golden.at("costs").get<std::vector<Point>>();
  for (const std::size_t i : NonDominated(costs)) {
    front.push_back(costs[i]);
    ids.push_back(static_cast<int>(i));
  }
  const std::vector<double> distance = CrowdingDistance(front);
  std::vector<std::size_t> order = {0, 1, 2};
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  const std::vector<int> kept = {ids[order[0]], ids[order[1]]};
  EXPECT_EQ(kept, golden.at("keep_2").get<std::vector<int>>());
}

}  // namespace
}  // namespace faretto
