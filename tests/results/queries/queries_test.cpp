#include "results/queries/queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/queries/filter.h"
#include "results/queries/knee.h"
#include "tests/results/testing/scripted_study.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<TrialId> Ids(const std::vector<TrialRow>& rows) {
  std::vector<TrialId> ids;
  for (const TrialRow& row : rows) ids.push_back(row.id);
  return ids;
}

class QueriesTest : public ::testing::Test {
 protected:
  Front FrontWith(const std::string& objectives, const std::string& resource) {
    const auto options = ParseFrontOptions(objectives, resource);
    EXPECT_TRUE(options.ok()) << options.error().message;
    const auto front = StudyFront(study_.view(), *options);
    EXPECT_TRUE(front.ok()) << front.error().message;
    return *front;
  }
  std::string ErrorWith(const std::string& objectives, const std::string& resource) {
    const auto options = ParseFrontOptions(objectives, resource);
    if (!options.ok()) return options.error().message;
    const auto front = StudyFront(study_.view(), *options);
    return front.ok() ? "" : front.error().message;
  }

  EventfulStudy study_;
};

TEST_F(QueriesTest, TheFrontComparesAtMaxResourceAndKeepsTies) {
  EXPECT_THAT(Ids(FrontWith("", "").trials), ElementsAre(1, 4, 0));
}

TEST_F(QueriesTest, HypervolumeIsAgainstTheStudysReferencePoint) {
  // Reference (1, 0.5): 0.9 * 0.3 under (0.1, 0.2), and 0.7 * 0.18 more under (0.3, 0.02).
  EXPECT_NEAR(*FrontWith("", "").hypervolume, 0.27 + 0.126, 1e-12);
  EXPECT_NEAR(*FrontWith("error", "").hypervolume, 0.9, 1e-12);
}

TEST_F(QueriesTest, AnyResourceTakesEachTrialsHighest) {
  EXPECT_THAT(Ids(FrontWith("", "any").trials), ElementsAre(5));
  EXPECT_THAT(Ids(FrontWith("", "6").trials), ElementsAre(5));
}

TEST_F(QueriesTest, OtherObjectivesAndDirectionsCanBeChosen) {
  EXPECT_THAT(Ids(FrontWith("rank_disparity", "").trials), ElementsAre(0));
  EXPECT_THAT(Ids(FrontWith("rank_disparity:max", "").trials), ElementsAre(1, 4));
  EXPECT_FALSE(FrontWith("rank_disparity:max", "").hypervolume.has_value());
}

TEST_F(QueriesTest, WrongOptionsAreNamed) {
  EXPECT_THAT(ErrorWith("eror", ""), HasSubstr("did you mean \"error\""));
  EXPECT_THAT(ErrorWith("error:up", ""), HasSubstr(":min or :max"));
  EXPECT_THAT(ErrorWith("error,error", ""), HasSubstr("twice"));
  EXPECT_THAT(ErrorWith("error,,", ""), HasSubstr("empty name"));
  EXPECT_THAT(ErrorWith("", "-3"), HasSubstr("\"any\""));
  EXPECT_THAT(ErrorWith("", "3x"), HasSubstr("\"any\""));
}

TEST_F(QueriesTest, RowsShowTheHighestResourceAndItsOwnValues) {
  const std::vector<TrialRow> rows = TrialRows(study_.view());
  EXPECT_EQ(rows[5].resource, 6);
  EXPECT_EQ(rows[5].values.at("error"), 0.05);
  EXPECT_EQ(rows[6].state, TrialState::kFailed);
  EXPECT_EQ(rows[6].failure->reason, "exit status 134");
}

TEST_F(QueriesTest, BaselinesHaveTheirValues) {
  const std::vector<BaselineRow> rows = Baselines(study_.view());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].name, "pixels");
  EXPECT_EQ(rows[0].values.at("error"), 0.22);
}

TEST_F(QueriesTest, FilterAndSortWorkOnRowsAndPutMissingValuesLast) {
  std::vector<TrialRow> rows = TrialRows(study_.view());
  ASSERT_TRUE(ApplyFilter("resource = 18 or state = failed", study_.view(), rows).ok());
  ASSERT_TRUE(ApplySort("rank_disparity_low,error:desc,id:desc", study_.view(), rows).ok());
  EXPECT_THAT(Ids(rows), ElementsAre(4, 3, 6, 2, 0, 1));
  const Status wrong = ApplySort("eror", study_.view(), rows);
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("did you mean \"error\""));
  EXPECT_FALSE(ApplySort("error,", study_.view(), rows).ok());
  EXPECT_NE(ApplySort("error:down", study_.view(), rows).error().message.find(":asc or :desc"),
            std::string::npos);
}

TEST_F(QueriesTest, AnEmptyStudyHasAnEmptyFront) {
  const ScriptedStudy empty;
  const auto front = StudyFront(empty.view(), {});
  ASSERT_TRUE(front.ok());
  EXPECT_TRUE(front->trials.empty());
  EXPECT_FALSE(front->knee.has_value());
  EXPECT_EQ(*front->hypervolume, 0);
}

TEST(KneeTest, IsTheMemberFarthestFromTheLineBetweenTheExtremes) {
  // Normalised: (0,1), (0.1,0.3), (0.5,0.2), (1,0); sums 1, 0.4, 0.7, 1.
  EXPECT_EQ(KneePoint({{0, 10}, {1, 3}, {5, 2}, {10, 0}}), 1u);
}

TEST(KneeTest, ScalesDoNotMatter) {
  EXPECT_EQ(KneePoint({{0, 0.001}, {1000, 0.0003}, {5000, 0.0002}, {10000, 0}}), 1u);
}

TEST(KneeTest, SmallFrontsHaveAnAnswerToo) {
  EXPECT_EQ(KneePoint({}), std::nullopt);
  EXPECT_EQ(KneePoint({{3, 4}}), 0u);
  EXPECT_EQ(KneePoint({{0, 1}, {1, 0}}), 0u);
}

}  // namespace
}  // namespace faretto
