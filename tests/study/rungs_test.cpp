#include "study/rungs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "base/files.h"
#include "base/json.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;

AlgorithmSpec Settings(double min_resource, double max_resource, double eta,
                       const std::string& fidelity = "asha") {
  AlgorithmSpec algorithm;
  algorithm.fidelity = fidelity;
  algorithm.min_resource = min_resource;
  algorithm.max_resource = max_resource;
  algorithm.reduction_factor = eta;
  return algorithm;
}

TEST(AshaRungs, RiseByTheReductionFactorUpToTheMaximum) {
  EXPECT_THAT(AshaRungs(Settings(2, 18, 3)), ElementsAre(2, 6, 18));
  EXPECT_THAT(AshaRungs(Settings(1, 27, 3)), ElementsAre(1, 3, 9, 27));
  EXPECT_THAT(AshaRungs(Settings(1, 1, 3)), ElementsAre(1));
}

TEST(AshaRungs, EndAtTheLastOneNotBelowTheMinimum) {
  EXPECT_THAT(AshaRungs(Settings(3, 18, 3)), ElementsAre(6, 18));
  EXPECT_THAT(AshaRungs(Settings(18, 18, 3)), ElementsAre(18));
}

TEST(AshaRungs, AreTruncatedNotRounded) {
  EXPECT_THAT(AshaRungs(Settings(2.5, 10, 2)), ElementsAre(2, 5, 10));
  EXPECT_THAT(AshaRungs(Settings(1, 10, 3)), ElementsAre(1, 3, 10));
}

TEST(AshaRungs, DoNotLoseALevelToRounding) {
  EXPECT_THAT(AshaRungs(Settings(3, 6.6, 2.2)), ElementsAre(3, 6));
  EXPECT_THAT(AshaRungs(Settings(1.1, 29.7, 3)), ElementsAre(1, 3, 9, 29));
}

TEST(AshaRungs, NeverHoldResourceZero) {
  EXPECT_THAT(AshaRungs(Settings(0.5, 4, 2)), ElementsAre(1, 2, 4));
}

// tests/data/frnas/frnas_golden.json, "hyperband": SMAC3's table for three settings. Budgets are
// truncated to epochs, as its trial function does.
TEST(HyperbandBrackets, EqualThePublishedTables) {
  const auto text = ReadFile(SourceFolder() / "tests/data/frnas/frnas_golden.json");
  ASSERT_TRUE(text.ok()) << text.error().message;
  const auto golden = ParseJson(*text);
  ASSERT_TRUE(golden.ok()) << golden.error().message;
  const std::vector<std::pair<std::string, AlgorithmSpec>> tables = {
      {"2.5-10-2", Settings(2.5, 10, 2)},
      {"25-100-2", Settings(25, 100, 2)},
      {"1-27-3", Settings(1, 27, 3)}};
  for (const auto& [name, settings] : tables) {
    const Json& expected = golden->at("hyperband").at(name);
    const auto brackets = HyperbandBrackets(settings);
    ASSERT_EQ(brackets.size(), expected.size()) << name;
    for (std::size_t b = 0; b < brackets.size(); ++b) {
      EXPECT_EQ(Json(brackets[b].configurations), expected[b].at("configs")) << name;
      std::vector<std::int64_t> budgets;
      for (const Json& budget : expected[b].at("budgets"))
        budgets.push_back(static_cast<std::int64_t>(budget.get<double>()));
      EXPECT_EQ(brackets[b].resources, budgets) << name;
    }
  }
}

TEST(HyperbandBrackets, HoldFourteenTrialsPerIterationInThePublishedSearch) {
  std::int64_t trials = 0;
  for (const auto& bracket : HyperbandBrackets(Settings(2.5, 10, 2)))
    trials += std::accumulate(bracket.configurations.begin(), bracket.configurations.end(),
                              std::int64_t{0});
  EXPECT_EQ(trials, 14);
}

// log(243) / log(3) is 4.999999999999999 in double.
TEST(HyperbandBrackets, CountTheirNumberByMultiplication) {
  const auto brackets = HyperbandBrackets(Settings(1, 243, 3));
  ASSERT_EQ(brackets.size(), 6u);
  EXPECT_THAT(brackets.front().resources, ElementsAre(1, 3, 9, 27, 81, 243));
  EXPECT_THAT(brackets.front().configurations, ElementsAre(243, 81, 27, 9, 3, 1));
}

TEST(HyperbandBrackets, MergeStagesWhoseTruncatedResourcesFallTogether) {
  const auto brackets = HyperbandBrackets(Settings(0.5, 2, 2));
  ASSERT_EQ(brackets.size(), 3u);
  EXPECT_THAT(brackets.front().resources, ElementsAre(1, 2));
  EXPECT_THAT(brackets.front().configurations, ElementsAre(4, 1));
}

TEST(ComparisonRungs, FollowTheFidelityPolicy) {
  EXPECT_THAT(ComparisonRungs(Settings(2, 18, 3, "asha")), ElementsAre(2, 6, 18));
  EXPECT_THAT(ComparisonRungs(Settings(2.5, 10, 2, "hyperband")), ElementsAre(2, 5, 10));
  EXPECT_THAT(ComparisonRungs(Settings(2, 18, 3, "full")), ElementsAre(18));
}

TEST(FirstResource, IsTheLowestRungOfAshaAndTheMaximumOfTheOthers) {
  EXPECT_EQ(FirstResource(Settings(2, 18, 3, "asha")), 2);
  EXPECT_EQ(FirstResource(Settings(2, 18, 3, "hyperband")), 18);
  EXPECT_EQ(FirstResource(Settings(2, 18, 3, "full")), 18);
}

}  // namespace
}  // namespace faretto
