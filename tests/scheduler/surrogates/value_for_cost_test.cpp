#include "scheduler/surrogates/value_for_cost.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduler/surrogates/promotion_values.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

constexpr double kAnything = -std::numeric_limits<double>::infinity();

double Normal(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double Density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)); }

// One objective, of which 0 is the best value so far.
class ValueForCostTest : public ::testing::Test {
 protected:
  double Value(double mean, double sd, double cost, const std::vector<Stop>& stops,
               double at_least = kAnything) const {
    return LogValueForCost(improvement_, {mean}, {sd}, cost, stops, at_least);
  }
  const ExpectedHypervolumeImprovement improvement_{{{0.0}}, {10.0}};
};

TEST_F(ValueForCostTest, WithoutStopsIsTheExpectedImprovementForItsCost) {
  const double expected = 0.5 * Density(1) - 0.5 * Normal(-1);  // of N(0.5, 0.5^2) below 0
  EXPECT_NEAR(Value(0.5, 0.5, 27, {}), std::log(expected / 27), 1e-9);
}

TEST_F(ValueForCostTest, AStopThatTellsNothingChangesNothing) {
  EXPECT_NEAR(Value(0.5, 0.5, 27, {{3, {0.5}}}), Value(0.5, 0.5, 27, {}), 1e-9);
}

// After 3 of 27 units all is known. The price p at which it is just worth starting:
// E[max(0, I - 24 p)] = 3 p with I = max(0, -Y), Y ~ N(mu, s^2).
TEST_F(ValueForCostTest, AStopThatTellsAllIsWeitzmansReservationPrice) {
  const double sd = 0.5;
  // Where improvements are rare, few of the points tell of them.
  for (const auto& [mean, tolerance] :
       {std::pair(-1.0, 0.05), {0.0, 0.1}, {0.5, 0.2}, {1.0, 0.6}}) {
    const auto gain = [&, mean = mean](double price) {
      const double z = (-24 * price - mean) / sd;  // -Y > 24 p
      return (-mean - 24 * price) * Normal(z) + sd * Density(z) - 3 * price;
    };
    double low = 0, high = 10;
    for (int i = 0; i < 100; ++i) (gain((low + high) / 2) > 0 ? low : high) = (low + high) / 2;
    EXPECT_NEAR(Value(mean, sd, 27, {{3, {0.0}}}), std::log(low), tolerance) << mean;
    EXPECT_GE(Value(mean, sd, 27, {{3, {0.0}}}), Value(mean, sd, 27, {}) - 1e-9);
  }
}

TEST_F(ValueForCostTest, TheBestStopCounts) {
  const Stop early{1, {0.45}}, late{9, {0.01}};
  const double both = Value(0.5, 0.5, 27, {early, late});
  EXPECT_EQ(both, std::max(Value(0.5, 0.5, 27, {early}), Value(0.5, 0.5, 27, {late})));
}

TEST_F(ValueForCostTest, HopelessOnesKeepAnOrderAndStayFinite) {
  const Stop stop{3, {0.0}};
  const double bad = Value(100, 0.5, 27, {stop}), worse = Value(200, 0.5, 27, {stop});
  EXPECT_TRUE(std::isfinite(bad));
  EXPECT_TRUE(std::isfinite(worse));
  EXPECT_GT(bad, worse);
}

TEST_F(ValueForCostTest, WhatCannotWinMayBeLowButNeverHigh) {
  const Stop stop{3, {0.0}};
  const double exact = Value(0.5, 0.5, 27, {stop});
  EXPECT_EQ(Value(0.5, 0.5, 27, {stop}, exact - 0.1), exact);
  EXPECT_LE(Value(0.5, 0.5, 27, {stop}, exact + 5), exact);
}

TEST_F(ValueForCostTest, IsNeverAboveWhatImprovementsAloneWouldCost) {
  for (const double mean : {-1.0, 0.0, 1.0, 2.0, 4.0}) {
    EXPECT_LE(Value(mean, 0.5, 27, {{3, {0.0}}}), Value(mean, 0.5, 3, {}) + 1e-9) << mean;
  }
}

StudyDriver RunAtRungs() {
  StudyDriver driver(AskTellSpec(*ParseJson(R"({
    "name": "rungs", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f"}, {"name": "g"}],
    "algorithm": {"searcher": "bo", "fidelity": "asha", "min_resource": 1, "max_resource": 9}
  })")));
  driver.Run(40, 1, [](const Trial& trial, std::int64_t resource) {
    const double x = trial.params.at("x");
    return std::optional(
        Metrics{{"f", x * x + 1.0 / static_cast<double>(resource)}, {"g", (x - 1) * (x - 1)}});
  });
  return driver;
}

TEST(ValueForCostInStudyTest, OfATrialOnlyTheRungsAheadCount) {
  const StudyDriver driver = RunAtRungs();
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Acquisition acquisition(model);
  Eigen::MatrixXd x(1, 1);
  x << 0.37;
  auto prediction = model.Predict(x);
  ASSERT_EQ(prediction.sd_after.size(), 3u);
  const std::vector<std::int64_t> rungs = {1, 3, 9};
  EXPECT_NEAR(LogValueForCost(acquisition, prediction, 0, rungs, 3, kAnything),
              acquisition.Log(prediction)[0] - std::log(6.0), 1e-9);
  EXPECT_GT(LogValueForCost(acquisition, prediction, 0, rungs, 0, kAnything),
            acquisition.Log(prediction)[0] - std::log(9.0) + 0.01);
  // A rung where nothing can be used is as good as none.
  auto without = prediction;
  without.sd_after.erase(without.sd_after.begin());
  prediction.sd_after[0].resize(0, 0);
  EXPECT_EQ(LogValueForCost(acquisition, prediction, 0, rungs, 0, kAnything),
            LogValueForCost(acquisition, without, 0, {3, 9}, 0, kAnything));
}

TEST(ValueForCostInStudyTest, ATrialThatLostItsCheckpointIsWorthLess) {
  const StudyDriver driver = RunAtRungs();
  int compared = 0;
  for (const Trial& trial : driver.state().trials()) {
    if (trial.state != TrialState::kPaused) continue;
    // One at a time: beside others a value may come out low.
    const auto goes_on = PromotionValues(driver.view(), {{trial.id, trial.reached}});
    const auto begins_anew = PromotionValues(driver.view(), {{trial.id, 0}});
    ASSERT_TRUE(goes_on && begins_anew);
    EXPECT_LT(begins_anew->front(), goes_on->front()) << trial.id;
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace faretto
