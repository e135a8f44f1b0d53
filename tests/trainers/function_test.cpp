#include "trainers/function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "objectives/problems/test_problems.h"
#include "tests/trainers/face_training.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TrialSetup NewSetup() {
  TrialSetup setup;
  setup.params = {{"x10", 0.25}, {"x2", 0.75}, {"x1", 0.5}};
  setup.horizon = 9;
  return setup;
}

TEST(FunctionTrainerTest, ReportsTheProblemsValuesExactAtTheHorizon) {
  const auto trainer = MakePrepared({{"type", "function"}, {"problem", "zdt1"}}, NewSetup());
  const FaceRun run = RunFaces(*trainer, 9);
  EXPECT_THAT(run.resources, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(run.costs, Each(1));
  const double variables[] = {0.5, 0.75, 0.25};  // x1, x2, x10
  const Metrics exact = FindTestProblem("zdt1")->Evaluate(variables).value();
  EXPECT_EQ(run.metrics.back(), exact);
  EXPECT_GT(run.metrics.front().at("f2"), exact.at("f2"));
  EXPECT_EQ(trainer->Evaluate("validation").value(), exact);
}

TEST(FunctionTrainerTest, CostsSimulatedSecondsThatDifferBetweenConfigurations) {
  const Json trainer = {{"type", "function"}, {"problem", "dtlz2"}, {"cost_s", 100}};
  const FaceRun run = RunFaces(*MakePrepared(trainer, NewSetup()), 2);
  const double variables[] = {0.5, 0.75, 0.25};
  EXPECT_THAT(run.costs, ElementsAre(DoubleEq(SimulatedCostS(variables, 0, 1, 100)),
                                     DoubleEq(SimulatedCostS(variables, 1, 2, 100))));
}

TEST(FunctionTrainerTest, ContinuesFromACheckpoint) {
  const TestFolder folder;
  const Json trainer = {{"type", "function"}, {"problem", "zdt2"}};
  const auto first = MakePrepared(trainer, NewSetup());
  RunFaces(*first, 3);
  ASSERT_TRUE(first->Save(folder.path() / "at3").ok());
  const auto second = MakePrepared(trainer, NewSetup());
  ASSERT_TRUE(second->Load(folder.path() / "at3").ok());
  EXPECT_THAT(RunFaces(*second, 5).resources, ElementsAre(4, 5));
}

TEST(FunctionTrainerTest, StopsWhenAskedAndKeepsItsPlace) {
  const auto trainer = MakePrepared({{"type", "function"}, {"problem", "zdt1"}}, NewSetup());
  RunCallbacks callbacks;
  std::int64_t reached = 0;
  callbacks.on_report = [&](std::int64_t resource, const Metrics&, double) { reached = resource; };
  callbacks.should_stop = [&] { return reached == 4; };
  const Result<RunEnd> end = trainer->Run(9, callbacks);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->kind, RunEnd::Kind::kStopped);
  EXPECT_EQ(end->resource, 4);
}

TEST(FunctionTrainerTest, RefusesADamagedCheckpoint) {
  const TestFolder folder;
  std::ofstream(folder.path() / "bad") << "{\"resource\":";
  const auto trainer = MakePrepared({{"type", "function"}, {"problem", "zdt1"}}, NewSetup());
  const Status loaded = trainer->Load(folder.path() / "bad");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().kind, ErrorKind::kFailed);
}

TEST(FunctionTrainerTest, ExportsItsConfigurationAndValues) {
  const TestFolder folder;
  const auto trainer = MakePrepared({{"type", "function"}, {"problem", "zdt1"}}, NewSetup());
  RunFaces(*trainer, 9);
  ASSERT_TRUE(trainer->Export(folder.path() / "out").ok());
  const Json config = ParseJson(ReadFile(folder.path() / "out/config.json").value()).value();
  EXPECT_EQ(config["epochs"], 9);
  EXPECT_EQ(config["metrics"]["f1"], 0.5);
}

TEST(FunctionTrainerTest, RefusesUnknownKeysAndProblemsWithTheNearest) {
  EXPECT_THAT(PrepareError({{"type", "function"}, {"problem", "zdt"}}, NewSetup()),
              AllOf(HasSubstr("trainer.problem"), HasSubstr("zdt1")));
  EXPECT_THAT(PrepareError({{"type", "function"}, {"problm", "zdt1"}}, NewSetup()),
              AllOf(HasSubstr("trainer.problm"), HasSubstr("\"problem\"")));
  EXPECT_THAT(
      PrepareError({{"type", "function"}, {"problem", "zdt1"}, {"sleep_s", -1}}, NewSetup()),
      HasSubstr("trainer.sleep_s"));
}

TEST(FunctionTrainerTest, RefusesVariablesThatTheProblemCannotTake) {
  TrialSetup setup = NewSetup();
  setup.params["x1"] = 2;
  EXPECT_THAT(PrepareError({{"type", "function"}, {"problem", "zdt1"}}, setup),
              testing::Not("no error"));
  setup.params["x1"] = "low";
  EXPECT_THAT(PrepareError({{"type", "function"}, {"problem", "zdt1"}}, setup),
              HasSubstr("x1 must be a number"));
}

TEST(FunctionTrainerTest, ReportsATablesRowsWithTheirCosts) {
  const TestFolder folder;
  const std::filesystem::path file = folder.path() / "table.csv";
  std::ofstream(file) << "x1,resource,error,cost\n0.5,2,0.4,10\n0.5,6,0.2,40\n";
  const Json trainer = {{"type", "function"}, {"table", file.string()}, {"metrics", {"error"}}};
  TrialSetup setup;
  setup.params = {{"x1", 0.5}};
  setup.horizon = 6;
  const FaceRun run = RunFaces(*MakePrepared(trainer, setup), 6);
  EXPECT_THAT(run.resources, ElementsAre(2, 6));
  EXPECT_THAT(run.costs, ElementsAre(DoubleEq(10), DoubleEq(30)));
  EXPECT_EQ(run.metrics.back().at("error"), 0.2);
  setup.params = {{"x1", 0.25}};
  EXPECT_THAT(PrepareError(trainer, setup), HasSubstr("no row of the configuration"));
}

}  // namespace
}  // namespace faretto
