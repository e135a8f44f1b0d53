#include "results/queries/importance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/testing/scripted_study.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

// `edge` trades one objective for the other, `batch` is bad for both; the rest does not matter.
Metrics Values(const Json& params) {
  const double edge = std::stod(params["edge"].get<std::string>());
  const double batch = params["batch"].get<double>();
  return {{"error", 0.05 * edge + batch / 320},
          {"rank_disparity", 0.35 - 0.05 * edge + batch / 320}};
}

class ImportanceTest : public ::testing::Test {
 protected:
  // `trials` trials with reports at resource 2; every `failing`-th fails instead (0: none).
  void Run(int trials, int failing = 0,
           const std::function<Metrics(const Json&)>& values = Values) {
    study_.Hello("w");
    for (int i = 0; i < trials; ++i) {
      const Json assignment = study_.Ask("w");
      const Trial& trial = study_.machine().state().trials().back();
      if (failing > 0 && i % failing == 0) {
        for (int attempt = 0; attempt < 2; ++attempt)
          study_.Fail("w", attempt == 0 ? assignment : study_.Ask("w"), "crash");
        continue;
      }
      study_.Train("w", assignment, values(trial.params));
    }
  }

  Importance At(std::int64_t resource) {
    const auto importance = StudyImportance(study_.view(), resource);
    EXPECT_TRUE(importance.ok()) << importance.error().message;
    return *importance;
  }

  static const ParameterImportance& Of(const Importance& importance, const std::string& target,
                                       const std::string& parameter) {
    for (const TargetImportance& one : importance.targets)
      for (const ParameterImportance& own : one.parameters)
        if (one.name == target && own.parameter == parameter) return own;
    throw std::runtime_error("no " + parameter + " for " + target);
  }

  ScriptedStudy study_;
};

TEST_F(ImportanceTest, FindsWhatDecidesEachObjectiveAndTheFront) {
  Run(200);
  const Importance importance = At(2);
  EXPECT_EQ(importance.trials, 200u);
  for (const char* objective : {"error", "rank_disparity"}) {
    EXPECT_GT(*Of(importance, objective, "edge").importance, 0.5);
    EXPECT_GT(*Of(importance, objective, "batch").importance, 0.05);
    EXPECT_EQ(*Of(importance, objective, "optimizer").importance, 0);
    EXPECT_EQ(*Of(importance, objective, "lr_sgd").importance, 0);
  }
  EXPECT_GT(*Of(importance, "", "batch").importance, 0.5);
  EXPECT_EQ(*Of(importance, "", "optimizer").importance, 0);
}

TEST_F(ImportanceTest, SharesAddUpToOneForEveryTarget) {
  Run(60);
  const Importance importance = At(2);
  ASSERT_EQ(importance.targets.size(), 3u);
  for (const TargetImportance& target : importance.targets) {
    double sum = 0;
    for (const ParameterImportance& own : target.parameters) sum += own.importance.value_or(0);
    EXPECT_NEAR(sum, 1, 1e-12) << target.name;
  }
}

TEST_F(ImportanceTest, JudgesAConditionalParameterWhereItIsActive) {
  // Only lr_sgd matters, so that among all trials the best may well be those without it.
  Run(150, 0, [](const Json& params) {
    const bool active = params.contains("lr_sgd");
    const double error =
        active ? std::abs(std::log10(params["lr_sgd"].get<double>()) + 1) / 2 + 0.2 : 0.1;
    return Metrics{{"error", error}, {"rank_disparity", 0.1}};
  });
  const Importance importance = At(2);
  const ParameterImportance& own = Of(importance, "error", "lr_sgd");
  EXPECT_GT(own.trials, 40u);
  EXPECT_LT(own.trials, 150u);
  EXPECT_EQ(own.best, (own.trials + 9) / 10);
  EXPECT_GT(own.divergence.above_chance(), 0.5);
  EXPECT_THAT(ImportanceDocument(study_.view(), importance).notes,
              HasSubstr("trials in which they are active: lr_sgd"));
}

TEST_F(ImportanceTest, LeavesOutFailedTrials) {
  Run(60, 3);
  const Importance importance = At(2);
  EXPECT_EQ(importance.failed, 20u);
  EXPECT_EQ(importance.trials, 40u);
  EXPECT_GT(*Of(importance, "error", "edge").importance, 0.5);
}

TEST_F(ImportanceTest, OfAConstantObjectiveIsZeroForAll) {
  Run(40, 0, [](const Json&) { return Metrics{{"error", 0.5}, {"rank_disparity", 0.1}}; });
  const Importance importance = At(2);
  for (const TargetImportance& target : importance.targets)
    for (const ParameterImportance& own : target.parameters)
      EXPECT_EQ(own.importance.value_or(0), 0) << own.parameter;
  EXPECT_THAT(ImportanceDocument(study_.view(), importance).notes,
              HasSubstr("Nothing sets the best apart for the front"));
}

TEST_F(ImportanceTest, IsUnknownForAParameterThatIsRarelyActive) {
  Run(12);
  const Importance importance = At(2);
  const ParameterImportance& own = Of(importance, "error", "lr_sgd");
  EXPECT_LT(own.trials, kImportanceTrials);
  EXPECT_FALSE(own.importance.has_value());
  const Json json = ImportanceDocument(study_.view(), importance).json;
  EXPECT_TRUE(json["targets"][0]["parameters"][2]["importance"].is_null());
}

TEST_F(ImportanceTest, WithFewTrialsSaysHowManyItNeedsAndWhereTheyAre) {
  const auto none = StudyImportance(study_.view(), std::nullopt);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(none.error().message, HasSubstr("0 trials have results at resource 18"));
  Run(15);
  const auto higher = StudyImportance(study_.view(), std::nullopt);
  ASSERT_FALSE(higher.ok());
  EXPECT_THAT(higher.error().message, HasSubstr("importance needs 10"));
  EXPECT_THAT(higher.error().message, HasSubstr("--resource 2: 15 trials"));
}

TEST_F(ImportanceTest, JsonNamesEveryTargetAndParameter) {
  Run(30);
  const Json json = ImportanceDocument(study_.view(), At(2)).json;
  EXPECT_EQ(json["method"], "ped-anova");
  EXPECT_EQ(json["targets"].size(), 3u);
  EXPECT_EQ(json["targets"][2]["kind"], "front");
  EXPECT_EQ(json["targets"][1]["name"], "rank_disparity");
  EXPECT_EQ(json["targets"][0]["parameters"][0]["name"], "edge");
  EXPECT_EQ(json["targets"][0]["parameters"][0]["trials"], 30);
}

}  // namespace
}  // namespace faretto
