#include "scheduler/surrogates/gaussian_process.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "base/random.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

GpInputs RandomInputs(Index columns, Index points, bool with_linear) {
  RandomStream random(7, "test");
  GpInputs inputs;
  inputs.x.resize(columns, points);
  for (double& value : inputs.x.reshaped()) value = random.Uniform();
  if (with_linear) {
    inputs.linear.resize(2, points);
    for (double& value : inputs.linear.reshaped()) value = random.Normal();
  }
  return inputs;
}

VectorXd RandomTargets(Index points) {
  RandomStream random(8, "test");
  VectorXd y(points);
  for (double& value : y) value = random.Normal();
  return y;
}

GpKernel Kernel(GpKernel::Effects effects = GpKernel::Effects::kNone) {
  return {{0, 1, 1, 2}, 3, {}, effects};
}

GpHyperparameters SomeHyperparameters(const GpKernel& kernel) {
  RandomStream random(9, "test");
  GpHyperparameters theta = kernel.Initial();
  for (double& value : theta) value += 0.3 * random.Normal();
  return theta;
}

double Matern(double r) {
  const double s = std::sqrt(5.0) * r;
  return (1 + s + s * s / 3) * std::exp(-s);
}

TEST(GpKernelTest, CovarianceIsTheFormulaOfTheHeader) {
  const GpKernel kernel = Kernel();
  const GpHyperparameters theta = SomeHyperparameters(kernel);
  const GpInputs points = RandomInputs(4, 2, true);
  double squared = 0;
  const int dimension_of[] = {0, 1, 1, 2};
  for (Index f = 0; f < 4; ++f)
    squared += std::pow((points.x(f, 0) - points.x(f, 1)) / std::exp(theta[dimension_of[f]]), 2);
  const double expected = std::exp(theta[3]) * Matern(std::sqrt(squared)) +
                          points.linear.col(0).dot(points.linear.col(1));
  EXPECT_NEAR(kernel.Covariance(theta, points, points)(0, 1), expected, 1e-12);
  EXPECT_NEAR(kernel.Covariance(theta, points, points)(0, 0), kernel.Variance(theta, points)[0],
              1e-12);
}

// Whether there are linear features, and additive effects.
class GpGradientTest : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  bool with_linear() const { return std::get<0>(GetParam()); }
  GpKernel kernel() const {
    return Kernel(std::get<1>(GetParam()) ? GpKernel::Effects::kAdditive
                                          : GpKernel::Effects::kNone);
  }
};

TEST_P(GpGradientTest, OfTheLogPosteriorAgreesWithFiniteDifferences) {
  const GpKernel kernel = this->kernel();
  const GpInputs inputs = RandomInputs(4, 12, with_linear());
  const VectorXd y = RandomTargets(12);
  const GpHyperparameters theta = SomeHyperparameters(kernel);
  VectorXd gradient;
  ASSERT_TRUE(kernel.LogPosterior(theta, inputs, y, &gradient).has_value());
  for (Index i = 0; i < theta.size(); ++i) {
    constexpr double kStep = 1e-5;
    GpHyperparameters up = theta, down = theta;
    up[i] += kStep;
    down[i] -= kStep;
    const double slope = (*kernel.LogPosterior(up, inputs, y, nullptr) -
                          *kernel.LogPosterior(down, inputs, y, nullptr)) /
                         (2 * kStep);
    EXPECT_NEAR(gradient[i], slope, 1e-5 * std::max(1.0, std::abs(slope))) << "parameter " << i;
  }
}

