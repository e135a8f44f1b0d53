#include "objectives/fairness/fairness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "objectives/fairness/bootstrap.h"
#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

struct Images {
  ImageRanks ranks;
  std::vector<std::int32_t> identities;
  std::vector<std::string> groups;

  // Rank -1: without a mate.
  void Add(std::int32_t identity, const std::string& group, std::int32_t rank) {
    ranks.emplace_back();
    if (rank >= 0) ranks.back() = ImageRank{rank, rank, 0.5};
    identities.push_back(identity);
    groups.push_back(group);
  }

  Fairness Compute(std::uint64_t seed = 1) const {
    return ComputeFairness(ranks, identities, groups, seed).value();
  }
};

Images GoldenImages() {
  const Json golden = FrnasGolden().at("ranks");
  const Json& ranks = golden.at("rank_by_img_and_rank_by_id");
  Images images;
  std::size_t i = 0;
  for (const Json& image : golden.at("images_identity_group_angle_degrees"))
    images.Add(image[0].get<std::string>()[0], image[1], ranks[i++][1]);
  return images;
}

TEST(Fairness, ReproducesTheNineImagesWithTheUnrankableOneLeftOut) {
  const Fairness fairness = GoldenImages().Compute();
  const Json expected = FrnasGolden().at("ranks").at("unrankable_left_out");
  EXPECT_EQ(fairness.n, 8u);
  EXPECT_EQ(fairness.unranked, 1u);
  const std::pair<const Measure*, const char*> columns[] = {
      {&fairness.error, "Error"},           {&fairness.disparity, "Disparity"},
      {&fairness.ratio, "Ratio"},           {&fairness.rank_disparity, "Rank Disparity"},
      {&fairness.rank_ratio, "Rank Ratio"}, {&fairness.error_ratio, "Error Ratio"}};
  for (const auto& [measure, column] : columns)
    EXPECT_NEAR(measure->value.value(), expected.at(column).get<double>(), 1e-12) << column;
  EXPECT_EQ(fairness.groups.at("female").n, 3u);
  EXPECT_EQ(fairness.groups.at("male").n, 5u);
  EXPECT_NEAR(*fairness.groups.at("male").error, 0.6, 1e-12);
  EXPECT_NEAR(*fairness.groups.at("female").mean_rank, 2.0 / 3, 1e-12);
}

TEST(Fairness, CountsImagesWithoutAGroupInTheErrorOnly) {
  Images images;
  images.Add(0, "a", 0);
  images.Add(1, "b", 0);
  images.Add(2, "", 3);
  images.Add(3, "", 4);
  const Fairness fairness = images.Compute();
  EXPECT_EQ(fairness.error.value, 0.5);
  EXPECT_EQ(fairness.disparity.value, 0.0);
  EXPECT_EQ(fairness.groups.size(), 2u);
}

TEST(Fairness, OfThreeGroupsIsTheLargestOverPairsAndNamesThePair) {
  Images images;  // errors 0.5, 0.75, 0.25; mean ranks 0.5, 6, 1
  const std::vector<std::pair<std::string, std::vector<int>>> ranks = {
      {"x", {0, 0, 1, 1}}, {"y", {0, 8, 8, 8}}, {"z", {0, 0, 0, 4}}};
  std::int32_t identity = 0;
  for (const auto& [group, list] : ranks)
    for (const int rank : list) images.Add(identity++, group, rank);
  const Fairness fairness = images.Compute();
  EXPECT_EQ(fairness.disparity.value, 0.5);
  EXPECT_THAT(fairness.disparity.groups, Pair("y", "z"));
  EXPECT_EQ(fairness.rank_disparity.value, 5.5);
  EXPECT_THAT(fairness.rank_disparity.groups, Pair("x", "y"));
  EXPECT_EQ(fairness.ratio.value, 2.0);  // |1 - 0.75 / 0.25|
  EXPECT_EQ(fairness.rank_ratio.value, 11.0);
  EXPECT_NEAR(*fairness.error_ratio.value, 2.0 / 3, 1e-15);  // |1 - 0.25 / 0.75|
  const Json pairs = ToJson(fairness).at("pairs");
  EXPECT_EQ(pairs.at("rank_ratio"), Json::array({"x", "y"}));
}

