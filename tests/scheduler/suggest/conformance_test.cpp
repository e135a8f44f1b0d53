// What every searcher under every fidelity policy must do. The registries are the lists: a new
// searcher or policy is tested here without a line more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "scheduler/fidelity/registry.h"
#include "scheduler/searchers/registry.h"
#include "tests/scheduler/suggest/searcher_cases.h"
#include "tests/scheduler/suggest/study_driver.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

// Every kind of parameter, nested conditions, forbidden clauses.
const char* kMixedSpace = R"({
  "parameters": [
    {"name": "edge", "type": "categorical", "choices": ["0", "1", "2", "3"]},
    {"name": "optimizer", "type": "categorical", "choices": ["Adam", "AdamW", "SGD"]},
    {"name": "lr_adam", "type": "float", "low": 1e-5, "high": 1e-2, "log": true},
    {"name": "lr_sgd", "type": "float", "low": 0.09, "high": 0.8, "log": true},
    {"name": "nesterov", "type": "categorical", "choices": [true, false]},
    {"name": "momentum", "type": "float", "low": 0, "high": 0.9, "step": 0.3},
    {"name": "layers", "type": "int", "low": 1, "high": 8},
    {"name": "width", "type": "int", "low": 1, "high": 512, "log": true},
    {"name": "fixed", "type": "float", "low": 3, "high": 3},
    {"name": "batch", "type": "ordinal", "choices": [16, 32, 64]}],
  "conditions": [
    {"parameter": "lr_adam", "active_when": {"optimizer": ["Adam", "AdamW"]}},
    {"parameter": "lr_sgd", "active_when": {"optimizer": ["SGD"]}},
    {"parameter": "nesterov", "active_when": {"optimizer": ["SGD"]}},
    {"parameter": "momentum", "active_when": {"nesterov": [true]}}],
  "forbidden": [{"edge": ["3"], "optimizer": ["SGD"]}, {"batch": [16], "layers": [7, 8]}]
})";

Metrics Values(const StudySpec& spec, const Trial& trial, std::int64_t resource) {
  const std::vector<double> unit = spec.space.ToUnit(trial.configuration);
  Metrics values;
  for (std::size_t k = 0; k < spec.objectives.size(); ++k) {
    double sum = 1.0 / static_cast<double>(resource);
    for (std::size_t i = 0; i < unit.size(); ++i) {
      const double centre = static_cast<double>((i + k) % 3) / 2;
      sum += (unit[i] - centre) * (unit[i] - centre);
    }
    const bool up = spec.objectives[k].direction == Direction::kMaximize;
    values[spec.objectives[k].name] = up ? -sum : sum;
  }
  values["size"] = unit[0];
  return values;
}

StudyDriver::Evaluate Evaluation(const StudyDriver& driver) {
  return [&driver](const Trial& trial, std::int64_t resource) {
    return std::optional(Values(driver.spec(), trial, resource));
  };
}

std::optional<Metrics> Fails(const Trial&, std::int64_t) { return std::nullopt; }

class Conformance : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  Json Study(const std::string& space = kMixedSpace, int objectives = 2) const {
    Json study = {{"name", "conformance"},
                  {"seed", 5},
                  {"space", *ParseJson(space)},
                  {"objectives", Json::array()},
                  {"algorithm", SearcherSettings(std::get<0>(GetParam()))}};
    study["algorithm"].update({{"fidelity", std::get<1>(GetParam())},
                               {"min_resource", 2},
                               {"max_resource", 18},
                               {"population", 10}});
    for (int k = 0; k < objectives; ++k)
      study["objectives"].push_back({{"name", "f" + std::to_string(k)}});
    return study;
  }

  static void ExpectValidAndDistinct(const StudyDriver& driver) {
    std::set<std::string> keys;
    for (const Trial& trial : driver.state().trials()) {
      EXPECT_TRUE(driver.spec().space.Check(trial.configuration).ok()) << trial.params;
      EXPECT_TRUE(keys.insert(trial.key).second) << trial.params;
    }
  }
};

TEST_P(Conformance, EverySuggestionSatisfiesTheSpaceAndIsNew) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(100, 4, Evaluation(driver));
  EXPECT_GE(driver.state().trials().size(), 35u);
  ExpectValidAndDistinct(driver);
}

TEST_P(Conformance, WithLookaheadEverySuggestionIsNewAndDerivedAgainFromTheRecord) {
  for (const int lookahead : {1, 5}) {
    Json study = Study();
    study["algorithm"]["lookahead"] = lookahead;
    study["budget"] = {{"trials", 40}, {"resource", 300}};
    StudyDriver driver(AskTellSpec(study));
    driver.Run(60, 5, Evaluation(driver));
    EXPECT_GE(driver.state().trials().size(), 12u);
    EXPECT_LE(driver.state().spent_resource(), 300);
    ExpectValidAndDistinct(driver);
    driver.CheckReplay();
  }
}

