#include "scheduler/searchers/forest_proposal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study() {
  return *ParseJson(R"({
    "name": "forest", "seed": 4,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f"}, {"name": "g"}],
    "algorithm": {"searcher": "bo", "surrogate": "rf", "fidelity": "full"}
  })");
}

double X(const Trial& trial) { return trial.params["x"]; }

std::optional<Metrics> Values(const Trial& trial, std::int64_t) {
  return Metrics{{"f", X(trial)}, {"g", 1 - X(trial)}, {"v", X(trial)}};
}

// With weights of one half.
ForestStudy Collect(const StudyDriver& driver) {
  const FeatureMap features(driver.spec().space);
  return *CollectForestStudy(driver.view(), features, std::vector{0.5, 0.5});
}

TEST(ForestProposal, FailedTrialsCostAsMuchAsTheWorstInEveryObjective) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(8, 1, [](const Trial& trial, std::int64_t resource) {
    return trial.id == 3 ? std::nullopt : Values(trial, resource);
  });
  const ForestStudy study = Collect(driver);
  EXPECT_EQ(study.data.results, 7u);
  ASSERT_EQ(study.data.costs.size(), 8);
  EXPECT_DOUBLE_EQ(study.data.costs[7], 0.55);
  EXPECT_LT(study.data.costs.head(7).maxCoeff(), 0.55);
  EXPECT_DOUBLE_EQ(study.data.x(0, 7), X(driver.state().trials()[3]));
}

TEST(ForestProposal, CostsAreMadeOfLogarithmsWhereTheStudyFileSaysSo) {
  Json json = Study();
  const auto costs = [&](bool log) {
    json["objectives"][0]["log"] = json["objectives"][1]["log"] = log;
    StudyDriver driver(AskTellSpec(json));
    driver.Run(8, 1, [log](const Trial& trial, std::int64_t) {
      const double f = X(trial), g = 1 - f;
      return std::optional(log ? Metrics{{"f", std::exp(f)}, {"g", std::exp(g)}}
                               : Metrics{{"f", f}, {"g", g}});
    });
    return Collect(driver).data.costs;
  };
  EXPECT_LT((costs(true) - costs(false)).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(ForestProposal, InfeasibleResultsCostAsMuchAsFailures) {
  Json json = Study();
  json["constraints"] = {{{"metric", "v"}, {"at_most", 0.5}}};
  StudyDriver driver(AskTellSpec(json));
  driver.Run(8, 1, Values);
  const ForestStudy study = Collect(driver);
  for (Eigen::Index i = 0; i < 8; ++i) {
    if (X(driver.state().trials()[static_cast<std::size_t>(i)]) > 0.5)
      EXPECT_DOUBLE_EQ(study.data.costs[i], 0.55);
    else
      EXPECT_LT(study.data.costs[i], 0.55);
  }
}

TEST(ForestProposal, WithoutAFeasibleResultTheViolationIsTheCost) {
  Json json = Study();
  json["constraints"] = {{{"metric", "v"}, {"at_most", -1}}};
  StudyDriver driver(AskTellSpec(json));
  driver.Run(8, 1, Values);
  const ForestStudy study = Collect(driver);
  Eigen::Index most = 0, least = 0;
  EXPECT_NEAR(study.data.costs.maxCoeff(&most), 0.55, 1e-12);
  EXPECT_NEAR(study.data.costs.minCoeff(&least), 0, 1e-12);
  EXPECT_EQ(study.data.x(0, most), study.data.x.maxCoeff());
  EXPECT_EQ(study.data.x(0, least), study.data.x.minCoeff());
  EXPECT_EQ(study.data.best.front(), least);
}

TEST(ForestProposal, TrialsUnderWayArePending) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(8, 1, Values);
  const TrialId running = *driver.Ask();
  const ForestStudy study = Collect(driver);
  ASSERT_EQ(study.data.pending.cols(), 1);
  EXPECT_DOUBLE_EQ(study.data.pending(0, 0), X(*driver.state().FindTrial(running)));
}

TEST(ForestProposal, LearnsFromTheHighestRungWithEightResults) {
  Json json = Study();
  json["algorithm"].update(
      {{"searcher", "random"}, {"fidelity", "asha"}, {"min_resource", 2}, {"max_resource", 18}});
  StudyDriver driver(AskTellSpec(json));
  driver.Run(40, 1, Values);
  const ForestStudy study = Collect(driver);
  EXPECT_EQ(study.rung, 6);
  EXPECT_GE(study.data.results, 8u);
  for (const TrialId id : study.data.best)
    EXPECT_NE(driver.state().FindTrial(id)->ReportAt(6), nullptr);
}

TEST(ForestProposal, IsAForestFourTimesInFiveAndOtherwiseChance) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(108, 1, Values);
  int forest = 0, random = 0;
  const auto& trials = driver.state().trials();
  for (std::size_t i = 8; i < trials.size(); ++i) {
    forest += trials[i].origin == "bo/rf";
    random += trials[i].origin == "random";
  }
  EXPECT_EQ(forest + random, 100);
  EXPECT_NEAR(random, 20, 12) << "three standard deviations";
}

}  // namespace
}  // namespace faretto
