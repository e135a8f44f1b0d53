#include "scheduler/fidelity/hyperband_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

// SMAC3's table for these settings has 14 evaluations; then it begins again.
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

// Who goes on with a trial does not depend on what becomes of it.
TEST_F(Hyperband, AFailureFurtherOnLeavesEarlierStagesAsTheyWere) {
  const auto promoted = [](bool first_fails) {
    Json study = Study();
    study["objectives"].push_back({{"name", "f2"}});
    study["algorithm"].update({{"min_resource", 1}, {"max_resource", 9}, {"reduction_factor", 3}});
    StudyDriver driver(AskTellSpec(study));
    // The fourth would be the extreme in the place of the first.
    const std::vector<std::pair<double, double>> values = {
        {0, 10}, {10, 0}, {5, 5}, {1, 9.5}, {9.5, 1}, {20, 20}, {21, 21}, {22, 22}, {23, 23}};
    for (std::size_t i = 0; i < values.size(); ++i) driver.Ask();
    const auto tell = [&](TrialId id) {
      const auto [f1, f2] = values[static_cast<std::size_t>(id)];
      driver.Tell(id, {{"f1", f1}, {"f2", f2}});
    };
    for (TrialId id = 0; id < 9; ++id) tell(id);
    std::vector<TrialId> went;
    for (int i = 0; i < 3; ++i) {
      went.push_back(*driver.Ask());
      if (i == 0 && first_fails) {
        driver.Fail(went.back());
      } else {
        tell(went.back());
      }
    }
    return went;
  };
  EXPECT_THAT(promoted(false), ElementsAre(0, 1, 2));
  EXPECT_THAT(promoted(true), ElementsAre(0, 1, 2));
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

class HyperbandWithABudget : public Hyperband {
 protected:
  void Begin(std::int64_t resource) {
    Json study = Study();
    study["budget"] = {{"resource", resource}};
    driver_ = StudyDriver(AskTellSpec(study));
  }

  // The targets of all trials that the budget gives one worker.
  std::vector<std::int64_t> Targets() {
    std::vector<std::int64_t> targets;
    while (const std::int64_t target = AskAndTell(static_cast<double>(targets.size())))
      targets.push_back(target);
    EXPECT_TRUE(driver_.state().finished());
    return targets;
  }
};

TEST_F(HyperbandWithABudget, APromotionThatDoesNotFitLeavesTheRestToSmallerSteps) {
  // After the first bracket, 4 are left: the second one's first stage is too dear, the next one's
  // too.
  Begin(23);
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 2, 2, 5, 5, 10, 2, 2));
  Begin(26);
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 2, 2, 5, 5, 10, 5, 2));
}

TEST_F(HyperbandWithABudget, AsMuchIsKeptBackAsBringsOneTrialToTheTop) {
  // 8 for the first stage and 3 for the first of the second leave 6; a second one would leave 3,
  // not 5.
  Begin(17);
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 2, 2, 5, 10));
  // The first stage stays short: its third member would leave 6, not 8.
  Begin(12);
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 5, 10));
  Begin(10);
  EXPECT_THAT(Targets(), ElementsAre(2, 5, 10));
  // No training to the top is affordable: all of it for what is.
  Begin(9);
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 2, 2));
}

TEST_F(HyperbandWithABudget, WhatWasKeptBackIsNotLostWhenTheOneItWasForFails) {
  Begin(12);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(AskAndTell(i), 2);
  driver_.Fail(*driver_.Ask());
  // The bracket, as it was, had one place. It is filled, and the second place is for the best left.
  EXPECT_THAT(Targets(), ElementsAre(2, 2, 5));
}

TEST_F(HyperbandWithABudget, ManyWorkersDoNotSpendWhatIsKeptBack) {
  Begin(17);
  std::vector<TrialId> ids;
  while (const auto id = driver_.Ask()) ids.push_back(*id);
  EXPECT_FALSE(driver_.state().finished());
  for (const TrialId id : ids) driver_.Tell(id, {{"f1", static_cast<double>(id)}});
  const std::vector<std::int64_t> targets = Targets();
  EXPECT_EQ(std::count(targets.begin(), targets.end(), 10), 1);
}

}  // namespace
}  // namespace faretto
