#include "scheduler/surrogates/rung_process.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Fitted, as in a study.
GaussianProcess Fitted(std::size_t, GpInputs inputs, const VectorXd& y) {
  const GpKernel kernel({0, 1}, 2);
  GpInputs observed{inputs.x.leftCols(y.size()), {}};
  if (inputs.linear.rows() > 0) observed.linear = inputs.linear.leftCols(y.size());
  GpHyperparameters theta = FitHyperparameters(kernel, observed, y, {kernel.Initial()}, 60);
  return GaussianProcess(kernel, std::move(theta), std::move(inputs), y);
}

double Low(const VectorXd& x) { return std::sin(5 * x[0]) + x[1]; }
double High(const VectorXd& x) { return 0.6 * Low(x) + 0.5 + 0.05 * x[0]; }
double Unrelated(const VectorXd& x) { return std::cos(3 * x[1]) - x[0]; }

// Forty results at the low rung, the first of them also at the high one.
struct TwoRungs {
  std::vector<RungTargets> rungs;
  MatrixXd fresh;  // points without results

  TwoRungs(double (*high)(const VectorXd&), Index at_high) {
    RandomStream random(4, "test");
    MatrixXd x(2, 40);
    for (double& value : x.reshaped()) value = random.Uniform();
    fresh.resize(2, 20);
    for (double& value : fresh.reshaped()) value = random.Uniform();
    RungTargets low{x, VectorXd(40), {}, 1};
    for (Index i = 0; i < 40; ++i) low.y[i] = Low(x.col(i));
    RungTargets top{x.leftCols(at_high), VectorXd(at_high), {}, 1};
    for (Index i = 0; i < at_high; ++i) {
      top.y[i] = high(x.col(i));
      top.known.push_back({low.y[i]});
    }
    rungs = {low, top};
  }
  double Error(const RungProcess& process, double (*high)(const VectorXd&)) const {
    const VectorXd mean = process.Mean(fresh);
    double sum = 0;
    for (Index i = 0; i < fresh.cols(); ++i) sum += std::pow(mean[i] - high(fresh.col(i)), 2);
    return std::sqrt(sum / static_cast<double>(fresh.cols()));
  }
};

TEST(RungProcessTest, OneRungIsTheProcessItself) {
  const TwoRungs data(&High, 6);
  const RungTargets& low = data.rungs[0];
  const RungProcess chain({low}, MatrixXd(2, 0), {}, &Fitted);
  const auto alone = Fitted(0, {low.x, {}}, low.y).Predict({data.fresh, {}});
  const auto prediction = chain.Predict(data.fresh);
  EXPECT_TRUE(prediction.mean.isApprox(alone.mean, 1e-12));
  EXPECT_TRUE(prediction.variance.isApprox(alone.variance, 1e-12));
}