TEST(Fairness, OfTwoGroupsDoesNotChangeWhenAnEmptyThirdIsThere) {
  Images images = GoldenImages();
  const Json two = ToJson(images.Compute());
  images.Add(99, "zz", -1);
  const Fairness three = images.Compute();
  EXPECT_EQ(three.groups.at("zz").n, 0u);
  EXPECT_FALSE(three.groups.at("zz").error);
  EXPECT_FALSE(three.groups.at("zz").mean_rank);
  EXPECT_EQ(ToJson(three).at("rank_disparity"), two.at("rank_disparity"));
  EXPECT_EQ(ToJson(three).at("ci95"), two.at("ci95"));
}

TEST(Fairness, OfOneOrNoGroupHasNoDisparities) {
  Images images;
  images.Add(0, "a", 0);
  images.Add(1, "a", 2);
  const Fairness fairness = images.Compute();
  EXPECT_EQ(fairness.error.value, 0.5);
  for (const auto& [name, member] : FairnessMeasures()) {
    EXPECT_EQ((fairness.*member).value.has_value(), member == &Fairness::error) << name;
    EXPECT_EQ((fairness.*member).ci95.has_value(), member == &Fairness::error) << name;
  }
}

TEST(Fairness, OfACollapsedModelHasErrorOneAndNoDisparitiesOrRatios) {
  Images images;
  for (int i = 0; i < 10; ++i) images.Add(i, i % 2 ? "m" : "f", 9);
  const Fairness fairness = images.Compute();
  EXPECT_EQ(fairness.error.value, 1.0);
  const Json json = ToJson(fairness);
  for (const char* name : {"disparity", "rank_disparity", "ratio", "rank_ratio", "error_ratio"}) {
    EXPECT_TRUE(json.at(name).is_null()) << name;
    EXPECT_TRUE(json.at("ci95").at(name).is_null()) << name;
    EXPECT_FALSE(ToMetrics(fairness).contains(name));
  }
}

TEST(Fairness, RatiosWithAZeroDenominatorAreAbsent) {
  Images images;  // f: error 0, mean rank 0; m: accuracy 0.5
  for (int i = 0; i < 4; ++i) images.Add(i, "f", 0);
  for (int i = 4; i < 8; ++i) images.Add(i, "m", i % 2);
  const Fairness fairness = images.Compute();
  EXPECT_EQ(fairness.ratio.value, 0.5);
  EXPECT_FALSE(fairness.rank_ratio.value);
  EXPECT_FALSE(fairness.error_ratio.value);
  EXPECT_EQ(fairness.rank_disparity.value, 0.5);
}

TEST(Fairness, WithoutRankedImagesIsAllAbsent) {
  Images images;
  images.Add(0, "a", -1);
  images.Add(1, "b", -1);
  const Json json = ToJson(images.Compute());
  EXPECT_EQ(json.at("n"), 0);
  EXPECT_EQ(json.at("unranked"), 2);
  EXPECT_TRUE(json.at("error").is_null());
  EXPECT_TRUE(json.at("ci95").at("error").is_null());
  EXPECT_EQ(ToMetrics(images.Compute()), (Metrics{{"n_a", 0}, {"n_b", 0}}));
}

TEST(Fairness, PrintsTheKeysOfTheContractInOrder) {
  const Json json = ToJson(GoldenImages().Compute());
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre("n", "unranked", "error", "disparity", "rank_disparity", "ratio",
                                "rank_ratio", "error_ratio", "ci95", "groups"));
  EXPECT_EQ(json.at("groups").at("male").size(), 3u);
}

