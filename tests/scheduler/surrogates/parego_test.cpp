#include "scheduler/surrogates/parego.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace faretto {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

auto Near(double value) { return DoubleNear(value, 1e-12); }

TEST(DrawWeights, AreUniformOnTheSimplex) {
  RandomStream random(1, "test");
  double first = 0, small = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::vector<double> weights = DrawWeights(3, random);
    ASSERT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12);
    ASSERT_GE(*std::min_element(weights.begin(), weights.end()), 0);
    first += weights[0] / 4000;
    small += weights[0] < 0.1 ? 1.0 / 4000 : 0;
  }
  EXPECT_NEAR(first, 1.0 / 3, 0.02);
  // One coordinate of three is below t with probability 1 - (1 - t)^2.
  EXPECT_NEAR(small, 0.19, 0.025);
}

TEST(DrawWeights, OneObjectiveHasAllTheWeight) {
  RandomStream random(1, "test");
  EXPECT_THAT(DrawWeights(1, random), ElementsAre(1));
}

TEST(Scalarise, IsTheAugmentedTchebycheffCostOfScaledObjectives) {
  // Scaled: (0, 1), (0.5, 0.2), (1, 0). By hand, weights 0.25 and 0.75:
  // 0.75 + 0.05 * 0.75, 0.15 + 0.05 * (0.125 + 0.15), 0.25 + 0.05 * 0.25.
  EXPECT_THAT(Scalarise({{10, 5}, {15, -3}, {20, -5}}, std::vector{0.25, 0.75}),
              ElementsAre(Near(0.7875), Near(0.16375), Near(0.2625)));
}

TEST(Scalarise, OfOneObjectiveKeepsItsOrder) {
  EXPECT_THAT(Scalarise({{3}, {1}, {2}}, std::vector{1.0}),
              ElementsAre(Near(1.05), Near(0), Near(0.525)));
}

TEST(Scalarise, ConstantObjectivesCostNothing) {
  EXPECT_THAT(Scalarise({{7, 1}, {7, 2}}, std::vector{0.5, 0.5}), ElementsAre(0, Near(0.525)));
}

TEST(Scalarise, RangesNearTheLargestDoubleStayFinite) {
  EXPECT_THAT(Scalarise({{-1.5e308}, {0}, {1.5e308}}, std::vector{1.0}),
              ElementsAre(Near(0), Near(0.525), Near(1.05)));
}

TEST(WorstCost, IsThatOfTheWorstInEveryObjective) {
  EXPECT_DOUBLE_EQ(WorstCost(std::vector{0.3, 0.7}), 0.75);
}

class ForestImprovementTest : public testing::Test {
 protected:
  // Cost |x - 0.3| at 0, 0.05, ..., 1.
  ForestData Data() const {
    ForestData data;
    data.x.resize(1, 21);
    data.x.row(0) = VectorXd::LinSpaced(21, 0, 1).transpose();
    data.costs = (data.x.row(0).array() - 0.3).abs().matrix().transpose();
    data.results = 21;
    return data;
  }
  ForestImprovement Fit(const ForestData& data) const {
    RandomStream random(1, "test");
    return ForestImprovement(features_, data, random);
  }
  static MatrixXd At(double x) { return MatrixXd::Constant(1, 1, x); }

  Space space_ = *Space::Parse(
      *ParseJson(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]})"));
  FeatureMap features_{space_};
};

TEST_F(ForestImprovementTest, IsTheClosedFormOfExpectedImprovement) {
  const ForestData data = Data();
  const ForestImprovement improvement = Fit(data);
  const double best = improvement.forest().Predict(data.x).mean.minCoeff();
  const auto prediction = improvement.forest().Predict(At(0.42));
  const double sd = std::sqrt(prediction.variance[0]), z = (best - prediction.mean[0]) / sd;
  const double expected =
      sd * (z * 0.5 * std::erfc(-z / std::sqrt(2)) + std::exp(-z * z / 2) / std::sqrt(2 * M_PI));
  EXPECT_NEAR(improvement.Log(At(0.42))[0], std::log(expected), 1e-9);
}

TEST_F(ForestImprovementTest, IsLargerNearTheBestThanFarFromIt) {
  const ForestImprovement improvement = Fit(Data());
  EXPECT_GT(improvement.Log(At(0.31))[0], improvement.Log(At(0.9))[0] + 1);
}

TEST_F(ForestImprovementTest, PendingTrialsLeaveLessToFindWhereTheyAre) {
  ForestData data = Data();
  const double before = Fit(data).Log(At(0.31))[0];
  data.pending = MatrixXd::Constant(1, 20, 0.31);
  EXPECT_LT(Fit(data).Log(At(0.31))[0], before);
}

TEST_F(ForestImprovementTest, IsFiniteWhereAllCostsAreEqual) {
  ForestData data = Data();
  data.costs.setConstant(1.05);
  EXPECT_TRUE(std::isfinite(Fit(data).Log(At(0.5))[0]));
}

}  // namespace
}  // namespace faretto
