#include "scheduler/searchers/initial_design.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study(const std::string& space) {
  return {{"name", "start"},
          {"seed", 3},
          {"space", *ParseJson(space)},
          {"objectives", Json::array({{{"name", "error"}}})},
          {"algorithm", {{"searcher", "random"}, {"fidelity", "full"}}}};
}

const char* kLearningRate =
    R"({"parameters": [{"name": "lr", "type": "float", "low": 1e-5, "high": 1e-2, "log": true}]})";

std::vector<std::string> Origins(const StudyDriver& driver) {
  std::vector<std::string> origins;
  for (const Trial& trial : driver.state().trials()) origins.push_back(trial.origin);
  return origins;
}

TEST(InitialDesign, IsTheDefaultThenSobolPointsThenUniformDraws) {
  StudyDriver driver(AskTellSpec(Study(kLearningRate)));
  for (int i = 0; i < 12; ++i) driver.Ask();
  const std::vector<std::string> origins = Origins(driver);
  EXPECT_EQ(origins[0], "default");
  EXPECT_EQ(std::count(origins.begin() + 1, origins.begin() + 9, "sobol"), 8);
  EXPECT_EQ(std::count(origins.begin() + 9, origins.end(), "random"), 3);
}

TEST(InitialDesign, AnEnqueuedDefaultIsNotRepeated) {
  StudyDriver driver(AskTellSpec(Study(R"({"parameters": [
    {"name": "lr", "type": "float", "low": 0, "high": 1, "default": 0.25}]})")));
  driver.Enqueue({{"lr", 0.25}});
  for (int i = 0; i < 3; ++i) driver.Ask();
  EXPECT_EQ(Origins(driver)[1], "sobol");
}

TEST(InitialDesign, SobolPointsSkipForbiddenOnes) {
  StudyDriver driver(AskTellSpec(Study(R"({
    "parameters": [
      {"name": "a", "type": "categorical", "choices": ["x", "y"]},
      {"name": "lr", "type": "float", "low": 0, "high": 1}],
    "forbidden": [{"a": ["y"]}]})")));
  for (int i = 0; i < 9; ++i) driver.Ask();
  const std::vector<std::string> origins = Origins(driver);
  EXPECT_EQ(std::count(origins.begin(), origins.end(), "sobol"), 8);
}

// The median of a log scale is the geometric mean of its ends.
TEST(InitialDesign, LearningRatesAreDrawnOnTheirLogScale) {
  StudyDriver driver(AskTellSpec(Study(kLearningRate)));
  std::vector<double> rates;
  for (int i = 0; i < 1001; ++i) {
    const auto id = driver.Ask();
    rates.push_back(driver.state().FindTrial(*id)->configuration.values[0]);
  }
  std::nth_element(rates.begin(), rates.begin() + 500, rates.end());
  EXPECT_NEAR(std::log10(rates[500]), -3.5, 0.15);
}

// Draws on a log scale leave large integers out for long; the enumeration finds them.
TEST(InitialDesign, AFiniteSpaceIsTriedToItsLastConfiguration) {
  StudyDriver driver(AskTellSpec(Study(
      R"({"parameters": [{"name": "w", "type": "int", "low": 1, "high": 3000, "log": true}]})")));
  int asked = 0;
  while (driver.Ask()) ++asked;
  EXPECT_EQ(asked, 3000);
}

}  // namespace
}  // namespace faretto
