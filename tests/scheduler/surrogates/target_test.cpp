#include "scheduler/surrogates/target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <tuple>

namespace faretto {
namespace {

// Results of trials, in the order of CollectResultRows: by trial, rungs rising.
struct Results {
  std::deque<Trial> trials;
  std::vector<ResultRow> rows;

  void Add(const std::vector<std::pair<std::size_t, double>>& values_at_rungs) {
    trials.emplace_back();
    for (const auto& [rung, value] : values_at_rungs)
      rows.push_back({&trials.back(), nullptr, rung, {value}, true});
  }
  Target Made() const {
    return MakeTarget("error", rows, [](const ResultRow& row) { return row.objectives[0]; });
  }
};

TEST(TargetTest, AResultKnowsThoseOfTheSameTrialAtLowerRungs) {
  Results results;
  results.Add({{0, 4}, {1, 3}, {2, 2}});
  results.Add({{0, 6}, {1, 5}});
  results.Add({{0, 5}, {2, 1}});
  results.Add({{2, 3}});
  const Target target = results.Made();
  ASSERT_EQ(target.rungs.size(), 3u);
  const auto& [first, second, third] = std::tie(target.rungs[0], target.rungs[1], target.rungs[2]);
  EXPECT_EQ(first.known, std::vector<KnownBelow>(3)) << "nothing is below the lowest rung";
  EXPECT_EQ(second.known, (std::vector<KnownBelow>{{first.values[0]}, {first.values[1]}}));
  ASSERT_EQ(third.known.size(), 3u);
  EXPECT_EQ(third.known[0], (KnownBelow{first.values[0], second.values[0]}));
  EXPECT_EQ(third.known[1], KnownBelow{first.values[2]}) << "the newest comes last";
  EXPECT_TRUE(third.known[2].empty()) << "imported at full resource";
}

TEST(TargetTest, ARungThatWasLeftOutIsAGap) {
  Results results;
  results.Add({{1, 3}, {2, 2}});
  results.Add({{0, 6}, {1, 5}, {2, 4}});
  const Target target = results.Made();
  const KnownBelow& gap = target.rungs[2].known[0];
  ASSERT_EQ(gap.size(), 2u);
  EXPECT_TRUE(std::isnan(gap[0]));
  EXPECT_EQ(gap[1], target.rungs[1].values[0]);
}

TEST(TargetTest, RungsWithoutResultsAreLeftOut) {
  Results results;
  results.Add({{0, 4}, {3, 2}});
  results.Add({{0, 6}, {3, 4}});
  const Target target = results.Made();
  ASSERT_EQ(target.rungs.size(), 2u);
  EXPECT_EQ(target.rungs[1].number, 3u);
  EXPECT_EQ(target.rungs[1].known[1], KnownBelow{target.rungs[0].values[1]});
}

TEST(TargetTest, UnitsAreThoseOfTheHighestRung) {
  Results results;
  for (const double value : {1e9, 3e9, 5e9}) results.Add({{0, value}});
  const Target target = results.Made();
  EXPECT_NEAR(target.Standardised(3e9), 0, 1e-12);
  EXPECT_NEAR(target.rungs[0].values.squaredNorm() / 3, 1, 1e-12);
  EXPECT_NEAR(target.mean() + target.sd() * target.rungs[0].values[2], 5e9, 1);
}

TEST(TargetTest, OneBadOutlierDoesNotHideTheRest) {
  Results results;
  for (int i = 0; i < 20; ++i) results.Add({{0, 0.01 * i}});
  results.Add({{0, 1e6}});
  const Target target = results.Made();
  EXPECT_LT(target.sd(), 1);
  EXPECT_GT(target.rungs[0].values[20], target.rungs[0].values[19]);
}

// As a constraint of which all but one are far on the good side.
TEST(TargetTest, AnOutlierBeyondTheBoundStaysBeyondIt) {
  Results results;
  for (int i = 0; i < 20; ++i) results.Add({{0, -95 + 0.5 * i}});
  results.Add({{0, 900}});
  const auto value = [](const ResultRow& row) { return std::optional(row.objectives[0]); };
  const Target bounded = MakeTarget("latency at most", results.rows, value, 0);
  EXPECT_GT(bounded.rungs[0].values[20], bounded.Standardised(20));
  const Target unbounded = MakeTarget("latency", results.rows, value);
  EXPECT_LT(unbounded.rungs[0].values[20], unbounded.Standardised(0));
}

}  // namespace
}  // namespace faretto
