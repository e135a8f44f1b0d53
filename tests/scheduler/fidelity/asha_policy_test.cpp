#include "scheduler/fidelity/asha_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "objectives/pareto/dominance.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study() {
  return *ParseJson(R"({
    "name": "asha", "seed": 1,
    "space": {"parameters": [
      {"name": "x", "type": "float", "low": 0, "high": 1},
      {"name": "y", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1"}, {"name": "f2"}],
    "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 1, "max_resource": 27}
  })");
}

class Asha : public ::testing::Test {
 protected:
  Asha() : driver_(AskTellSpec(Study())) {}

  // Asks for `count` trials without an answer in between, then answers with these values.
  std::vector<TrialId> AskAndTell(const std::vector<std::pair<double, double>>& values) {
    std::vector<TrialId> ids;
    for (std::size_t i = 0; i < values.size(); ++i) ids.push_back(*driver_.Ask());
    for (std::size_t i = 0; i < values.size(); ++i)
      driver_.Tell(ids[i], {{"f1", values[i].first}, {"f2", values[i].second}});
    return ids;
  }

  Decision Decide() { return AshaPolicy().Decide(driver_.view(), true); }
  std::int64_t Target(TrialId id) { return driver_.state().FindTrial(id)->target; }

  StudyDriver driver_;
};

// Published ASHA with a factor of 3: a third of the nine may go on.
TEST_F(Asha, OfNineAtARungThreeGoOnAndNoneLiesInALaterLayerThanOneThatStays) {
  const std::vector<std::pair<double, double>> values = {{5, 5}, {1, 8}, {7, 7}, {2, 6},  {9, 1},
                                                         {6, 6}, {8, 8}, {3, 9}, {4, 5.5}};
  AskAndTell(values);
  std::set<TrialId> promoted;
  for (int i = 0; i < 6; ++i) {
    const TrialId id = *driver_.Ask();
    if (Target(id) == 3) promoted.insert(id);
  }
  EXPECT_EQ(promoted.size(), 3u);
  std::vector<Point> points;
  for (const auto& [f1, f2] : values) points.push_back({f1, f2});
  const std::vector<int> layers = NonDominatedSort(points);
  for (const TrialId goes : promoted) {
    for (TrialId stays = 0; stays < 9; ++stays) {
      if (promoted.contains(stays)) continue;
      EXPECT_LE(layers[static_cast<std::size_t>(goes)], layers[static_cast<std::size_t>(stays)]);
    }
  }
}

TEST_F(Asha, WhereAModelWillDecideOneOfNineGoesToTheTopAtOnce) {
  const auto decide = [&] { return AshaPolicy().Decide(driver_.view(), true, true); };
  const auto promotion = [&](const Decision& decision) {
    const auto* found = std::get_if<Promotion>(&decision);
    return found ? std::pair(found->trial, found->resource) : std::pair<TrialId, std::int64_t>();
  };
  std::vector<TrialId> ids;
  for (int i = 0; i < 9; ++i) ids.push_back(*driver_.Ask());
  const std::vector<std::pair<double, double>> values = {{9, 9}, {1, 8}, {7, 7}, {2, 6}, {8, 1},
                                                         {6, 6}, {8, 8}, {3, 9}, {4, 4}};
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_TRUE(std::holds_alternative<Creation>(decide())) << i << " are too few";
    driver_.Tell(ids[i], {{"f1", values[i].first}, {"f2", values[i].second}});
  }
  ASSERT_EQ(promotion(decide()), std::pair(TrialId{8}, std::int64_t{3})) << "the balanced one";
  // driver_ asks for suggestions of `random`, which has no model: it promotes by ranks.
  const auto at_three = AskAndTell({{4, 4}});
  const TrialId arrived = at_three.front();
  ASSERT_EQ(Target(arrived), 3);
  EXPECT_EQ(promotion(decide()), std::pair(arrived, std::int64_t{9})) << "with none beside it";
}

TEST_F(Asha, TheFirstThreeOfARungAddMostVolumeWhereAModelWillDecide) {
  AskAndTell({{9, 9}, {1, 8}, {7, 7}, {2, 6}, {8, 1}, {6, 6}, {8, 8}, {3, 9}, {4, 4}});
  // driver_ sends them on by rank, extremes first.
  std::vector<TrialId> by_volume;
  for (int sent = 0; sent < 4; ++sent) {
    const Decision decision = AshaPolicy().Decide(driver_.view(), true, true);
    if (const auto* promotion = std::get_if<Promotion>(&decision))
      by_volume.push_back(promotion->trial);
    EXPECT_TRUE(driver_.Ask());
  }
  EXPECT_EQ(by_volume, (std::vector<TrialId>{8, 8, 8})) << "then three of nine have gone";
}

