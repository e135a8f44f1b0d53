#include "scheduler/surrogates/gaussian_process.h"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Eigen chooses the block sizes of its sums by the caches that it finds. With fixed sizes the last
// digits, and so the suggestions, are the same on every processor of an instruction set.
[[maybe_unused]] const bool kFixedBlocks = [] {
  Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 16 << 20);
  return true;
}();

struct FitProblem {
  const GpKernel& kernel;
  const GpInputs& inputs;
  const VectorXd& y;
  GpHyperparameters best;
  double best_value = -std::numeric_limits<double>::infinity();
};

// The objective for NLopt. A covariance that cannot be factored counts as infinitely bad.
double Evaluate(unsigned n, const double* theta, double* gradient, void* data) {
  auto& problem = *static_cast<FitProblem*>(data);
  const GpHyperparameters point = Eigen::Map<const VectorXd>(theta, n);
  VectorXd slopes;
  const auto value =
      problem.kernel.LogPosterior(point, problem.inputs, problem.y, gradient ? &slopes : nullptr);
  if (gradient) {
    Eigen::Map<VectorXd> out(gradient, n);
    if (value) {
      out = slopes;
    } else {
      out.setZero();
    }
  }
  if (!value) return -1e10;
  if (*value > problem.best_value) {
    problem.best_value = *value;
    problem.best = point;
  }
  return *value;
}

}  // namespace

std::optional<Eigen::LLT<MatrixXd>> FactorWithJitter(const MatrixXd& covariance) {
  if (!covariance.allFinite()) return std::nullopt;
  Eigen::LLT<MatrixXd> cholesky(covariance);
  const double scale = covariance.diagonal().mean();
  for (double jitter = 1e-10; cholesky.info() != Eigen::Success; jitter *= 10) {
    if (jitter > 1e-2) return std::nullopt;
    MatrixXd shifted = covariance;
    shifted.diagonal().array() += jitter * scale;
    cholesky.compute(shifted);
  }
  return cholesky;
}

GpHyperparameters FitHyperparameters(const GpKernel& kernel, const GpInputs& inputs,
                                     const VectorXd& y,
                                     const std::vector<GpHyperparameters>& starts,
                                     int evaluations) {
  FitProblem problem{kernel, inputs, y, kernel.Initial()};
  const GpHyperparameters low = kernel.Lowest(), high = kernel.Highest();
  for (const GpHyperparameters& start : starts) {
    const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
        nlopt_create(NLOPT_LD_LBFGS, static_cast<unsigned>(kernel.size())), &nlopt_destroy);
    nlopt_set_lower_bounds(search.get(), low.data());
    nlopt_set_upper_bounds(search.get(), high.data());
    nlopt_set_max_objective(search.get(), &Evaluate, &problem);
    nlopt_set_maxeval(search.get(), evaluations);
    nlopt_set_ftol_abs(search.get(), 1e-3);
    GpHyperparameters theta = start.cwiseMax(low).cwiseMin(high);
    double value = 0;
    // Its result is not needed: `problem` keeps the best point, which stands even if the line
    // search gives up.
    nlopt_optimize(search.get(), theta.data(), &value);
  }
  return problem.best;
}

GaussianProcess::GaussianProcess(GpKernel kernel, GpHyperparameters theta, GpInputs inputs,
                                 const VectorXd& y)
    : kernel_(std::move(kernel)), theta_(std::move(theta)), inputs_(std::move(inputs)) {
  const Index observed = y.size(), all = inputs_.size();
  scaled_ = kernel_.Scale(theta_, inputs_.x);
  effects_ = kernel_.PrepareEffects(theta_, inputs_);
  MatrixXd covariance = kernel_.Covariance(theta_, inputs_, effects_, inputs_);
  covariance.diagonal().array() += kernel_.Noise(theta_);
  auto cholesky = FactorWithJitter(covariance);
  if (!cholesky) {
    // Nothing can be learned from these points, so the process stays at its prior.
    covariance.setIdentity();
    cholesky = FactorWithJitter(covariance * 1e12);
  }
  cholesky_ = std::move(*cholesky);
  // The leading block of the factor is the factor of the observed points' covariance.
  weights_ = VectorXd::Zero(all);
  const auto lower = cholesky_.matrixLLT().topLeftCorner(observed, observed);
  VectorXd solved = lower.triangularView<Eigen::Lower>().solve(y);
  lower.triangularView<Eigen::Lower>().adjoint().solveInPlace(solved);
  weights_.head(observed) = solved;
  MatrixXd linear = inputs_.linear.leftCols(inputs_.linear.rows() > 0 ? observed : 0).transpose();
  if (linear.rows() > 0) lower.triangularView<Eigen::Lower>().solveInPlace(linear);
  linear_variances_ = 1 - linear.colwise().squaredNorm().transpose().array();
}

GaussianProcess::Prediction GaussianProcess::Predict(const GpInputs& points) const {
  MatrixXd cross = kernel_.Covariance(theta_, inputs_, effects_, points);
  Prediction prediction;
  prediction.mean = cross.transpose() * weights_;
  cholesky_.matrixL().solveInPlace(cross);
  const VectorXd prior = kernel_.Variance(theta_, points);
  prediction.variance = (prior - cross.colwise().squaredNorm().transpose()).cwiseMax(1e-12 * prior);
  return prediction;
}

VectorXd GaussianProcess::Mean(const GpInputs& points) const {
  return kernel_.Covariance(theta_, inputs_, effects_, points).transpose() * weights_;
}

GaussianProcess::PointPrediction GaussianProcess::PredictWithGradient(const GpInputs& point) const {
  const VectorXd cross = kernel_.Covariance(theta_, inputs_, effects_, point);
  const VectorXd solved = cholesky_.solve(cross);
  PointPrediction prediction;
  prediction.mean = cross.dot(weights_);
  const double prior = kernel_.Variance(theta_, point)[0];
  prediction.variance = std::max(prior - cross.dot(solved), 1e-12 * prior);

  // d k_i / d x_f = -s slope(r_i) (z_f - z_if) / l_f, slope = -2 dM/d(r^2).
  const VectorXd z = kernel_.Scale(theta_, point.x);
  const MatrixXd difference = z.replicate(1, scaled_.cols()) - scaled_;
  const Eigen::ArrayXd r = (5 * difference.colwise().squaredNorm().transpose().array()).sqrt();
  const Eigen::ArrayXd slope =
      (1 + r) * (-r).exp() * (5.0 / 3) * std::exp(theta_[kernel_.dimensions()]);
  const VectorXd ones = VectorXd::Ones(point.x.rows());
  const VectorXd inverse_lengthscale = kernel_.Scale(theta_, ones);
  const VectorXd by_mean = difference * (slope * weights_.array()).matrix();
  const VectorXd by_variance = difference * (slope * solved.array()).matrix();
  prediction.mean_gradient = -by_mean.cwiseProduct(inverse_lengthscale);
  prediction.variance_gradient = 2 * by_variance.cwiseProduct(inverse_lengthscale);
  if (const auto& effects = kernel_.effects()) {
    const VectorXd own = kernel_.OfEffects(theta_);
    MatrixXd weights(weights_.size(), 2);
    weights << weights_, solved;
    const MatrixXd by_effects =
        effects->SlopeAt(own, effects_, kernel_.PrepareEffects(theta_, point), weights);
    prediction.mean_gradient += by_effects.col(0);
    prediction.variance_gradient -= 2 * by_effects.col(1);
  }
  if (point.linear.rows() > 0)
    prediction.variance_by_linear = 2 * (point.linear.col(0) - inputs_.linear * solved);
  return prediction;
}

}  // namespace faretto
