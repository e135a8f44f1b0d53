#include "study/standings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;

Standing Feasible(std::vector<double> objectives) { return {0, false, 0, std::move(objectives)}; }
Standing Infeasible(double violation) { return {0, false, violation, {0, 0}}; }
Standing FailedStanding() { return {0, true, 0, {}}; }

std::vector<std::size_t> Order(const std::vector<Standing>& standings) {
  std::vector<std::size_t> order;
  for (const RankedTrial& ranked : RankTrials(standings)) order.push_back(ranked.index);
  return order;
}

TEST(RankTrials, FeasibleBeforeInfeasibleBeforeFailed) {
  EXPECT_THAT(Order({FailedStanding(), Infeasible(2), Infeasible(0.5), Feasible({9, 9}),
                     Infeasible(std::numeric_limits<double>::infinity()), Feasible({1, 1})}),
              ElementsAre(5, 3, 2, 1, 0, 4));
}

TEST(RankTrials, LayersFirstThenTheLeastCrowded) {
  // Layer 0: four points, 1 lies close to 2; layer 1: the last.
  EXPECT_THAT(Order({Feasible({0, 10}), Feasible({4, 5}), Feasible({5, 4}), Feasible({10, 0}),
                     Feasible({6, 6})}),
              ElementsAre(0, 3, 1, 2, 4));
}

TEST(RankTrials, EqualTrialsKeepTheirOrder) {
  EXPECT_THAT(Order({Feasible({1, 1}), Feasible({1, 1}), Feasible({1, 1}), Feasible({1, 1})}),
              ElementsAre(0, 1, 2, 3));
}

TEST(RankTrials, OneObjectiveIsSorted) {
  EXPECT_THAT(Order({Feasible({3}), Feasible({1}), Feasible({2}), Feasible({1})}),
              ElementsAre(1, 3, 2, 0));
}

// Three and more objectives take the first layers only: the answer must be the same.
TEST(RankTrials, TheBestOfManyAreTheFirstOfAll) {
  RandomStream random(1, "standings");
  for (const double slope : {0.0, 1.0}) {
    std::vector<Standing> standings;
    for (int i = 0; i < 500; ++i) {
      const double base = slope * random.Uniform();
      standings.push_back(Feasible({base + 0.1 * random.Uniform(), base + 0.1 * random.Uniform(),
                                    base + 0.1 * random.Uniform()}));
    }
    const std::vector<RankedTrial> all = RankTrials(standings);
    for (const std::size_t count : {1, 7, 40}) {
      const std::vector<RankedTrial> best = RankTrials(standings, count);
      ASSERT_EQ(best.size(), count);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(best[i].index, all[i].index);
        EXPECT_EQ(best[i].layer, all[i].layer);
        EXPECT_EQ(best[i].crowding, all[i].crowding);
      }
    }
  }
}

TEST(RankTrials, NothingHasNoOrder) { EXPECT_TRUE(RankTrials({}).empty()); }

// Points of a simplex with few values: none dominates another, and some are equal.
TEST(RankLayer, IsTheOrderOfALayerAmongAll) {
  RandomStream random(2, "standings");
  std::vector<Standing> layer;
  for (int i = 0; i < 200; ++i) {
    const auto a = static_cast<double>(random.Below(12)), b = static_cast<double>(random.Below(12));
    layer.push_back(Feasible({a, b, 24 - a - b}));
  }
  const std::vector<RankedTrial> all = RankTrials(layer);
  ASSERT_EQ(all.back().layer, 0);
  for (const std::size_t count : {0, 1, 50, 200, 300}) {
    const std::vector<RankedTrial> best = RankLayer(layer, count);
    ASSERT_EQ(best.size(), std::min(count, all.size()));
    for (std::size_t k = 0; k < best.size(); ++k) {
      EXPECT_EQ(best[k].index, all[k].index);
      EXPECT_EQ(best[k].crowding, all[k].crowding);
    }
  }
}

TEST(StandingAt, NeedsAReportAtExactlyThisResourceWithEveryObjective) {
  StudySpec spec{
      .name = "s",
      .seed = 0,
      .space = *Space::Parse(
          *ParseJson(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]})")),
      .objectives = {{"error", Direction::kMinimize, {}}, {"ratio", Direction::kMaximize, {}}},
      .constraints = {{"error", 0.5, {}}},
      .algorithm = {},
      .budget = {},
      .retry = {},
      .limits = {},
      .trainer = nullptr,
      .source = nullptr};
  Trial trial;
  trial.reports = {{2, {{"error", 0.75}, {"ratio", 2}}, 1, 0}, {6, {{"error", 0.2}}, 1, 0}};
  const Standing standing = StandingAt(spec, trial, 2);
  EXPECT_FALSE(standing.failed);
  EXPECT_THAT(standing.objectives, ElementsAre(0.75, -2));
  EXPECT_EQ(standing.violation, 0.25);
  EXPECT_TRUE(StandingAt(spec, trial, 6).failed);
  EXPECT_TRUE(StandingAt(spec, trial, 3).failed);
  trial.state = TrialState::kFailed;
  EXPECT_TRUE(StandingAt(spec, trial, 2).failed);
  EXPECT_FALSE(StandingByReport(spec, trial, 2).failed);
}

}  // namespace
}  // namespace faretto
