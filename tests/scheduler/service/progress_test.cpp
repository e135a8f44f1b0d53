#include "scheduler/service/progress.h"

#include <gtest/gtest.h>

#include "small_study.h"

namespace faretto {
namespace {

class ProgressTest : public ::testing::Test {
 protected:
  ProgressTest() : machine_(SmallStudy(4)) { machine_.Start({"h", 1, "b", "i"}, {}, 0); }

  void Ask() {
    machine_.RequestWork({"w", ++number_}, "w", false, 10);
    machine_.AnswerSuggestion(SuggestAlongDiagonal(machine_.view(), number_), 10);
  }
  void Tell(TrialId trial, double f1, double f2) {
    machine_.Tell(trial, 2, {{"f1", f1}, {"f2", f2}}, 2, 10);
  }

  Machine machine_;
  std::int64_t number_ = 0;
};

TEST_F(ProgressTest, CountsTrialsByState) {
  Ask();
  Ask();
  Tell(0, 1, 2);
  const Progress progress = MakeProgress(machine_.view(), 10);
  EXPECT_EQ(progress.completed, 1);
  EXPECT_EQ(progress.running, 1);
  EXPECT_EQ(progress.trials(), 2);
  EXPECT_EQ(progress.spent_resource, 2);
}

TEST_F(ProgressTest, MeasuresTheFront) {
  for (int i = 0; i < 3; ++i) Ask();
  Tell(0, 1, 2);
  Tell(1, 2, 1);
  Tell(2, 3, 3);  // dominated
  const Progress progress = MakeProgress(machine_.view(), 10);
  EXPECT_EQ(progress.front_size, 2);
  // Reference (11, 11): 10 x 9 + 9 x 10 - 9 x 9.
  EXPECT_EQ(progress.hypervolume, 99);
}

TEST_F(ProgressTest, TimeLeftFollowsFromTheUsedPartOfTheBudget) {
  Ask();
  EXPECT_EQ(MakeProgress(machine_.view(), 10).time_left_s, std::nullopt);
  Tell(0, 1, 2);  // 2 of 8
  EXPECT_EQ(MakeProgress(machine_.view(), 10).time_left_s, 30);
}

TEST_F(ProgressTest, ImportedTrialsAreNotWhatWasDone) {
  Json study = SmallStudyJson();
  study["budget"] = {{"trials", 4}};
  Machine machine(*ParseStudy(DumpJson(study), StudyUse::kRun));
  machine.Start({"h", 1, "b", "i"}, {}, 0);
  const Json made = {{"params", {{"x1", 0.5}, {"x2", 0.25}}},
                     {"reports", {{{"resource", 2}, {"values", {{"f1", 1}, {"f2", 2}}}}}}};
  ASSERT_EQ(machine.Import({"c", 1}, Json::array({made}), 10).As<TrialsImported>()->imported, 1);
  const Progress progress = MakeProgress(machine.view(), 10);
  EXPECT_EQ(progress.completed, 1);
  EXPECT_EQ(progress.imported, 1);
  EXPECT_EQ(progress.done(), 0);
  EXPECT_EQ(progress.time_left_s, std::nullopt);
}

TEST_F(ProgressTest, SaysWhyTheYoungestTrialFailed) {
  Ask();
  EXPECT_EQ(MakeProgress(machine_.view(), 10).failure, "");
  Ask();
  machine_.TellFailure(0, "the first", 10);
  machine_.TellFailure(1, "ran out of memory", 10);
  EXPECT_EQ(MakeProgress(machine_.view(), 10).failure, "trial 1: ran out of memory");
}

TEST_F(ProgressTest, UnknownNumbersAreNullInJson) {
  const Json json = ProgressJson(MakeProgress(machine_.view(), 0));
  EXPECT_TRUE(json["time_left_s"].is_null());
  EXPECT_TRUE(json["total_trials"].is_null());
  EXPECT_EQ(json["total_resource"], 8.0);
}

}  // namespace
}  // namespace faretto