TEST(RungProcessTest, FewHighResultsSufficeWhereLowOnesAreRelated) {
  const TwoRungs data(&High, 6);
  const RungProcess chain(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  const RungProcess alone({data.rungs[1]}, MatrixXd(2, 0), {}, &Fitted);
  EXPECT_LT(data.Error(chain, &High), 0.1);
  EXPECT_LT(data.Error(chain, &High), 0.4 * data.Error(alone, &High));
}

TEST(RungProcessTest, LowResultsDoLittleHarmWhereTheyAreUnrelated) {
  const TwoRungs data(&Unrelated, 25);
  const RungProcess chain(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  const RungProcess alone({data.rungs[1]}, MatrixXd(2, 0), {}, &Fitted);
  EXPECT_LT(data.Error(chain, &Unrelated), data.Error(alone, &Unrelated) + 0.05);
}

TEST(RungProcessTest, AKnownValueBelowReplacesItsPrediction) {
  const TwoRungs data(&High, 12);
  const RungProcess chain(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  const MatrixXd x = data.fresh.leftCols(1);
  const auto guessed = chain.Predict(x), told = chain.Predict(x, {{Low(x.col(0)) + 1}});
  EXPECT_NEAR(told.mean[0] - guessed.mean[0], 0.6, 0.15) << "rho times what is told";
}

TEST(RungProcessTest, AResultWithoutOneBelowCountsAsWell) {
  TwoRungs data(&High, 12);
  data.rungs[1].known[3] = {};
  data.rungs[1].known[7] = {};
  const RungProcess chain(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  EXPECT_LT(data.Error(chain, &High), 0.15);
}

TEST(RungProcessTest, WhatIsKnownOnlyAtTheTopIsSureThere) {
  TwoRungs data(&High, 25);
  data.rungs[0].x = data.rungs[0].x.rightCols(5).eval();
  data.rungs[0].y = data.rungs[0].y.tail(5).eval();
  for (KnownBelow& known : data.rungs[1].known) known = {};
  const RungProcess chain(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  const auto prediction = chain.Predict(data.rungs[1].x);
  EXPECT_LT(prediction.variance.cwiseSqrt().maxCoeff(), 0.1);
}

TEST(RungProcessTest, AResultBelowTakesAwayWhatIsUncertainThere) {
  const TwoRungs related(&High, 12), unrelated(&Unrelated, 25);
  const RungProcess chain(related.rungs, MatrixXd(2, 0), {}, &Fitted);
  const auto prediction = chain.Predict(related.fresh);
  ASSERT_EQ(prediction.variance_after.cols(), 2);
  const VectorXd after = prediction.variance_after.col(0);
  EXPECT_TRUE((after.array() < prediction.variance.array()).all());
  EXPECT_TRUE((prediction.variance_after.col(1).array() == 0).all()) << "at the top itself";
  // As much is left as if the expected value had been reported.
  const VectorXd low =
      Fitted(0, {related.rungs[0].x, {}}, related.rungs[0].y).Mean({related.fresh, {}});
  std::vector<KnownBelow> known;
  for (const double value : low) known.push_back({value});
  const auto told = chain.Predict(related.fresh, known);
  EXPECT_TRUE(told.variance.isApprox(after, 1e-9));
  EXPECT_EQ(told.variance_after.col(0), told.variance) << "nothing new is learned there";

  const auto alone =
      RungProcess(unrelated.rungs, MatrixXd(2, 0), {}, &Fitted).Predict(unrelated.fresh);
  EXPECT_GT(alone.variance_after.col(0).sum(), 0.8 * alone.variance.sum());
}

TEST(RungProcessTest, APendingPointGoesOnFromWhatIsKnownOfIt) {
  const TwoRungs data(&High, 12);
  std::vector<double> below;  // the linear feature of the pending point at the high rung
  for (const double value : {0.2, 0.7}) {
    RungProcess(data.rungs, data.fresh.leftCols(1), {{value}},
                [&](std::size_t k, GpInputs inputs, const VectorXd& y) {
                  if (k == 1) below.push_back(inputs.linear(0, y.size()));
                  return Fitted(k, std::move(inputs), y);
                });
  }
  EXPECT_NEAR(below[1] - below[0], 0.5 * 0.5, 1e-9) << "the prior's spread times what is known";
}

TEST(RungProcessTest, PendingPointsLeaveMeansAndLowerVariances) {
  const TwoRungs data(&High, 12);
  // The same hyperparameters for both: pending points are no part of a fit.
  const RungProcess without(data.rungs, MatrixXd(2, 0), {}, &Fitted);
  const RungProcess with(data.rungs, data.fresh.leftCols(2), {{}, {0.4}}, &Fitted);
  EXPECT_TRUE(with.Mean(data.fresh).isApprox(without.Mean(data.fresh), 1e-6));
  const auto before = without.Predict(data.fresh), after = with.Predict(data.fresh);
  EXPECT_TRUE((after.variance.array() <= before.variance.array() + 1e-9).all());
  EXPECT_LT(after.variance[0], before.variance[0]);
}

TEST(RungProcessTest, TheGradientAgreesWithFiniteDifferences) {
  const TwoRungs data(&High, 12);
  std::vector<RungTargets> three = data.rungs;
  three.push_back({three[1].x.leftCols(5), 0.8 * three[1].y.head(5), {}, 0.9});
  for (Index i = 0; i < 5; ++i) three[2].known.push_back({1, three[1].y[i]});
  const RungProcess chain(three, MatrixXd(2, 0), {}, &Fitted);
  const VectorXd x = data.fresh.col(1);
  const auto at = chain.PredictWithGradient(x);
  const auto prediction = chain.Predict(x);
  EXPECT_NEAR(at.mean, prediction.mean[0], 1e-9);
  EXPECT_NEAR(at.variance, prediction.variance[0], 1e-9);
  for (Index f = 0; f < 2; ++f) {
    constexpr double kStep = 1e-5;
    VectorXd up = x, down = x;
    up[f] += kStep;
    down[f] -= kStep;
    const auto high = chain.PredictWithGradient(up), low = chain.PredictWithGradient(down);
    EXPECT_NEAR(at.mean_gradient[f], (high.mean - low.mean) / (2 * kStep), 1e-5);
    EXPECT_NEAR(at.variance_gradient[f], (high.variance - low.variance) / (2 * kStep), 1e-5);
  }
}

}  // namespace
}  // namespace faretto