TEST_P(Conformance, TheDefaultConfigurationComesFirst) {
  Json study = Study();
  study["space"]["parameters"][0]["default"] = "2";
  StudyDriver driver(AskTellSpec(study));
  driver.Run(5, 1, Evaluation(driver));
  EXPECT_EQ(driver.state().trials()[0].origin, "default");
  EXPECT_EQ(driver.state().trials()[0].params["edge"], "2");
  EXPECT_EQ(driver.state().trials()[1].origin, "sobol");
}

// However much is known by then: a searcher with a model could do without.
TEST_P(Conformance, TheDefaultConfigurationIsTheFirstSuggestionAfterAnImport) {
  StudyDriver elsewhere(AskTellSpec(Study()));
  elsewhere.Run(40, 1, Evaluation(elsewhere));
  Json known = Json::array();
  for (const Trial& trial : elsewhere.state().trials()) {
    if (trial.origin == "default" || trial.state != TrialState::kCompleted) continue;
    const Json report = {{"resource", 18}, {"values", Values(elsewhere.spec(), trial, 18)}};
    known.push_back({{"params", trial.params}, {"reports", Json::array({report})}});
  }
  StudyDriver driver(AskTellSpec(Study()));
  const Outcome outcome = driver.Import(known);
  ASSERT_NE(JsonOf(outcome).value("type", ""), "error") << JsonOf(outcome);
  driver.Run(10, 1, Evaluation(driver));
  EXPECT_EQ(driver.state().trials()[known.size()].origin, "default");
  ExpectValidAndDistinct(driver);
  driver.CheckReplay();
}

TEST_P(Conformance, PriorsOnEveryKindOfParameter) {
  Json study = Study();
  Json& parameters = study["space"]["parameters"];
  parameters[1]["prior"] = {{"weights", {5, 1, 1}}};
  parameters[2]["prior"] = {{"mean", 1e-3}, {"sd", 0.5}};
  parameters[5]["prior"] = {{"mean", 0.6}, {"sd", 0.2}};
  parameters[6]["prior"] = {{"mean", 2}, {"sd", 1}};
  parameters[9]["prior"] = {{"weights", {1, 1, 3}}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(60, 3, Evaluation(driver));
  ExpectValidAndDistinct(driver);
  driver.CheckReplay();
}

TEST_P(Conformance, TheSameSeedGivesTheSameSequenceAndAnotherSeedAnother) {
  StudyDriver first(AskTellSpec(Study()));
  StudyDriver second(AskTellSpec(Study()));
  Json other = Study();
  other["seed"] = 6;
  StudyDriver third(AskTellSpec(other));
  for (StudyDriver* driver : {&first, &second, &third}) driver->Run(40, 3, Evaluation(*driver));
  EXPECT_EQ(first.suggestions(), second.suggestions());
  EXPECT_NE(first.suggestions(), third.suggestions());
}

TEST_P(Conformance, EverySuggestionIsDerivedAgainFromTheRecord) {
  StudyDriver driver(AskTellSpec(Study()));
  int calls = 0;
  driver.Run(100, 5, [&](const Trial& trial, std::int64_t resource) -> std::optional<Metrics> {
    if (++calls % 7 == 0) return std::nullopt;
    return Values(driver.spec(), trial, resource);
  });
  driver.CheckReplay();
}

TEST_P(Conformance, OneToFourObjectivesInBothDirections) {
  for (int objectives = 1; objectives <= 4; ++objectives) {
    SCOPED_TRACE(objectives);
    Json study = Study(kMixedSpace, objectives);
    study["objectives"].back()["direction"] = "maximize";
    StudyDriver driver(AskTellSpec(study));
    driver.Run(80, 3, Evaluation(driver));
    EXPECT_GE(driver.state().trials().size(), 30u);
    ExpectValidAndDistinct(driver);
  }
}

TEST_P(Conformance, ConstantObjectivesGiveNothingToChooseByAndDoNoHarm) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(80, 3, [](const Trial&, std::int64_t) {
    return std::optional(Metrics{{"f0", 0.5}, {"f1", 0.5}});
  });
  EXPECT_GE(driver.state().trials().size(), 25u);
  ExpectValidAndDistinct(driver);
}

TEST_P(Conformance, ConstraintsThatFewOrNoneMeet) {
  for (const double bound : {0.3, -1.0}) {
    SCOPED_TRACE(bound);
    Json study = Study();
    study["constraints"] = Json::array({{{"metric", "size"}, {"at_most", bound}}});
    StudyDriver driver(AskTellSpec(study));
    driver.Run(80, 3, Evaluation(driver));
    EXPECT_GE(driver.state().trials().size(), 30u);
    ExpectValidAndDistinct(driver);
  }
}

TEST_P(Conformance, GoesOnWhenEveryTrialFails) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(60, 3, Fails);
  EXPECT_EQ(driver.state().trials().size(), 60u);
  ExpectValidAndDistinct(driver);
}

