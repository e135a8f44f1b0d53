#include "scheduler/fidelity/stage_promotion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "base/json.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Standing> Stage(const std::vector<std::vector<double>>& costs) {
  std::vector<Standing> stage;
  for (const auto& cost : costs) stage.push_back({0, false, 0, cost});
  return stage;
}

// tests/data/frnas/frnas_golden.json, "promotion": SMAC3's rule on four configurations.
TEST(StagePromotion, EqualsThePublishedExample) {
  const auto text = ReadFile(SourceFolder() / "tests/data/frnas/frnas_golden.json");
  ASSERT_TRUE(text.ok()) << text.error().message;
  const Json golden = ParseJson(*text)->at("promotion");
  const auto stage = Stage(golden.at("costs").get<std::vector<std::vector<double>>>());
  const auto two = PromotedFromStage(stage, 2);
  EXPECT_EQ(Json(two), golden.at("keep_2"));
  const auto one = PromotedFromStage({stage[two[0]], stage[two[1]]}, 1);
  EXPECT_EQ(Json({two[one[0]]}), golden.at("keep_1_of_those"));
}

TEST(StagePromotion, TakesWholeLayersThenTheLeastCrowdedOfAll) {
  // The first layer is {1, 3}; with the second, {0, 2}, there are four for three places. Ends of
  // an objective come first, in the order in which the layers were taken.
  EXPECT_THAT(PromotedFromStage(Stage({{5, 5}, {1, 4}, {6, 2}, {4, 1}}), 3), ElementsAre(1, 3, 0));
}

TEST(StagePromotion, EqualMembersStayInTheirOrder) {
  EXPECT_THAT(PromotedFromStage(Stage({{1, 1}, {1, 1}}), 1), ElementsAre(0));
}

TEST(StagePromotion, FailedMembersNeverGoOn) {
  auto stage = Stage({{1, 1}, {2, 2}, {3, 3}});
  stage[0].failed = true;
  EXPECT_THAT(PromotedFromStage(stage, 2), ElementsAre(1, 2));
  EXPECT_THAT(PromotedFromStage(stage, 3), ElementsAre(1, 2));
  for (Standing& standing : stage) standing.failed = true;
  EXPECT_THAT(PromotedFromStage(stage, 2), IsEmpty());
}

TEST(StagePromotion, InfeasibleMembersOnlyFillThePlacesThatAreLeft) {
  auto stage = Stage({{1, 1}, {2, 2}, {3, 3}});
  stage[0].violation = 0.5;
  stage[1].violation = 0.1;
  EXPECT_THAT(PromotedFromStage(stage, 1), ElementsAre(2));
  EXPECT_THAT(PromotedFromStage(stage, 2), ElementsAre(2, 1));
}

}  // namespace
}  // namespace faretto
