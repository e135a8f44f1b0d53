#include "scheduler/surrogates/reference_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scheduler/surrogates/acquisition.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

const std::vector<double> kFront = {1, 2, 3};
const std::vector<double> kAll = {1, 2, 3, 3.5};

TEST(ReferenceValueTest, TwoOfThreeAreJustBeyondTheFront) {
  for (const std::size_t trials : {10u, 11u, 100u, 1000u})
    EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, trials), 3.2) << trials;
}

TEST(ReferenceValueTest, TheThirdTakesInNearlyAllTrialsWhileTheyAreFew) {
  std::vector<double> all(100, 3.0);
  all[7] = all[50] = all[98] = all[3] = all[20] = all[30] = 40;
  all[60] = 1e9;  // one in a hundred is passed over
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, all, 12), 40);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 12), 3.5);
}

TEST(ReferenceValueTest, TheThirdMovesAwayAsTrialsComeInUpToTwoRanges) {
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 60), 3 + 2.0);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 81), 3 + 2 * 1.525);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 3000), 3 + 2 * 2.0);
}

TEST(ReferenceValueTest, AFrontOfEqualValuesHasRangeOne) {
  EXPECT_DOUBLE_EQ(ReferenceValue({3}, {3}, 1), 3.1);
  EXPECT_DOUBLE_EQ(ReferenceValue({3, 3}, {3, 3}, 60), 4);
}

// Of a point half a range beyond one end of the front, and a range better in the other objective.
double LogImprovementBeyondTheEnd(int trials) {
  StudyDriver driver(AskTellSpec(*ParseJson(R"({
    "name": "ends", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f"}, {"name": "g"}],
    "algorithm": {"searcher": "random", "fidelity": "full"}
  })")));
  driver.Run(trials, 1, [](const Trial& trial, std::int64_t) {
    const double x = trial.params.at("x");
    return std::optional(Metrics{{"f", x}, {"g", 1 - x}});
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  EXPECT_EQ(model.data().known.cols(), trials);
  const Acquisition acquisition(model);
  const Eigen::MatrixXd values = model.MeansOfKnown().objectives;
  const double range = values.row(0).maxCoeff() - values.row(0).minCoeff();
  const std::vector<double> mean = {values.row(0).maxCoeff() + 0.5 * range,
                                    values.row(1).minCoeff() - range};
  const std::vector<double> sd = {1e-3, 1e-3};
  return acquisition.improvement().Log(mean, sd);
}

TEST(ReferenceValueTest, EveryThirdSuggestionSeesBeyondTheEndsOfTheFront) {
  EXPECT_GT(LogImprovementBeyondTheEnd(60), std::log(0.1));
  EXPECT_LT(LogImprovementBeyondTheEnd(61), -100);
}

}  // namespace
}  // namespace faretto
