// What users say about good values, and how searchers with a model take it.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "tests/scheduler/suggest/searcher_cases.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

constexpr int kDimensions = 5;
constexpr double kBest = 0.15;

class Priors : public testing::TestWithParam<std::string> {
 protected:
  // Every parameter has its best value at kBest, and a prior around `mean` if that is given.
  static StudyDriver Run(int trials, std::optional<double> mean) {
    Json study = {{"name", "priors"},
                  {"seed", 7},
                  {"space", {{"parameters", Json::array()}}},
                  {"objectives", {{{"name", "f"}}}},
                  {"algorithm", SearcherSettings(GetParam())}};
    study["algorithm"]["fidelity"] = "full";
    for (int i = 0; i < kDimensions; ++i) {
      Json parameter = {
          {"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}};
      if (mean) parameter["prior"] = {{"mean", *mean}, {"sd", 0.1}};
      study["space"]["parameters"].push_back(parameter);
    }
    StudyDriver driver(AskTellSpec(study));
    driver.Run(trials, 1, [](const Trial& trial, std::int64_t) {
      return std::optional(Metrics{{"f", Distance(trial)}});
    });
    return driver;
  }
  static double Distance(const Trial& trial) {
    double sum = 0;
    for (const double x : trial.configuration.values) sum += std::abs(x - kBest);
    return sum;
  }
  // The mean over the trials from `first` on.
  static double MeanDistance(const StudyDriver& driver, std::size_t first) {
    const auto& trials = driver.state().trials();
    double sum = 0;
    for (std::size_t i = first; i < trials.size(); ++i) sum += Distance(trials[i]);
    return sum / static_cast<double>(trials.size() - first);
  }
};

TEST_P(Priors, ARightOneLeadsToTheOptimumSooner) {
  EXPECT_LT(MeanDistance(Run(25, kBest), 12), 0.8 * MeanDistance(Run(25, std::nullopt), 12));
}

TEST_P(Priors, AWrongOneIsOvercome) {
  // Of a forest most candidates are equally good, so that the prior goes on to decide.
  if (GetParam() == kForest) return;
  EXPECT_LT(MeanDistance(Run(120, 0.85), 100), 0.5 * kDimensions * (0.85 - kBest));
}

TEST_P(Priors, EverySecondTrialOfTheInitialDesignIsDrawnFromThem) {
  const StudyDriver driver = Run(6, kBest);
  const auto& trials = driver.state().trials();
  const auto origin = [&](std::size_t i) { return trials[i].origin; };
  EXPECT_EQ(origin(0), "default");
  EXPECT_EQ(origin(1), "sobol");
  EXPECT_EQ(origin(2), "prior");
  EXPECT_EQ(origin(3), "sobol");
  EXPECT_EQ(origin(4), "prior");
  for (const std::size_t i : {2, 4}) EXPECT_LT(Distance(trials[i]), kDimensions * 0.2);
}

INSTANTIATE_TEST_SUITE_P(Searchers, Priors, testing::Values("bo", "tpe", kForest),
                         [](const auto& searcher) { return searcher.param; });

}  // namespace
}  // namespace faretto