TEST_P(GpGradientTest, OfAPredictionAgreesWithFiniteDifferences) {
  const GpKernel kernel = this->kernel();
  const GaussianProcess process(kernel, SomeHyperparameters(kernel),
                                RandomInputs(4, 12, with_linear()), RandomTargets(12));
  GpInputs point{VectorXd(4), {}};
  point.x << 0.3, 0.6, 0.1, 0.8;
  if (with_linear()) point.linear = Eigen::Vector2d(0.4, -1.1);
  constexpr double kStep = 1e-5;
  const auto at = process.PredictWithGradient(point);
  const auto prediction = process.Predict(point);
  EXPECT_NEAR(at.mean, prediction.mean[0], 1e-9);
  EXPECT_NEAR(at.variance, prediction.variance[0], 1e-9);
  for (Index f = 0; f < 4; ++f) {
    GpInputs up = point, down = point;
    up.x(f, 0) += kStep;
    down.x(f, 0) -= kStep;
    const auto high = process.PredictWithGradient(up), low = process.PredictWithGradient(down);
    EXPECT_NEAR(at.mean_gradient[f], (high.mean - low.mean) / (2 * kStep), 1e-6);
    EXPECT_NEAR(at.variance_gradient[f], (high.variance - low.variance) / (2 * kStep), 1e-6);
  }
  for (Index l = 0; l < point.linear.rows(); ++l) {
    GpInputs up = point, down = point;
    up.linear(l, 0) += kStep;
    down.linear(l, 0) -= kStep;
    const auto high = process.PredictWithGradient(up), low = process.PredictWithGradient(down);
    EXPECT_NEAR(process.LinearCoefficients()[l], (high.mean - low.mean) / (2 * kStep), 1e-6);
    EXPECT_NEAR(at.variance_by_linear[l], (high.variance - low.variance) / (2 * kStep), 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutLinearFeaturesAndEffects, GpGradientTest,
                         testing::Combine(testing::Bool(), testing::Bool()));

TEST(GaussianProcessTest, PredictsAsTheTextbookFormula) {
  const GpKernel kernel = Kernel();
  const GpHyperparameters theta = SomeHyperparameters(kernel);
  const GpInputs inputs = RandomInputs(4, 10, false);
  const VectorXd y = RandomTargets(10);
  GpInputs point;
  point.x = VectorXd::Constant(4, 0.4);
  MatrixXd k = kernel.Covariance(theta, inputs, inputs);
  k.diagonal().array() += kernel.Noise(theta);
  const VectorXd cross = kernel.Covariance(theta, inputs, point);
  const auto prediction = GaussianProcess(kernel, theta, inputs, y).Predict(point);
  // Rasmussen, Williams 2006, equations 2.25 and 2.26.
  EXPECT_NEAR(prediction.mean[0], cross.dot(k.inverse() * y), 1e-9);
  EXPECT_NEAR(prediction.variance[0],
              kernel.Variance(theta, point)[0] - cross.dot(k.inverse() * cross), 1e-9);
}

TEST(GaussianProcessTest, PendingPointsLeaveMeansAndLowerVariances) {
  const GpKernel kernel = Kernel();
  const GpHyperparameters theta = SomeHyperparameters(kernel);
  const GpInputs all = RandomInputs(4, 12, false);
  GpInputs observed = all;
  observed.x = all.x.leftCols(10).eval();
  const VectorXd y = RandomTargets(10);
  const GaussianProcess without(kernel, theta, observed, y), with(kernel, theta, all, y);
  const GpInputs points = RandomInputs(4, 12, false);
  const auto before = without.Predict(points), after = with.Predict(points);
  EXPECT_LT((before.mean - after.mean).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_TRUE((after.variance.array() <= before.variance.array() + 1e-12).all());
  EXPECT_LT(after.variance[11], 0.5 * before.variance[11]) << "a pending point itself";
}

TEST(GaussianProcessTest, RepeatedPointsWithoutNoiseAreSurvivedByJitter) {
  const GpKernel kernel = Kernel();
  GpHyperparameters theta = kernel.Initial();
  theta[4] = -40;  // no noise
  GpInputs inputs;
  inputs.x = MatrixXd::Constant(4, 30, 0.5);
  const auto prediction =
      GaussianProcess(kernel, theta, inputs, VectorXd::Constant(30, 0.7)).Predict(inputs);
  EXPECT_TRUE(prediction.mean.allFinite());
  EXPECT_NEAR(prediction.mean[0], 0.7, 1e-3);
  EXPECT_TRUE((prediction.variance.array() > 0).all());
}

TEST(GaussianProcessTest, TargetsThatAreNotFiniteNeverPassTheFactor) {
  MatrixXd covariance = MatrixXd::Identity(3, 3);
  covariance(1, 1) = std::nan("");
  EXPECT_FALSE(FactorWithJitter(covariance).has_value());
}

TEST(FitHyperparametersTest, FindsOutWhichDimensionMatters) {
  const GpKernel kernel({0, 1, 2}, 3);
  RandomStream random(3, "test");
  GpInputs inputs;
  inputs.x.resize(3, 40);
  VectorXd y(40);
  for (Index i = 0; i < 40; ++i) {
    for (Index f = 0; f < 3; ++f) inputs.x(f, i) = random.Uniform();
    y[i] = std::sin(6 * inputs.x(1, i));
  }
  const GpHyperparameters theta = FitHyperparameters(kernel, inputs, y, {kernel.Initial()}, 60);
  EXPECT_LT(theta[1], theta[0] - 1);
  EXPECT_LT(theta[1], theta[2] - 1);
  EXPECT_LT(kernel.Noise(theta), 0.01);
}

TEST(FitHyperparametersTest, NeverEndsBelowItsStart) {
  const GpKernel kernel = Kernel();
  const GpInputs inputs = RandomInputs(4, 15, false);
  const VectorXd y = RandomTargets(15);
  const GpHyperparameters start = kernel.Initial();
  const GpHyperparameters best = FitHyperparameters(kernel, inputs, y, {start}, 40);
  EXPECT_GE(*kernel.LogPosterior(best, inputs, y, nullptr),
            *kernel.LogPosterior(start, inputs, y, nullptr));
}

}  // namespace
}  // namespace faretto
