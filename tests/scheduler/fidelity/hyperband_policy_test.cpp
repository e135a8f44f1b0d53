#include "scheduler/fidelity/hyperband_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;

Json Study() {
  return *ParseJson(R"({
    "name": "hyperband", "seed": 1,
    "space": {"parameters": [
      {"name": "x", "type": "float", "low": 0, "high": 1},
      {"name": "y", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1"}],
    "algorithm": {"searcher": "random", "fidelity": "hyperband",
                  "min_resource": 2.5, "max_resource": 10, "reduction_factor": 2}
  })");
}

class Hyperband : public ::testing::Test {
 protected:
  Hyperband() : driver_(AskTellSpec(Study())) {}

  // The target of the next trial; 0 if none is given.
  std::int64_t AskAndTell(double f1) {
    const auto id = driver_.Ask();
    if (!id) return 0;
    const std::int64_t target = driver_.state().FindTrial(*id)->target;
    driver_.Tell(*id, {{"f1", f1}});
    return target;
  }

  StudyDriver driver_;
};

// spec/fr-nas.md, 4.2: 14 evaluations, then it begins again.
TEST_F(Hyperband, OneWorkerWalksThroughTheTable) {
  std::vector<std::int64_t> targets;
  for (int i = 0; i < 15; ++i) targets.push_back(AskAndTell(i));
  EXPECT_THAT(targets, ElementsAre(2, 2, 2, 2, 5, 5, 10, 5, 5, 5, 10, 10, 10, 10, 2));
  std::map<std::int64_t, int> members;
  for (const Trial& trial : driver_.state().trials()) ++members[trial.bracket];
  EXPECT_EQ(members, (std::map<std::int64_t, int>{{0, 4}, {1, 3}, {2, 3}, {3, 1}}));
}

TEST_F(Hyperband, TheBestOfAStageGoOn) {
  for (const double f1 : {4, 1, 3, 2}) AskAndTell(f1);
  EXPECT_EQ(*driver_.Ask(), 1);
  EXPECT_EQ(*driver_.Ask(), 3);
}

TEST_F(Hyperband, IdleWorkersOpenTheNextBracketAndAStageWaitsForAllItsMembers) {
  std::vector<TrialId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(*driver_.Ask());
  EXPECT_EQ(driver_.state().FindTrial(4)->bracket, 1);
  EXPECT_EQ(driver_.state().FindTrial(4)->target, 5);
  for (int i = 0; i < 3; ++i) driver_.Tell(i, {{"f1", i}});
  EXPECT_EQ(*driver_.Ask(), 6);
  driver_.Tell(3, {{"f1", 3}});
  EXPECT_EQ(*driver_.Ask(), 0);
}

TEST_F(Hyperband, AFailedMemberKeepsItsSlotAndNeverGoesOn) {
  for (int i = 0; i < 3; ++i) driver_.Fail(*driver_.Ask());
  AskAndTell(1);
  // Two places, one member left: it goes on alone, all the way.
  EXPECT_EQ(AskAndTell(1), 5);
  EXPECT_EQ(AskAndTell(1), 10);
  EXPECT_EQ(driver_.state().FindTrial(3)->state, TrialState::kCompleted);
  EXPECT_EQ(driver_.state().FindTrial(*driver_.Ask())->bracket, 1);
}

TEST_F(Hyperband, ABracketWhoseMembersAllFailedIsOver) {
  for (int i = 0; i < 4; ++i) driver_.Fail(*driver_.Ask());
  EXPECT_EQ(driver_.state().FindTrial(*driver_.Ask())->bracket, 1);
}

TEST_F(Hyperband, EnqueuedTrialsBelongToNoBracket) {
  driver_.Enqueue({{"x", 0.1}, {"y", 0.1}});
  EXPECT_EQ(AskAndTell(0), 10);
  EXPECT_EQ(driver_.state().trials()[0].bracket, -1);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(AskAndTell(i), 2);
  EXPECT_EQ(AskAndTell(0), 5);
}

TEST_F(Hyperband, AShortBracketGoesOnInProportionWhenTrialsAreUsedUp) {
  Json study = Study();
  study["budget"] = {{"trials", 2}};
  driver_ = StudyDriver(AskTellSpec(study));
  std::vector<std::int64_t> targets;
  for (int i = 0; i < 5; ++i) targets.push_back(AskAndTell(i));
  EXPECT_THAT(targets, ElementsAre(2, 2, 5, 10, 0));
  EXPECT_TRUE(driver_.state().finished());
}

TEST_F(Hyperband, APromotionThatDoesNotFitLeavesTheRestToSmallerSteps) {
  Json study = Study();
  // Four trials to 2 (8) and two to 5 (6) leave 3: not enough for 5 to 10, enough for a new one.
  study["budget"] = {{"resource", 17}};
  driver_ = StudyDriver(AskTellSpec(study));
  std::vector<std::int64_t> targets;
  for (int i = 0; i < 8; ++i) targets.push_back(AskAndTell(i));
  EXPECT_THAT(targets, ElementsAre(2, 2, 2, 2, 5, 5, 2, 0));
}

}  // namespace
}  // namespace faretto
