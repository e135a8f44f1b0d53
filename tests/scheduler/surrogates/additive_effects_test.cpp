#include "scheduler/surrogates/additive_effects.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "scheduler/surrogates/gaussian_process.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double Matern(double r) {
  const double s = std::sqrt(5.0) * r;
  return (1 + s + s * s / 3) * std::exp(-s);
}

// A number, a category of three choices, a number.
AdditiveEffects Effects() { return {{0, 1, 1, 1, 2}, 3}; }

MatrixXd Points() {
  MatrixXd x(5, 3);
  x.col(0) << 0.1, 1, 0, 0, 0.9;
  x.col(1) << 0.7, 0, 0, 1, 0.2;
  x.col(2) << 0.7, 0, 0, 1, 0.8;
  return x;
}

VectorXd Theta() {
  VectorXd theta(5);
  theta << -0.7, 0.2, 0.4, 0.3, -0.2;
  return theta;
}

MatrixXd Covariance(const AdditiveEffects& effects, const VectorXd& theta, const MatrixXd& x) {
  const AdditiveEffects::Points points = effects.Prepare(theta, x);
  MatrixXd covariance = MatrixXd::Zero(x.cols(), x.cols());
  effects.AddCovariance(theta, points, points, covariance);
  return covariance;
}

TEST(AdditiveEffectsTest, CovarianceIsTheFormulaOfTheHeader) {
  const VectorXd theta = Theta();
  const MatrixXd covariance = Covariance(Effects(), theta, Points());
  const auto expected = [&](double first, double category, double last) {
    const double m[] = {Matern(first / std::exp(theta[0])), Matern(category / std::exp(theta[1])),
                        Matern(last / std::exp(theta[2]))};
    return std::exp(theta[3]) * (m[0] + m[1] + m[2]) / 3 +
           std::exp(theta[4]) * (m[0] * m[1] + m[0] * m[2] + m[1] * m[2]) / 3;
  };
  EXPECT_NEAR(covariance(0, 1), expected(0.6, 1, 0.7), 1e-14);
  EXPECT_NEAR(covariance(2, 1), expected(0, 0, 0.6), 1e-14);
  EXPECT_NEAR(covariance(0, 0), expected(0, 0, 0), 1e-14);
  EXPECT_NEAR(covariance(0, 0), Effects().Variance(theta), 1e-14);
  EXPECT_EQ(covariance, covariance.transpose());
}

TEST(AdditiveEffectsTest, OneDimensionHasNoPairs) {
  const AdditiveEffects effects({0}, 1);
  const VectorXd theta = VectorXd::Zero(effects.size());
  const MatrixXd x = MatrixXd::Constant(1, 2, 0.5);
  EXPECT_NEAR(Covariance(effects, theta, x)(0, 1), 1, 1e-14);
  EXPECT_EQ(effects.Variance(theta), 1);
}

TEST(AdditiveEffectsTest, InactiveCategoriesAreAChoiceOfTheirOwn) {
  MatrixXd x = Points();
  x.col(0).segment(1, 3).setZero();
  x.col(2).segment(1, 3).setZero();
  x.col(2)[0] = x.col(0)[0];
  x.col(2)[4] = x.col(0)[4];
  const MatrixXd covariance = Covariance(Effects(), Theta(), x);
  EXPECT_NEAR(covariance(0, 2), covariance(0, 0), 1e-14);
  EXPECT_LT(covariance(0, 1), covariance(0, 0));
}

// The shortest lengthscale there is must not overflow where exponentials are multiplied.
TEST(AdditiveEffectsTest, ShortLengthscalesAreFinite) {
  VectorXd theta = Theta();
  theta.head(3).setConstant(std::log(0.02));
  MatrixXd x = Points();
  x(0, 0) = 0;
  x(0, 1) = 1;
  const MatrixXd covariance = Covariance(Effects(), theta, x);
  EXPECT_TRUE(covariance.allFinite());
  EXPECT_NEAR(covariance(0, 1), 0, 1e-12);
}

// Eight categories of four choices with a value each, and one for each pair of neighbours, seen
// with noise: what 200 points tell of others.
struct NoisySums {
  MatrixXd x{32, 400};
  VectorXd y{400}, truth{400};

  NoisySums() {
    RandomStream random(11, "test");
    const auto table = [&](Index size) {
      VectorXd values(size);
      for (double& value : values) value = random.Normal();
      return values;
    };
    const VectorXd alone = table(32), pairs = table(64);
    x.setZero();
    for (Index i = 0; i < x.cols(); ++i) {
      Index choice[8];
      double sum = 0;
      for (Index d = 0; d < 8; ++d) {
        choice[d] = std::min<Index>(3, static_cast<Index>(4 * random.Uniform()));
        x(4 * d + choice[d], i) = std::sqrt(0.5);
        sum += 0.25 * alone[4 * d + choice[d]];
      }
      for (Index d = 0; d < 8; d += 2) sum += 0.4 * pairs[8 * d + 4 * choice[d] + choice[d + 1]];
      truth[i] = sum;
      y[i] = truth[i] + 0.2 * random.Normal();
    }
  }

  static GpKernel Kernel(GpKernel::Effects effects) {
    std::vector<int> dimension_of;
    for (int f = 0; f < 32; ++f) dimension_of.push_back(f / 4);
    return {dimension_of, 8, {}, effects};
  }

  double Error(GpKernel::Effects effects) const {
    const GpKernel kernel = Kernel(effects);
    const GpInputs seen{x.leftCols(200), {}}, others{x.rightCols(200), {}};
    const GpHyperparameters theta =
        FitHyperparameters(kernel, seen, y.head(200), {kernel.Initial()}, 40);
    const GaussianProcess process(kernel, theta, seen, y.head(200));
    return std::sqrt((process.Mean(others) - truth.tail(200)).squaredNorm() / 200);
  }
};

// What a search has not seen must not look certain because what it saw is all alike.
TEST(AdditiveEffectsTest, VariancesStayLargeWhereResultsAreAlike) {
  const NoisySums data;
  const GpKernel kernel = NoisySums::Kernel(GpKernel::Effects::kAdditive);
  const GpHyperparameters theta = FitHyperparameters(
      kernel, {data.x.leftCols(10), {}}, 0.01 * data.y.head(10), {kernel.Initial()}, 100);
  EXPECT_LT(theta[kernel.dimensions()], 0) << "the signal's shrinks";
  EXPECT_GT(theta.tail(2).minCoeff(), 1);
}

TEST(AdditiveEffectsTest, NoisySumsAreLearnedFromFewPoints) {
  const NoisySums data;
  const double with = data.Error(GpKernel::Effects::kAdditive);
  const double without = data.Error(GpKernel::Effects::kNone);
  EXPECT_LT(with, 0.8 * without) << with << " " << without;
}

}  // namespace
}  // namespace faretto