TEST_F(Asha, TwiceAsManyGoToTheTopUntilAModelDecides) {
  Json study = Study();
  study["algorithm"]["min_resource"] = 3;
  study["constraints"] = Json::array({{{"metric", "f1"}, {"at_most", 7}}});
  driver_ = StudyDriver(AskTellSpec(study));
  std::vector<std::pair<double, double>> values(27, {9, 9});
  for (int i = 0; i < 3; ++i) values[static_cast<std::size_t>(i)] = {1 + i, 3 - i};
  AskAndTell(values);  // 27 at rung 3; nine of them go on, the feasible ones first
  const auto at_nine = AskAndTell({{5, 5}, {6, 6}, {8, 8}});
  for (const TrialId id : at_nine) ASSERT_EQ(Target(id), 9);
  std::vector<TrialId> by_ranks, for_a_model;
  for (int asked = 0; asked < 3; ++asked) {
    const Decision decision = AshaPolicy().Decide(driver_.view(), true, true);
    if (const auto* promotion = std::get_if<Promotion>(&decision);
        promotion && promotion->resource == 27)
      for_a_model.push_back(promotion->trial);
    const TrialId next = *driver_.Ask();
    if (Target(next) == 27) by_ranks.push_back(next);
  }
  EXPECT_EQ(by_ranks, std::vector<TrialId>{at_nine[0]}) << "one of three";
  EXPECT_EQ(for_a_model, (std::vector<TrialId>{at_nine[0], at_nine[1], at_nine[1]}))
      << "two of three, not the infeasible one";
}

TEST_F(Asha, TheFirstAtTheTopWaitsForNoMoreThanAWholeTrainingCosts) {
  Json study = Study();
  study["algorithm"]["min_resource"] = 9;
  driver_ = StudyDriver(AskTellSpec(study));
  const auto decide = [&] { return AshaPolicy().Decide(driver_.view(), true, true); };
  AskAndTell({{1, 9}, {5, 5}});
  EXPECT_TRUE(std::holds_alternative<Creation>(decide()));
  AskAndTell({{9, 1}});
  EXPECT_TRUE(std::holds_alternative<Promotion>(decide()));
}

TEST_F(Asha, PromotesNothingBeforeARungHoldsReductionFactorTrials) {
  AskAndTell({{1, 1}, {2, 2}});
  EXPECT_TRUE(std::holds_alternative<Creation>(Decide()));
  AskAndTell({{3, 3}});
  const Decision decision = Decide();
  ASSERT_TRUE(std::holds_alternative<Promotion>(decision));
  EXPECT_EQ(std::get<Promotion>(decision).trial, 0);
  EXPECT_EQ(std::get<Promotion>(decision).resource, 3);
}

TEST_F(Asha, PromotesOnlyFromTheSameRung) {
  // Three at rung 3: the best of them goes to 9, whatever stands at rung 1.
  AskAndTell({{9, 9}, {8, 8}, {7, 7}, {6, 6}, {5, 5}, {4, 4}, {3, 3}, {2, 2}, {1, 1}});
  const auto promoted = AskAndTell({{30, 30}, {20, 20}, {25, 25}});
  EXPECT_EQ(promoted, (std::vector<TrialId>{8, 7, 6}));
  const Decision decision = Decide();
  ASSERT_TRUE(std::holds_alternative<Promotion>(decision));
  EXPECT_EQ(std::get<Promotion>(decision).trial, 7);
  EXPECT_EQ(std::get<Promotion>(decision).resource, 9);
}

TEST_F(Asha, OfEqualTrialsTheOldestGoesFirst) {
  AskAndTell({{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}});
  EXPECT_EQ(*driver_.Ask(), 0);
  EXPECT_EQ(*driver_.Ask(), 1);
}

TEST_F(Asha, FailedTrialsCountAndNeverGoOn) {
  const TrialId failed = *driver_.Ask();
  AskAndTell({{1, 1}, {2, 2}});
  driver_.Fail(failed);
  const Decision decision = Decide();
  ASSERT_TRUE(std::holds_alternative<Promotion>(decision));
  EXPECT_EQ(std::get<Promotion>(decision).trial, 1);
}

TEST_F(Asha, ATrialGoesOnOnce) {
  AskAndTell({{1, 1}, {2, 2}, {3, 3}});
  EXPECT_EQ(*driver_.Ask(), 0);
  EXPECT_TRUE(std::holds_alternative<Creation>(Decide()));
}

TEST_F(Asha, AConstraintDecidesBeforeTheObjectives) {
  Json study = Study();
  study["constraints"] = Json::array({{{"metric", "f1"}, {"at_least", 2.5}}});
  driver_ = StudyDriver(AskTellSpec(study));
  AskAndTell({{1, 1}, {2, 2}, {3, 3}});
  EXPECT_EQ(*driver_.Ask(), 2);
}

