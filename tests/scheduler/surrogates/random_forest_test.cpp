#include "scheduler/surrogates/random_forest.h"

#include <gtest/gtest.h>

#include "scheduler/surrogates/features.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Evenly from 0 to 1.
MatrixXd Grid(Index n) {
  MatrixXd x(1, n);
  x.row(0) = VectorXd::LinSpaced(n, 0, 1).transpose();
  return x;
}

MatrixXd Points(std::initializer_list<double> values) {
  MatrixXd x(1, static_cast<Index>(values.size()));
  Index i = 0;
  for (const double value : values) x(0, i++) = value;
  return x;
}

RandomForest Fit(const MatrixXd& x, const VectorXd& y, std::uint64_t seed = 1) {
  RandomStream random(seed, "test");
  return RandomForest(x, y, random);
}

TEST(RandomForest, LearnsAStep) {
  const MatrixXd x = Grid(41);
  const VectorXd y = (x.row(0).array() > 0.6).cast<double>().matrix().transpose();
  const VectorXd mean = Fit(x, y).Predict(Points({0.1, 0.5, 0.7, 0.9})).mean;
  EXPECT_NEAR(mean[0], 0, 1e-12);
  EXPECT_NEAR(mean[1], 0, 0.11);
  EXPECT_NEAR(mean[2], 1, 0.11);
  EXPECT_NEAR(mean[3], 1, 1e-12);
}

TEST(RandomForest, LearnsACategory) {
  const Space space = *Space::Parse(*ParseJson(R"({"parameters": [
      {"name": "kind", "type": "categorical", "choices": ["a", "b", "c"]},
      {"name": "x", "type": "float", "low": 0, "high": 1}]})"));
  const FeatureMap features(space);
  RandomStream random(2, "data");
  MatrixXd x(static_cast<Index>(features.columns()), 40);
  VectorXd y(40);
  for (Index i = 0; i < 40; ++i) {
    const Configuration drawn = space.Sample(random);
    features.Encode(drawn, x.col(i).data());
    y[i] = drawn.values[0] == 1 ? 0 : 1;
  }
  const RandomForest forest = Fit(x, y);
  MatrixXd asked(x.rows(), 3);
  for (int kind = 0; kind < 3; ++kind)
    features.Encode(Configuration{{static_cast<double>(kind), 0.5}}, asked.col(kind).data());
  const VectorXd mean = forest.Predict(asked).mean;
  EXPECT_GT(mean[0], 0.8);
  EXPECT_LT(mean[1], 0.2);
  EXPECT_GT(mean[2], 0.8);
}

TEST(RandomForest, IsTheSameForTheSameStreamAndAnotherForAnother) {
  const MatrixXd x = Grid(30);
  const VectorXd y = (5 * x.row(0)).array().sin().matrix().transpose();
  const MatrixXd asked = Points({0.11, 0.36, 0.52, 0.87});
  const auto first = Fit(x, y).Predict(asked), again = Fit(x, y).Predict(asked);
  EXPECT_EQ(first.mean, again.mean);
  EXPECT_EQ(first.variance, again.variance);
  EXPECT_NE(first.mean, Fit(x, y, 2).Predict(asked).mean);
}

TEST(RandomForest, KnowsLessAwayFromTheData) {
  // Nothing between 0.2 and 0.8, where the function falls from 1 to 0.
  MatrixXd x(1, 40);
  x.row(0) << VectorXd::LinSpaced(20, 0, 0.2).transpose(),
      VectorXd::LinSpaced(20, 0.8, 1).transpose();
  const VectorXd y = (x.row(0).array() < 0.5).cast<double>().matrix().transpose();
  const VectorXd variance = Fit(x, y).Predict(Points({0.1, 0.5, 0.9})).variance;
  EXPECT_GT(variance[1], 100 * variance[0]);
  EXPECT_GT(variance[1], 100 * variance[2]);
}

TEST(RandomForest, AddsTheVarianceWithinLeavesToTheOneBetweenTrees) {
  // No column tells the samples apart: every tree is one leaf with its bootstrap sample.
  const MatrixXd x = MatrixXd::Constant(1, 400, 0.5);
  VectorXd y(400);
  for (Index i = 0; i < 400; ++i) y[i] = i % 2 == 0 ? -1 : 1;
  const auto prediction = Fit(x, y).Predict(Points({0.5}));
  EXPECT_NEAR(prediction.mean[0], 0, 0.1);
  EXPECT_NEAR(prediction.variance[0], 1, 0.05);
}

TEST(RandomForest, EqualTargetsArePredictedExactlyWithTheLeastVariance) {
  const auto prediction = Fit(Grid(10), VectorXd::Constant(10, 0.3)).Predict(Points({0.42}));
  EXPECT_DOUBLE_EQ(prediction.mean[0], 0.3);
  EXPECT_DOUBLE_EQ(prediction.variance[0], 1e-10);
}

TEST(RandomForest, OneSampleIsEnough) {
  const auto prediction = Fit(Points({0.5}), VectorXd::Constant(1, 2)).Predict(Points({0.1, 0.9}));
  EXPECT_EQ(prediction.mean, VectorXd::Constant(2, 2));
}

TEST(RandomForest, PredictionsStayWithinTheTargets) {
  const MatrixXd x = Grid(25);
  const VectorXd y = (9 * x.row(0)).array().cos().matrix().transpose();
  const VectorXd mean = Fit(x, y).Predict(Points({-3, 0.3, 0.6, 7})).mean;
  EXPECT_LE(mean.maxCoeff(), y.maxCoeff());
  EXPECT_GE(mean.minCoeff(), y.minCoeff());
}

}  // namespace
}  // namespace faretto