TEST_P(Conformance, GoesOnWhileNoTrialHasAnswered) {
  StudyDriver driver(AskTellSpec(Study()));
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(driver.Ask().has_value());
  EXPECT_EQ(driver.state().trials().size(), 60u);
  ExpectValidAndDistinct(driver);
}

TEST_P(Conformance, AvoidsACategoryThatAlwaysFails) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(120, 2, [&](const Trial& trial, std::int64_t resource) -> std::optional<Metrics> {
    if (trial.params["optimizer"] == "SGD") return std::nullopt;
    return Values(driver.spec(), trial, resource);
  });
  const auto& trials = driver.state().trials();
  ASSERT_GE(trials.size(), 40u);
  int late = 0;
  for (std::size_t i = 30; i < trials.size(); ++i) late += trials[i].params["optimizer"] == "SGD";
  // A third of all uniform draws.
  EXPECT_LE(late, static_cast<int>(trials.size() - 30) / 10);
}

TEST_P(Conformance, ATinySpaceIsTriedAsAWholeAndEndsTheStudy) {
  StudyDriver driver(AskTellSpec(Study(R"({
    "parameters": [
      {"name": "a", "type": "categorical", "choices": ["x", "y", "z"]},
      {"name": "b", "type": "int", "low": 1, "high": 4},
      {"name": "c", "type": "ordinal", "choices": [1, 2]}],
    "conditions": [{"parameter": "c", "active_when": {"a": ["x"]}}],
    "forbidden": [{"a": ["z"], "b": [4]}]})")));
  driver.Run(1000, 3, Evaluation(driver));
  EXPECT_EQ(driver.state().trials().size(), 15u);
  ExpectValidAndDistinct(driver);
  EXPECT_TRUE(driver.state().finished());
  EXPECT_EQ(driver.state().finish_reason(), "the space is used up");
  EXPECT_FALSE(driver.Ask().has_value());
  driver.CheckReplay();
}

TEST_P(Conformance, ASpaceOfOneConfigurationEndsWithItAtTheTop) {
  StudyDriver driver(AskTellSpec(
      Study(R"({"parameters": [{"name": "a", "type": "float", "low": 1, "high": 1}]})")));
  driver.Run(100, 2, Evaluation(driver));
  ASSERT_EQ(driver.state().trials().size(), 1u);
  EXPECT_EQ(driver.state().trials()[0].state, TrialState::kCompleted);
  EXPECT_TRUE(driver.state().finished());
}

TEST_P(Conformance, EnqueuedConfigurationsAreNotSuggestedAgain) {
  StudyDriver driver(AskTellSpec(
      Study(R"({"parameters": [{"name": "b", "type": "int", "low": 1, "high": 12}]})")));
  for (const int b : {6, 1}) {
    const Outcome outcome = driver.Enqueue({{"b", b}});
    ASSERT_NE(JsonOf(outcome).value("type", ""), "error") << JsonOf(outcome);
  }
  driver.Run(1000, 2, Evaluation(driver));
  EXPECT_EQ(driver.state().trials().size(), 12u);
  ExpectValidAndDistinct(driver);
}

TEST_P(Conformance, TheTrialBudgetEndsNewTrialsButNotPromotions) {
  Json study = Study();
  study["budget"] = {{"trials", 20}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(1000, 3, Evaluation(driver));
  EXPECT_EQ(driver.state().trials().size(), 20u);
  EXPECT_TRUE(driver.state().finished());
  EXPECT_EQ(driver.state().finish_reason(), "the trial budget is used up");
  int at_top = 0;
  for (const Trial& trial : driver.state().trials())
    at_top += trial.state == TrialState::kCompleted;
  EXPECT_GE(at_top, 1);
}

TEST_P(Conformance, TheResourceBudgetIsSpentAndNotExceeded) {
  Json study = Study();
  study["budget"] = {{"resource", 100}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(1000, 3, Evaluation(driver));
  EXPECT_TRUE(driver.state().finished());
  EXPECT_EQ(driver.state().finish_reason(), "the resource budget is used up");
  EXPECT_LE(driver.state().spent_resource(), 100);
  EXPECT_GT(driver.state().spent_resource(), 100 - 18);
}

std::string TestName(const ::testing::TestParamInfo<Conformance::ParamType>& info) {
  return std::get<0>(info.param) + "_" + std::get<1>(info.param);
}

INSTANTIATE_TEST_SUITE_P(All, Conformance,
                         ::testing::Combine(::testing::ValuesIn(SearcherNames()),
                                            ::testing::ValuesIn(FidelityNames())),
                         TestName);
INSTANTIATE_TEST_SUITE_P(Forest, Conformance,
                         ::testing::Combine(::testing::Values(kForest),
                                            ::testing::ValuesIn(FidelityNames())),
                         TestName);

}  // namespace
}  // namespace faretto
