#include "study/rung_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "machine_fixture.h"
#include "study/study_spec.h"
#include "study_text.h"

namespace faretto {
namespace {

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

using StateTest = MachineTest;

TEST_F(StateTest, KeepsTheResultsOfEachRungAsTheyAreReported) {
  Hello("w");
  TrainTo("w", Ask("w").reply, 3, 4);
  promotion_ = Promotion{0, 6, nullptr, {}};
  TrainTo("w", Ask("w").reply, 1, 2);
  Ask("w");
  const StudyState& state = machine_->state();
  EXPECT_THAT(state.ResultsAt(2)->values(0), ElementsAre(3, 4));
  EXPECT_THAT(state.ResultsAt(6)->values(0), ElementsAre(1, 2));
  EXPECT_FALSE(state.ResultsAt(18)->reported(0));
  EXPECT_FALSE(state.ResultsAt(2)->reported(1));
  EXPECT_EQ(state.ResultsAt(3), nullptr);
}

}  // namespace
}  // namespace faretto