TEST_F(Asha, APromotionThatDoesNotFitLeavesTheRestToSmallerSteps) {
  Json study = Study();
  // Nine trials (9), three promotions to 3 (6), one to 9 (6) would be 21.
  study["budget"] = {{"resource", 16}};
  driver_ = StudyDriver(AskTellSpec(study));
  AskAndTell({{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 9}});
  AskAndTell({{1, 1}, {2, 2}, {3, 3}});
  const TrialId last = *driver_.Ask();
  EXPECT_EQ(last, 9);
  EXPECT_EQ(Target(last), 1);
}

TEST_F(Asha, WithoutNewTrialsTheBestOfAShortRungStillReachesTheTop) {
  Json study = Study();
  study["budget"] = {{"trials", 2}};
  driver_ = StudyDriver(AskTellSpec(study));
  AskAndTell({{2, 2}, {1, 1}});
  for (const std::int64_t resource : {3, 9, 27}) {
    const auto id = driver_.Ask();
    ASSERT_TRUE(id.has_value());
    EXPECT_EQ(*id, 1);
    EXPECT_EQ(Target(*id), resource);
    driver_.Tell(*id, {{"f1", 1}, {"f2", 1}});
  }
  EXPECT_FALSE(driver_.Ask().has_value());
  EXPECT_TRUE(driver_.state().finished());
}

TEST_F(Asha, ManyWorkersLeaveEnoughOfTheBudgetForOneTrialAtTheTop) {
  Json study = Study();
  study["budget"] = {{"resource", 40}};
  driver_ = StudyDriver(AskTellSpec(study));
  std::vector<TrialId> running;
  while (const auto id = driver_.Ask()) running.push_back(*id);
  EXPECT_EQ(running.size(), 14u) << "26 of 40 bring one of them from 1 to 27";
  EXPECT_FALSE(driver_.state().finished());
  while (!running.empty()) {
    const auto value = static_cast<double>(running.back());
    driver_.Tell(running.back(), {{"f1", value}, {"f2", value}});
    running.pop_back();
    while (const auto id = driver_.Ask()) running.push_back(*id);
  }
  EXPECT_TRUE(driver_.state().finished());
  EXPECT_EQ(driver_.state().remaining_resource(), 0);
  const auto& trials = driver_.state().trials();
  EXPECT_EQ(std::count_if(trials.begin(), trials.end(),
                          [](const Trial& trial) { return trial.reached == 27; }),
            1);
}

// How many of 100 workers get something to do, where a model is to learn.
class AshaWithABudget : public Asha, public ::testing::WithParamInterface<std::pair<int, int>> {};

TEST_P(AshaWithABudget, KeepsNoMoreWorkersBusyThanAModelCanLearnFrom) {
  const auto [trainings, workers] = GetParam();
  Json study = Study();
  if (trainings > 0) study["budget"] = {{"resource", 27 * trainings}};
  driver_ = StudyDriver(AskTellSpec(study));
  const auto decide = [&] { return AshaPolicy().Decide(driver_.view(), true, true); };
  std::vector<TrialId> running;
  while (running.size() < 100 && std::holds_alternative<Creation>(decide()))
    running.push_back(*driver_.Ask());
  ASSERT_EQ(running.size(), static_cast<std::size_t>(workers));
  if (workers == 100) return;
  const Decision declined = decide();
  EXPECT_THAT(std::get<Decline>(declined).reason, ::testing::StartsWith("waiting for results: "));
  EXPECT_FALSE(std::get<Decline>(declined).final);
  EXPECT_TRUE(std::holds_alternative<Creation>(Decide())) << "without a model all of them";
  driver_.Tell(running.front(), {{"f1", 1}, {"f2", 1}});
  EXPECT_TRUE(std::holds_alternative<Creation>(decide())) << "one has ended";
}

INSTANTIATE_TEST_SUITE_P(Budgets, AshaWithABudget,
                         ::testing::Values(std::pair(0, 100), std::pair(5, 16), std::pair(50, 16),
                                           std::pair(150, 50), std::pair(300, 100)));

TEST_F(Asha, KeepsAllWorkersBusyWhereNothingIsTrainedInParts) {
  Json study = Study();
  study["algorithm"]["min_resource"] = 27;
  study["budget"] = {{"resource", 27 * 50}};
  driver_ = StudyDriver(AskTellSpec(study));
  for (int running = 0; running < 40; ++running) ASSERT_TRUE(driver_.Ask());
  EXPECT_TRUE(std::holds_alternative<Creation>(AshaPolicy().Decide(driver_.view(), true, true)));
}

TEST_F(Asha, WhatNobodyCanUseIsNotKeptBack) {
  Json study = Study();
  study["algorithm"]["max_resource"] = 3;
  study["budget"] = {{"resource", 4}};
  driver_ = StudyDriver(AskTellSpec(study));
  AskAndTell({{1, 1}, {2, 2}});
  driver_.Stop(0);
  EXPECT_TRUE(std::holds_alternative<Creation>(Decide()));
}

}  // namespace
}  // namespace faretto
