#include "scheduler/simulator/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/queries/queries.h"
#include "scheduler/simulator/function_source.h"
#include "scheduler/simulator/hypervolume_curve.h"
#include "scheduler/simulator/recorded_source.h"
#include "scheduler/suggest/suggest.h"

namespace faretto {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;

Json StudyJson() {
  return *ParseJson(R"({
    "name": "simulated", "seed": 5,
    "space": {"parameters": [
      {"name": "x1", "type": "float", "low": 0, "high": 1},
      {"name": "x2", "type": "float", "low": 0, "high": 1},
      {"name": "x3", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1", "reference": 11}, {"name": "f2", "reference": 11}],
    "algorithm": {"searcher": "nsga2", "fidelity": "asha", "min_resource": 2, "max_resource": 18,
                  "population": 8},
    "budget": {"trials": 60},
    "trainer": {"type": "function", "problem": "zdt1", "cost_s": 10}
  })");
}

StudySpec SpecOf(const Json& json) {
  auto spec = ParseStudy(DumpJson(json), StudyUse::kRun);
  EXPECT_TRUE(spec.ok()) << spec.error().message;
  return std::move(*spec);
}

// A simulation with everything that came of it.
struct Simulated {
  explicit Simulated(const Json& json, SimulationOptions options = {.workers = 4},
                     const TrainingSource* other = nullptr)
      : machine(SpecOf(json)) {
    auto made = MakeFunctionSource(machine.spec(), machine.spec().trainer);
    EXPECT_TRUE(made.ok());
    source = std::move(*made);
    SimulationHooks hooks;
    hooks.suggest = Suggest;
    hooks.keep = [this](std::span<Event> step) -> Status {
      events.insert(events.end(), step.begin(), step.end());
      return Ok{};
    };
    auto simulated = Simulate(machine, other ? *other : *source, options, hooks);
    EXPECT_TRUE(simulated.ok()) << simulated.error().message;
    done = std::move(*simulated);
  }

  const StudyState& state() const { return machine.state(); }
  std::string Record() const {
    std::string text;
    for (const Event& event : events)
      text += DumpJson(event.live_s) + DumpJson(EncodeEventBody(event.body)) + "\n";
    return text;
  }
  int Count(std::string_view name) const {
    int count = 0;
    for (const Event& event : events) count += EventName(event.body) == name ? 1 : 0;
    return count;
  }

  Machine machine;
  std::unique_ptr<TrainingSource> source;
  std::vector<Event> events;
  Simulation done;
};

TEST(Simulator, RunsAStudyToItsEnd) {
  const Simulated run(StudyJson());
  EXPECT_TRUE(run.state().finished());
  EXPECT_EQ(run.state().trials().size(), 60u);
  EXPECT_FALSE(run.done.completions.empty());
  EXPECT_EQ(run.Count("worker_joined"), 4);
  for (const Trial& trial : run.state().trials())
    EXPECT_TRUE(trial.state == TrialState::kCompleted || trial.state == TrialState::kStopped);
}

TEST(Simulator, TheSameStudyGivesTheSameRecord) {
  const SimulationOptions options = {.workers = 16, .fail_rate = 0.1, .worker_mtbf_s = 500};
  EXPECT_EQ(Simulated(StudyJson(), options).Record(), Simulated(StudyJson(), options).Record());
}

TEST(Simulator, AnotherSeedGivesAnother) {
  Json other = StudyJson();
  other["seed"] = 6;
  EXPECT_NE(Simulated(StudyJson()).Record(), Simulated(other).Record());
}

TEST(Simulator, OneWorkerIsBusyAllTheTimeThatTheTrainingsCost) {
  const Simulated run(StudyJson(), {.workers = 1});
  double cost = 0;
  for (const Trial& trial : run.state().trials())
    for (const TrialReport& report : trial.reports) cost += report.cost;
  EXPECT_NEAR(run.done.virtual_s, cost, 1e-6 * cost);
  EXPECT_NEAR(run.done.busy_s, cost, 1e-6 * cost);
}

TEST(Simulator, WorkersTrainAtTheSameTime) {
  Json json = StudyJson();
  json["algorithm"] = {{"searcher", "random"}, {"fidelity", "full"}, {"max_resource", 4}};
  json["trainer"] = {{"type", "function"}, {"problem", "zdt1"}};
  const Simulated run(json, {.workers = 60});
  // Every unit costs a virtual second, and each worker has one trial.
  EXPECT_DOUBLE_EQ(run.done.virtual_s, 4);
  EXPECT_DOUBLE_EQ(run.done.busy_s, 240);
}

TEST(Simulator, PromotionsContinueFromCheckpoints) {
  const Simulated run(StudyJson());
  double spent = 0;
  for (const Trial& trial : run.state().trials()) spent += static_cast<double>(trial.reached);
  EXPECT_DOUBLE_EQ(run.state().spent_resource(), spent);
}

TEST(Simulator, RunsWithAndWithoutLookahead) {
  for (const int lookahead : {0, 3}) {
    Json json = StudyJson();
    json["algorithm"]["lookahead"] = lookahead;
    const Simulated run(json, {.workers = 8});
    EXPECT_TRUE(run.state().finished());
    EXPECT_EQ(run.state().trials().size(), 60u);
  }
}

TEST(Simulator, AResourceBudgetIsNotExceeded) {
  Json json = StudyJson();
  json["budget"] = {{"resource", 200}};
  const Simulated run(json, {.workers = 32});
  EXPECT_TRUE(run.state().finished());
  EXPECT_LE(run.state().spent_resource(), 200);
  EXPECT_GT(run.state().spent_resource(), 180);
}

TEST(Simulator, TheWallClockBudgetIsVirtual) {
  Json json = StudyJson();
  json["budget"] = {{"wall_clock_s", 1000}};
  const Simulated run(json, {.workers = 4});
  EXPECT_TRUE(run.state().finished());
  EXPECT_EQ(run.state().finish_reason(), "the wall clock budget is used up");
  EXPECT_GE(run.done.virtual_s, 1000);
}

TEST(Simulator, TrainingsFailByChanceAndAreTriedAgain) {
  const Simulated run(StudyJson(), {.workers = 4, .fail_rate = 0.3});
  EXPECT_TRUE(run.state().finished());
  EXPECT_GT(run.Count("assignment_failed"), 10);
  std::int64_t failed = 0;
  for (const Trial& trial : run.state().trials()) failed += trial.state == TrialState::kFailed;
  EXPECT_LT(failed, run.Count("assignment_failed"));
}

TEST(Simulator, LostWorkersComeBackAndTheirTrialsGoOnFromTheirCheckpoints) {
  const Simulated run(StudyJson(), {.workers = 4, .worker_mtbf_s = 300});
  EXPECT_TRUE(run.state().finished());
  EXPECT_GT(run.done.losses, 5);
  EXPECT_GT(run.Count("lease_expired"), 0);
  EXPECT_EQ(run.state().trials().size(), 60u);
}

TEST(Simulator, AnAssignmentThatTakesTooLongFails) {
  Json json = StudyJson();
  json["limits"] = {{"assignment_s", 1}};
  json["retry"] = {{"max_attempts", 1}};
  const Simulated run(json);
  EXPECT_TRUE(run.state().finished());
  EXPECT_THAT(run.state().trials()[0].failure->reason, HasSubstr("assignment_s"));
  EXPECT_TRUE(run.done.completions.empty());
}

TEST(Simulator, AnErrorOfTheStoreEndsIt) {
  Machine machine(SpecOf(StudyJson()));
  const auto source = MakeFunctionSource(machine.spec(), machine.spec().trainer);
  SimulationHooks hooks;
  hooks.suggest = Suggest;
  hooks.keep = [](std::span<Event>) -> Status { return Failed("the disk is full"); };
  const auto done = Simulate(machine, **source, {.workers = 2}, hooks);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "the disk is full");
}

TEST(HypervolumeCurve, EndsAtTheStudysHypervolumeAndNeverFalls) {
  const Simulated run(StudyJson(), {.workers = 8});
  const auto front = StudyFront(run.machine.view(), {});
  ASSERT_TRUE(front.ok());
  const auto whole = HypervolumeCurve(run.machine.view(), run.done.completions, 1000);
  ASSERT_EQ(whole.size(), run.done.completions.size());
  EXPECT_DOUBLE_EQ(*whole.back().hypervolume, *front->hypervolume);
  EXPECT_EQ(whole.back().front, static_cast<std::int64_t>(front->trials.size()));
  for (std::size_t i = 1; i < whole.size(); ++i) {
    EXPECT_GE(*whole[i].hypervolume, *whole[i - 1].hypervolume);
    EXPECT_GE(whole[i].virtual_s, whole[i - 1].virtual_s);
  }
  const auto thin = HypervolumeCurve(run.machine.view(), run.done.completions, 3);
  ASSERT_EQ(thin.size(), 3u);
  EXPECT_EQ(thin.front().completed, 1);
  EXPECT_EQ(thin.back().completed, whole.back().completed);
}

TEST(HypervolumeCurve, OfNothingIsEmpty) {
  const Machine machine(SpecOf(StudyJson()));
  EXPECT_TRUE(HypervolumeCurve(machine.view(), {}, 10).empty());
}

// Trials that were recorded by hand.
class RecordedSourceTest : public testing::Test {
 protected:
  RecordedSourceTest() : spec_(SpecOf(StudyJson())) {}

  Trial Made(double x, std::vector<TrialReport> reports) const {
    Trial trial;
    trial.params = {{"x1", x}, {"x2", x}, {"x3", x}};
    trial.configuration = *spec_.space.FromJson(trial.params);
    trial.key = spec_.space.CanonicalKey(trial.configuration);
    trial.reports = std::move(reports);
    return trial;
  }
  static TrialReport At(std::int64_t resource, double f1, double cost = 0) {
    return {resource, {{"f1", f1}, {"f2", 1}}, cost, 0};
  }
  SimulatedTraining Train(const std::vector<Trial>& recorded, double x, std::int64_t from,
                          std::int64_t to) {
    auto source = MakeRecordedSource(spec_, recorded);
    EXPECT_TRUE(source.ok()) << source.error().message;
    return (*source)->Train(Made(x, {}), from, to);
  }

  StudySpec spec_;
};

TEST_F(RecordedSourceTest, AnExactConfigurationHasItsOwnCurve) {
  const auto training =
      Train({Made(0.2, {At(2, 5), At(18, 3)}), Made(0.25, {At(18, 9)})}, 0.25, 0, 18);
  EXPECT_EQ(training.reports.back().values.at("f1"), 9);
}

TEST_F(RecordedSourceTest, OtherwiseTheNearestThatWasTrainedThatFarStandsIn) {
  const std::vector<Trial> recorded = {Made(0.2, {At(2, 5), At(18, 3)}), Made(0.3, {At(2, 7)})};
  const auto training = Train(recorded, 0.29, 0, 18);
  ASSERT_EQ(training.reports.size(), 18u);
  EXPECT_EQ(training.reports[1].values.at("f1"), 7);
  EXPECT_EQ(training.reports[2].values.at("f1"), 5);
  EXPECT_EQ(training.reports[17].values.at("f1"), 3);
}

TEST_F(RecordedSourceTest, TheCostIsTheRecordedOneOrOneAUnit) {
  const auto costly = Train({Made(0.2, {At(2, 5, 10), At(18, 3, 32)})}, 0.2, 0, 18);
  EXPECT_DOUBLE_EQ(costly.reports[0].cost_s, 5);
  EXPECT_DOUBLE_EQ(costly.reports[17].cost_s, 2);
  const auto free = Train({Made(0.2, {At(2, 5), At(18, 3)})}, 0.2, 2, 6);
  ASSERT_EQ(free.reports.size(), 4u);
  EXPECT_THAT(free.reports, Each(Field(&SimulatedReport::cost_s, 1)));
}

TEST_F(RecordedSourceTest, WhatIsNearAFailureFailsWithItsReason) {
  Trial failed = Made(0.9, {At(2, 1)});
  failed.state = TrialState::kFailed;
  failed.failure = Failure{"out of memory", ""};
  const auto training = Train({Made(0.2, {At(18, 3)}), failed}, 0.8, 0, 6);
  EXPECT_EQ(training.reports.size(), 2u);
  EXPECT_EQ(*training.failure, "out of memory");
}

TEST_F(RecordedSourceTest, RefusesARecordThatCannotStandIn) {
  EXPECT_THAT(MakeRecordedSource(spec_, std::vector<Trial>{}).error().message,
              HasSubstr("no trial with a result"));
  // Failures alone say nothing, whatever the results beside them lack.
  Trial broken = Made(0.3, {});
  broken.state = TrialState::kFailed;
  EXPECT_THAT(MakeRecordedSource(spec_, {broken}).error().message,
              HasSubstr("has every objective"));
  EXPECT_THAT(MakeRecordedSource(spec_, {Made(0.2, {At(6, 1)})}).error().message,
              HasSubstr("trained to resource 6 at most, the simulation goes to 18"));
}

TEST_F(RecordedSourceTest, AStudySimulatedByItsOwnRecordGivesItsOwnValues) {
  Json json = StudyJson();
  json["algorithm"]["fidelity"] = "full";
  const Simulated first(json);
  const auto recorded = MakeRecordedSource(first.machine.spec(), first.state().trials());
  ASSERT_TRUE(recorded.ok());
  const Simulated again(json, {.workers = 4}, recorded->get());
  EXPECT_EQ(first.Record(), again.Record());
}

}  // namespace
}  // namespace faretto
