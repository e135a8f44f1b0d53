#include "study/rung_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/random.h"
#include "machine_fixture.h"
#include "objectives/pareto/dominance.h"
#include "study/study_spec.h"
#include "study_text.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

StudySpec Constrained() {
  Json json = StudyJson();
  json["objectives"][1]["direction"] = "maximize";
  json["constraints"] = Json::array({{{"metric", "size"}, {"at_most", 10}}});
  json["trainer"] = {{"type", "command"}, {"command", {"train"}}};
  return SpecOf(json);
}

Trial TrialWith(TrialId id, std::vector<TrialReport> reports) {
  Trial trial;
  trial.id = id;
  trial.reports = std::move(reports);
  return trial;
}

TEST(RungResults, MinimiseObjectivesAndSumUpViolations) {
  const StudySpec spec = Constrained();
  RungResults results(spec, 6);
  results.Resize(2);
  results.Update(TrialWith(1, {{6, {{"f1", 3}, {"f2", 4}, {"size", 12.5}}}}));
  EXPECT_FALSE(results.reported(0));
  EXPECT_FALSE(results.comparable(0));
  EXPECT_TRUE(results.comparable(1));
  EXPECT_EQ(results.violation(1), 2.5);
  EXPECT_THAT(results.values(1), ElementsAre(3, -4));
}

TEST(RungResults, AReportWithoutEveryObjectiveIsThereButNotComparable) {
  const StudySpec spec = Constrained();
  RungResults results(spec, 6);
  results.Resize(2);
  results.Update(TrialWith(0, {{6, {{"f1", 3}, {"size", 1}}}}));
  results.Update(TrialWith(1, {{6, {{"f2", 3}}}}));
  for (const TrialId id : {0, 1}) {
    EXPECT_TRUE(results.reported(id));
    EXPECT_FALSE(results.comparable(id));
  }
  EXPECT_EQ(results.violation(1), std::numeric_limits<double>::infinity());
}

TEST(RungResults, TheNewestReportCountsAndMayVanish) {
  const StudySpec spec = Constrained();
  RungResults results(spec, 6);
  results.Resize(1);
  const TrialReport first = {6, {{"f1", 3}, {"f2", 4}, {"size", 1}}};
  const TrialReport elsewhere = {7, {{"f1", 0}, {"f2", 0}, {"size", 1}}};
  const TrialReport second = {6, {{"f1", 5}, {"f2", 4}, {"size", 1}}};
  results.Update(TrialWith(0, {first, elsewhere, second}));
  EXPECT_THAT(results.values(0), ElementsAre(5, -4));
  results.Update(TrialWith(0, {elsewhere}));
  EXPECT_FALSE(results.reported(0));
}

TEST(RungResults, AFailedTrialHasNone) {
  const StudySpec spec = Constrained();
  RungResults results(spec, 6);
  results.Resize(1);
  Trial trial = TrialWith(0, {{6, {{"f1", 3}, {"f2", 4}, {"size", 1}}}});
  results.Update(trial);
  EXPECT_EQ(results.size(), 1u);
  trial.state = TrialState::kFailed;
  results.Update(trial);
  EXPECT_FALSE(results.reported(0));
  EXPECT_EQ(results.size(), 0u);
}

TEST(RungResults, JudgeWhoseWayToTheRungIsOver) {
  const StudySpec spec = Constrained();
  RungResults results(spec, 6);
  results.Resize(1);
  Trial trial = TrialWith(0, {{6, {{"f1", 3}, {"f2", 4}, {"size", 1}}}});
  const auto standing = [&](TrialState state, std::int64_t reached, std::int64_t target) {
    trial.state = state;
    trial.reached = reached;
    trial.target = target;
    results.Update(trial);
    EXPECT_EQ(results.judged(), results.judged(0) ? 1u : 0u);
    EXPECT_EQ(results.waiting(), results.waits(0) ? 1u : 0u);
    return std::pair(results.judged(0), results.waits(0));
  };
  using enum TrialState;
  EXPECT_EQ(standing(kRunning, 2, 6), std::pair(false, false)) << "its report may be redone";
  EXPECT_EQ(standing(kPaused, 6, 6), std::pair(true, true));
  EXPECT_EQ(standing(kWaiting, 6, 18), std::pair(true, false));
  EXPECT_EQ(standing(kRunning, 2, 18), std::pair(true, false)) << "sent beyond at once";
  EXPECT_EQ(standing(kPaused, 18, 18), std::pair(true, false)) << "waits, but not here";
  EXPECT_EQ(standing(kStopped, 6, 6), std::pair(true, false));
  EXPECT_EQ(standing(kFailed, 2, 6), std::pair(true, false));
  EXPECT_EQ(standing(kFailed, 0, 2), std::pair(false, false)) << "it was not sent here";
  trial.reports = {{6, {{"f1", 3}, {"size", 1}}}};
  EXPECT_EQ(standing(kPaused, 6, 6), std::pair(true, false)) << "nothing to compare it by";
  trial.reports.clear();
  EXPECT_EQ(standing(kRunning, 6, 18), std::pair(false, false));
  EXPECT_EQ(standing(kFailed, 2, 18), std::pair(true, false));
  results.Resize(0);
  EXPECT_EQ(results.judged(), 0u);
}

// Few different values, so that results tie in some objectives or all.
Trial RandomTrial(const StudySpec& spec, TrialId id, RandomStream& random) {
  Metrics values = {{"size", 8 + static_cast<double>(random.Below(5))}};
  for (const Objective& objective : spec.objectives)
    if (random.Below(10) > 0) values[objective.name] = static_cast<double>(random.Below(3));
  Trial trial = TrialWith(id, {});
  if (random.Below(4) > 0) trial.reports.push_back({6, std::move(values)});
  if (random.Below(6) == 0) trial.state = TrialState::kFailed;
  if (random.Below(3) > 0) trial.reached = trial.target = 6;
  return trial;
}