TEST(Fairness, GivesReportsAMetricForEachGroupThatNoLabelCanShadow) {
  Images images;  // a group called "ratio" would be metric error_ratio
  for (int i = 0; i < 8; ++i) images.Add(i, i % 2 ? "ratio" : "a", i % 2 ? i / 2 : i % 4);
  const Fairness fairness = images.Compute();
  const Metrics metrics = ToMetrics(fairness);
  EXPECT_EQ(metrics.at("error_ratio"), *fairness.error_ratio.value);
  EXPECT_EQ(metrics.at("mean_rank_ratio"), 1.5);
  EXPECT_EQ(metrics.at("n_a"), 4);
  EXPECT_EQ(metrics.at("rank_disparity_high"), fairness.rank_disparity.ci95->high);
}

TEST(Fairness, RefusesListsOfDifferentLengths) {
  const std::vector<std::int32_t> identities = {1};
  EXPECT_FALSE(ComputeFairness({}, identities, {}, 1).ok());
}

// 40 identities a group, three images each, with different ranks.
Images ManyImages(int extra_rank_of_b) {
  Images images;
  RandomStream random(5, "test/fairness");
  for (int identity = 0; identity < 80; ++identity)
    for (int image = 0; image < 3; ++image) {
      const bool b = identity >= 40;
      images.Add(identity, b ? "b" : "a",
                 static_cast<int>(random.Below(3)) + (b ? extra_rank_of_b : 0));
    }
  return images;
}

TEST(Bootstrap, IntervalsContainTheValueAndAreTheSameForTheSameSeedOnly) {
  const Images images = ManyImages(2);
  const Fairness fairness = images.Compute(7);
  const Interval interval = fairness.rank_disparity.ci95.value();
  EXPECT_LT(interval.low, *fairness.rank_disparity.value);
  EXPECT_GT(interval.high, *fairness.rank_disparity.value);
  EXPECT_GT(interval.low, 1);
  EXPECT_LT(interval.high, 3);
  EXPECT_EQ(ToJson(images.Compute(7)), ToJson(fairness));
  EXPECT_NE(ToJson(images.Compute(8)), ToJson(fairness));
}

TEST(Bootstrap, LowerEndIsZeroWhenTheSignedDifferenceMayBeZero) {
  const Fairness fairness = ManyImages(0).Compute();
  EXPECT_EQ(fairness.rank_disparity.ci95->low, 0);
  EXPECT_GE(fairness.rank_disparity.ci95->high, *fairness.rank_disparity.value);
}

TEST(Bootstrap, ErrorIntervalMatchesTheBinomialForOneImageAnIdentity) {
  // 400 identities with one ranked image each, half of them wrong: the standard error of the share
  // is 0.025, so the normal interval is 0.5 -+ 0.049.
  Images images;
  for (int i = 0; i < 400; ++i) images.Add(i, "", i % 2);
  const Interval interval = images.Compute().error.ci95.value();
  EXPECT_NEAR(interval.low, 0.451, 0.006);
  EXPECT_NEAR(interval.high, 0.549, 0.006);
}

TEST(Bootstrap, IsAbsentWithOneIdentityOrWhenManyResamplesHaveNoValue) {
  Images one;
  one.Add(0, "a", 0);
  one.Add(0, "b", 1);
  EXPECT_TRUE(one.Compute().disparity.value);
  EXPECT_FALSE(one.Compute().disparity.ci95);
  // About 37 % of the resamples miss the only identity of group b.
  Images rare;
  for (int i = 0; i < 30; ++i) rare.Add(i, "a", i % 2);
  rare.Add(30, "b", 1);
  EXPECT_TRUE(rare.Compute().disparity.value);
  EXPECT_FALSE(rare.Compute().disparity.ci95);
  EXPECT_TRUE(rare.Compute().error.ci95);
}

TEST(Bootstrap, FoldsASignedIntervalAtZero) {
  const auto fold = [](double low, double high) {
    const Interval folded = AbsoluteInterval({low, high});
    return std::make_pair(folded.low, folded.high);
  };
  EXPECT_THAT(fold(-3, 1), Pair(0, 3));
  EXPECT_THAT(fold(-3, -1), Pair(1, 3));
  EXPECT_THAT(fold(1, 3), Pair(1, 3));
  EXPECT_THAT(fold(0, 2), Pair(0, 2));
}

}  // namespace
}  // namespace faretto
