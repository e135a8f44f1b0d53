#include "scheduler/fidelity/allowance.h"

#include <gtest/gtest.h>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

StudyDriver Driver(const Json& budget, const std::string& fidelity = "full") {
  Json study = *ParseJson(R"({
    "name": "budget", "seed": 1,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1"}],
    "algorithm": {"searcher": "random", "fidelity": "full", "max_resource": 10}})");
  study["budget"] = budget;
  study["algorithm"]["fidelity"] = fidelity;
  return StudyDriver(AskTellSpec(study));
}

TEST(Allowance, CountsWhatRunningAssignmentsWillStillSpend) {
  StudyDriver driver = Driver({{"resource", 25}});
  driver.Ask();
  Allowance allowance(driver.view(), true);
  EXPECT_TRUE(allowance.MayCreate(15));
  EXPECT_FALSE(allowance.MayCreate(16));
}

TEST(Allowance, IsNotFinalWhileSomethingRuns) {
  StudyDriver driver = Driver({{"resource", 15}});
  const TrialId id = *driver.Ask();
  Allowance running(driver.view(), true);
  EXPECT_FALSE(running.MayCreate(10));
  EXPECT_FALSE(running.Nothing().final);
  EXPECT_EQ(running.Nothing().reason, "waiting for results");
  driver.Tell(id, {{"f1", 0}});
  Allowance over(driver.view(), true);
  EXPECT_FALSE(over.MayCreate(10));
  EXPECT_TRUE(over.Nothing().final);
  EXPECT_EQ(over.Nothing().reason, "the resource budget is used up");
}

TEST(Allowance, ATrialBudgetEndsCreationButNotPromotion) {
  StudyDriver driver = Driver({{"trials", 1}});
  driver.Tell(*driver.Ask(), {{"f1", 0}});
  Allowance allowance(driver.view(), true);
  EXPECT_FALSE(allowance.MayCreate(1));
  EXPECT_TRUE(allowance.MayPromote(driver.state().trials()[0], 20));
  EXPECT_EQ(allowance.Nothing().reason, "the trial budget is used up");
}

TEST(Allowance, AWorkersTrialWithoutACheckpointStartsAgainAtZero) {
  StudyDriver driver = Driver({{"resource", 25}});
  driver.Tell(*driver.Ask(), {{"f1", 0}});
  Trial trial = driver.state().trials()[0];
  Allowance outside(driver.view(), true);
  EXPECT_TRUE(outside.MayPromote(trial, 20)) << "an outside program goes on at 10";
  trial.outside = false;
  Allowance worker(driver.view(), true);
  EXPECT_FALSE(worker.MayPromote(trial, 20)) << "20 do not fit into the 15 that are left";
  trial.checkpoints.push_back({.resource = 10});
  EXPECT_TRUE(worker.MayPromote(trial, 20));
}

TEST(Allowance, NamesASpaceThatIsUsedUp) {
  const StudyDriver driver = Driver({{"resource", 100}});
  Allowance allowance(driver.view(), false);
  EXPECT_FALSE(allowance.MayCreate(1));
  EXPECT_EQ(allowance.Nothing().reason, "the space is used up");
  EXPECT_TRUE(allowance.Nothing().final);
}

// Rungs of asha from 1 to 10: 1, 3, 10. The running trial will be at 1 and needs 9 more.
TEST(Allowance, KeepsBackWhatTheTrialNearestToTheTopStillNeeds) {
  StudyDriver driver = Driver({{"resource", 12}}, "asha");
  driver.Ask();
  Allowance allowance(driver.view(), true);
  allowance.KeepBackFor(10);
  EXPECT_TRUE(allowance.MayCreate(2)) << "9 of 11 are left";
  EXPECT_FALSE(allowance.kept_back());
  EXPECT_TRUE(allowance.MayCreate(10)) << "the new one reaches the top itself";
  EXPECT_FALSE(Allowance(driver.view(), true).MayCreate(12));
  EXPECT_TRUE(Allowance(driver.view(), true).MayCreate(3));
  driver.Ask();
  driver.Ask();
  Allowance later(driver.view(), true);
  later.KeepBackFor(10);
  EXPECT_FALSE(later.MayCreate(1)) << "8 of 9 are left";
  EXPECT_TRUE(later.kept_back());
}

TEST(Allowance, KeepsNothingBackOnceATrialWasSentToTheTop) {
  StudyDriver driver = Driver({{"resource", 25}});
  driver.Ask();
  Allowance allowance(driver.view(), true);
  allowance.KeepBackFor(10);
  EXPECT_TRUE(allowance.MayCreate(6));
}

TEST(Allowance, KeepsNothingBackOfABudgetThatReachesNoTop) {
  StudyDriver driver = Driver({{"resource", 9}}, "asha");
  Allowance allowance(driver.view(), true);
  allowance.KeepBackFor(10);
  EXPECT_TRUE(allowance.MayCreate(1));
}

TEST(Allowance, ForAStoppedTrialNothingIsKeptBack) {
  StudyDriver driver = Driver({{"resource", 10}}, "asha");
  driver.Tell(*driver.Ask(), {{"f1", 0}});
  Allowance before(driver.view(), true);
  before.KeepBackFor(10);
  EXPECT_FALSE(before.MayCreate(1)) << "it can still be brought from 1 to 10";
  driver.Stop(0);
  Allowance after(driver.view(), true);
  after.KeepBackFor(10);
  EXPECT_TRUE(after.MayCreate(1)) << "9 bring no other one to 10";
}

}  // namespace
}  // namespace faretto