// The layers are those of all feasible comparable results that are judged, sorted from scratch.
void ExpectLayers(const RungResults& results) {
  std::vector<Point> points;
  std::vector<std::size_t> ids;
  for (const SweepPoint& point : results.feasible()) {
    const auto id = static_cast<TrialId>(point.index);
    if (!results.judged(id)) continue;
    points.emplace_back(results.values(id).begin(), results.values(id).end());
    ids.push_back(point.index);
  }
  const std::vector<int> expected = NonDominatedSort(points);
  std::size_t members = 0;
  for (const auto& layer : results.layers()) members += layer.size();
  EXPECT_EQ(members, points.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto layer = static_cast<std::size_t>(expected[i]);
    ASSERT_LT(layer, results.layers().size());
    EXPECT_THAT(results.layers()[layer], Contains(ids[i]));
  }
}

// The order is that of all comparable results, sorted from scratch.
void ExpectOrder(const RungResults& results, TrialId trials) {
  std::vector<std::pair<std::vector<double>, TrialId>> feasible;
  std::vector<std::pair<double, TrialId>> infeasible;
  for (TrialId id = 0; id < trials; ++id) {
    if (!results.comparable(id)) continue;
    const auto values = results.values(id);
    if (results.violation(id) > 0) {
      infeasible.emplace_back(results.violation(id), id);
    } else {
      feasible.push_back({{values.begin(), values.end()}, id});
    }
  }
  std::sort(feasible.begin(), feasible.end());
  std::sort(infeasible.begin(), infeasible.end());
  ASSERT_EQ(results.feasible().size(), feasible.size());
  for (std::size_t k = 0; k < feasible.size(); ++k) {
    EXPECT_EQ(results.feasible()[k].index, static_cast<std::size_t>(feasible[k].second));
    EXPECT_EQ(results.feasible()[k].first, feasible[k].first[0]);
    EXPECT_EQ(results.feasible()[k].second, feasible[k].first[1]);
  }
  ASSERT_EQ(results.infeasible().size(), infeasible.size());
  for (std::size_t k = 0; k < infeasible.size(); ++k) {
    EXPECT_EQ(results.infeasible()[k].trial, infeasible[k].second);
    EXPECT_EQ(results.infeasible()[k].sum, infeasible[k].first);
  }
}

TEST(RungResults, StayInOrderWhateverChanges) {
  for (const bool third : {false, true}) {
    Json json = StudyJson();
    if (third) json["objectives"].push_back({{"name", "f3"}});
    json["constraints"] = Json::array({{{"metric", "size"}, {"at_most", 10}}});
    json["trainer"] = {{"type", "command"}, {"command", {"train"}}};
    const StudySpec spec = SpecOf(json);
    RungResults results(spec, 6);
    RandomStream random(third, "rung results");
    std::uint64_t trials = 0;
    for (int round = 0; round < 2000; ++round) {
      // Mostly growing, at times cut back, as a basis is.
      if (random.Below(10) == 0) {
        trials = random.Below(5) == 0 ? random.Below(trials + 1) : trials + random.Below(3);
        results.Resize(trials);
      }
      if (trials > 0)
        results.Update(RandomTrial(spec, static_cast<TrialId>(random.Below(trials)), random));
      ExpectOrder(results, static_cast<TrialId>(trials));
      if (third) ExpectLayers(results);
    }
  }
}

using StateTest = MachineTest;

TEST_F(StateTest, ATrialThatIsRetriedHasItsResultsAgain) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")), 3, 4);
  promotion_ = Promotion{0, 6, nullptr, {}};
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "nan", "", now_));
  const StudyState& state = machine_->state();
  EXPECT_EQ(state.counts().failed, 1u);
  EXPECT_EQ(state.ResultsAt(2)->size(), 0u);
  Keep(machine_->Retry(Next("w"), 0, now_));
  EXPECT_EQ(state.counts().failed, 0u);
  EXPECT_THAT(state.ResultsAt(2)->values(0), ElementsAre(3, 4));
}

TEST_F(StateTest, KeepsTheResultsOfEachRungAsTheyAreReported) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")), 3, 4);
  promotion_ = Promotion{0, 6, nullptr, {}};
  TrainTo("w", JsonOf(Ask("w")), 1, 2);
  Ask("w");
  const StudyState& state = machine_->state();
  EXPECT_THAT(state.ResultsAt(2)->values(0), ElementsAre(3, 4));
  EXPECT_THAT(state.ResultsAt(6)->values(0), ElementsAre(1, 2));
  EXPECT_FALSE(state.ResultsAt(18)->reported(0));
  EXPECT_FALSE(state.ResultsAt(2)->reported(1));
  EXPECT_EQ(state.ResultsAt(3), nullptr);
}

TEST_F(StateTest, JudgesATrialAtEachRungThatItHasReached) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")), 3, 4);
  const StudyState& state = machine_->state();
  EXPECT_TRUE(state.ResultsAt(2)->waits(0));
  promotion_ = Promotion{0, 6, nullptr, {}};
  const Outcome promoted = Ask("w");
  EXPECT_TRUE(state.ResultsAt(2)->judged(0));
  EXPECT_EQ(state.ResultsAt(2)->waiting(), 0u);
  EXPECT_EQ(state.ResultsAt(6)->judged(), 0u);
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(promoted)), "nan", "", now_));
  EXPECT_TRUE(state.ResultsAt(2)->judged(0));
  EXPECT_TRUE(state.ResultsAt(6)->judged(0));
  EXPECT_FALSE(state.ResultsAt(18)->judged(0));
}

}  // namespace
}  // namespace faretto
