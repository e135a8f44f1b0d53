#include "scheduler/suggest/suggest.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scheduler/fidelity/registry.h"
#include "scheduler/searchers/registry.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

StudySpec Spec(const Json& algorithm, int objectives = 1) {
  Json study = {
      {"space", {{"parameters", {{{"name", "x"}, {"type", "float"}, {"low", 0}, {"high", 1}}}}}},
      {"objectives", Json::array()},
      {"algorithm", algorithm}};
  for (int k = 0; k < objectives; ++k)
    study["objectives"].push_back({{"name", "f" + std::to_string(k)}});
  return AskTellSpec(study);
}

TEST(Suggest, TakesItsTimeOnlyWhereAModelIsFitted) {
  const auto quick = [](const char* searcher) {
    const StudySpec spec = Spec({{"searcher", searcher}});
    const StudyState state(spec);
    return SuggestsQuickly({spec, state});
  };
  for (const char* searcher : {"random", "nsga2", "tpe"}) EXPECT_TRUE(quick(searcher)) << searcher;
  EXPECT_FALSE(quick("bo"));
}

// Predictions that are shown are in the units of what was told, whatever the model learned.
TEST(Suggest, ShowsPredictionsOfALogarithmAsTheValuesAre) {
  Json study = {
      {"space", {{"parameters", {{{"name", "x"}, {"type", "float"}, {"low", 0}, {"high", 1}}}}}},
      {"objectives",
       {{{"name", "loss"}, {"log", true}},
        {{"name", "gain"}, {"log", true}, {"direction", "maximize"}}}},
      {"algorithm", {{"searcher", "bo"}, {"fidelity", "full"}}}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(20, 1, [](const Trial& trial, std::int64_t) {
    const double x = trial.params["x"];
    return std::optional(Metrics{{"loss", std::pow(10, 6 * x)}, {"gain", std::pow(10, 3 * x)}});
  });
  const Json last = *ParseJson(driver.suggestions().back());
  const double x = last["params"]["x"];
  const Json& mean = last["diagnostics"]["mean"];
  const Json& sd = last["diagnostics"]["sd"];
  EXPECT_NEAR(mean["loss"].get<double>() / std::pow(10, 6 * x), 1, 0.1);
  EXPECT_NEAR(mean["gain"].get<double>() / std::pow(10, 3 * x), 1, 0.1);
  EXPECT_GT(sd["gain"].get<double>(), 0);
  EXPECT_LT(sd["gain"].get<double>(), mean["gain"].get<double>());
}

TEST(CheckAlgorithm, KnowsEveryRegisteredName) {
  for (const std::string& searcher : SearcherNames()) {
    for (const std::string& fidelity : FidelityNames()) {
      EXPECT_TRUE(CheckAlgorithm(Spec({{"searcher", searcher}, {"fidelity", fidelity}})).ok());
    }
  }
}

TEST(CheckAlgorithm, NamesThePathAndTheNearestSearcher) {
  const Status status = CheckAlgorithm(Spec({{"searcher", "nsga3"}}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(status.error().message,
            "algorithm.searcher: \"nsga3\" is not a searcher (did you mean \"nsga2\"?)");
}

TEST(CheckAlgorithm, ListsThePoliciesWhenNoneIsNear) {
  const Status status = CheckAlgorithm(Spec({{"fidelity", "bohb-ng"}}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message,
            "algorithm.fidelity: \"bohb-ng\" is not a fidelity policy (known: full, asha, "
            "hyperband)");
}

TEST(CheckAlgorithm, RefusesGaussianProcessesOfMoreThanFourObjectives) {
  EXPECT_TRUE(CheckAlgorithm(Spec({{"searcher", "bo"}}, 4)).ok());
  const Status status = CheckAlgorithm(Spec({{"searcher", "bo"}}, 5));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(
      status.error().message,
      "algorithm.searcher: \"bo\" models at most 4 objectives, there are 5; take \"nsga2\" or "
      "\"tpe\"");
  for (const Json& algorithm : {Json{{"searcher", "bo"}, {"surrogate", "rf"}},
                                Json{{"searcher", "tpe"}}, Json{{"fidelity", "full"}}})
    EXPECT_TRUE(CheckAlgorithm(Spec(algorithm, 5)).ok()) << algorithm;
}

}  // namespace
}  // namespace faretto
