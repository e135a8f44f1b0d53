#include <cmath>
#include <numbers>

#include "scheduler/surrogates/gaussian_process.h"

namespace faretto {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// BoTorch's log-normal prior of the noise variance; e^-3 and e^-6 search as well
// (benchmarks/notes/lengthscale-priors.md).
constexpr double kNoiseMean = -4, kNoiseSd = 1;
// Log-normal priors of additive effects: of their variances relative to the median of the signal's,
// and of their lengthscales (measured: benchmarks/notes/effects.md).
constexpr double kEffectMean = 3, kEffectSd = 0.5;
constexpr double kEffectLengthscaleMean = 0, kEffectLengthscaleSd = 1;

// |a_i - b_j|^2 by one matrix product.
MatrixXd SquaredDistances(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd squared = -2 * (a.transpose() * b);
  squared.colwise() += a.colwise().squaredNorm().transpose();
  squared.rowwise() += b.colwise().squaredNorm();
  return squared.cwiseMax(0);
}

// Squared distances become the Matern-5/2 of the distance; -2 d/d(r^2) of it goes to `slope` where
// given. Column by column, so that temporaries stay in the cache.
void ToMatern(MatrixXd& squared, MatrixXd* slope) {
  if (slope) slope->resize(squared.rows(), squared.cols());
  ArrayXd r, decay;
  for (Index j = 0; j < squared.cols(); ++j) {
    auto column = squared.col(j).array();
    r = (5 * column).sqrt();
    decay = (-r).exp();
    if (slope) slope->col(j) = (1 + r) * decay * (5.0 / 3);
    column = (1 + r + column * (5.0 / 3)) * decay;
  }
}

}  // namespace

GpKernel::GpKernel(std::vector<int> dimension_of, int dimensions, GpSignalPrior signal,
                   Effects effects)
    : dimension_of_(std::move(dimension_of)), dimensions_(dimensions), signal_(signal) {
  if (effects == Effects::kAdditive) effects_.emplace(dimension_of_, dimensions_);
}

VectorXd GpKernel::OfEffects(const GpHyperparameters& theta) const {
  return theta.tail(size() - dimensions_ - 2);
}

GpHyperparameters GpKernel::Initial() const {
  GpHyperparameters theta = VectorXd::Zero(size());
  // Mode of the log-normal density: exp(mu - sigma^2).
  theta.head(dimensions_).setConstant(std::numbers::sqrt2 + 0.5 * std::log(dimensions_) - 3);
  theta[dimensions_] = signal_.mean;
  theta[dimensions_ + 1] = kNoiseMean - kNoiseSd * kNoiseSd;
  if (effects_) {
    theta.tail(effects_->size()).setConstant(kEffectLengthscaleMean);
    theta.tail(2).setConstant(signal_.mean + kEffectMean);
  }
  return theta;
}

GpHyperparameters GpKernel::Lowest() const {
  GpHyperparameters theta = VectorXd::Constant(size(), -9);
  theta.head(dimensions_).setConstant(std::log(0.02));
  theta[dimensions_ + 1] = std::log(1e-6);
  if (effects_) theta.segment(dimensions_ + 2, dimensions_).setConstant(std::log(0.02));
  return theta;
}

GpHyperparameters GpKernel::Highest() const {
  GpHyperparameters theta = VectorXd::Constant(size(), 4);
  theta.head(dimensions_).setConstant(std::log(1e3));
  theta[dimensions_ + 1] = 0;
  if (effects_) theta.segment(dimensions_ + 2, dimensions_).setConstant(std::log(1e3));
  return theta;
}

MatrixXd GpKernel::Scale(const GpHyperparameters& theta, const MatrixXd& x) const {
  VectorXd inverse(x.rows());
  for (Index f = 0; f < x.rows(); ++f)
    inverse[f] = std::exp(-theta[dimension_of_[static_cast<std::size_t>(f)]]);
  return inverse.asDiagonal() * x;
}

VectorXd GpKernel::Variance(const GpHyperparameters& theta, const GpInputs& points) const {
  VectorXd variance = VectorXd::Constant(points.size(), std::exp(theta[dimensions_]));
  if (effects_) variance.array() += effects_->Variance(OfEffects(theta));
  if (points.linear.rows() > 0) variance += points.linear.colwise().squaredNorm().transpose();
  return variance;
}

double GpKernel::Noise(const GpHyperparameters& theta) const {
  return std::exp(theta[dimensions_ + 1]);
}

AdditiveEffects::Points GpKernel::PrepareEffects(const GpHyperparameters& theta,
                                                 const GpInputs& a) const {
  return effects_ ? effects_->Prepare(OfEffects(theta), a.x) : AdditiveEffects::Points{};
}

MatrixXd GpKernel::Covariance(const GpHyperparameters& theta, const GpInputs& a,
                              const GpInputs& b) const {
  return Covariance(theta, a, PrepareEffects(theta, a), b);
}

MatrixXd GpKernel::Covariance(const GpHyperparameters& theta, const GpInputs& a,
                              const AdditiveEffects::Points& effects_of_a,
                              const GpInputs& b) const {
  MatrixXd covariance = SquaredDistances(Scale(theta, a.x), Scale(theta, b.x));
  ToMatern(covariance, nullptr);
  covariance *= std::exp(theta[dimensions_]);
  if (effects_)
    effects_->AddCovariance(OfEffects(theta), effects_of_a, PrepareEffects(theta, b), covariance);
  if (a.linear.rows() > 0) covariance += a.linear.transpose() * b.linear;
  return covariance;
}

double GpKernel::LogPrior(const GpHyperparameters& theta, VectorXd* gradient) const {
  double sum = 0;
  const auto add = [&](Index i, double mean, double sd, bool density_of_exponential) {
    const double z = (theta[i] - mean) / sd;
    sum -= 0.5 * z * z + (density_of_exponential ? theta[i] : 0);
    if (gradient) (*gradient)[i] -= z / sd + (density_of_exponential ? 1 : 0);
  };
  const double mean = std::numbers::sqrt2 + 0.5 * std::log(dimensions_);
  for (Index d = 0; d < dimensions_; ++d) add(d, mean, std::sqrt(3.0), true);
  add(dimensions_, signal_.mean, signal_.sd, false);
  add(dimensions_ + 1, kNoiseMean, kNoiseSd, true);
  if (effects_) {
    for (Index d = 0; d < dimensions_; ++d)
      add(dimensions_ + 2 + d, kEffectLengthscaleMean, kEffectLengthscaleSd, false);
    for (Index i = size() - 2; i < size(); ++i)
      add(i, signal_.mean + kEffectMean, kEffectSd, false);
  }
  return sum;
}

std::optional<double> GpKernel::LogPosterior(const GpHyperparameters& theta, const GpInputs& inputs,
                                             const VectorXd& y, VectorXd* gradient) const {
  const Index n = inputs.size();
  const MatrixXd scaled = Scale(theta, inputs.x);
  MatrixXd base = SquaredDistances(scaled, scaled), slope;
  ToMatern(base, gradient ? &slope : nullptr);
  const double signal = std::exp(theta[dimensions_]);
  base *= signal;
  slope *= signal;
  MatrixXd covariance = base;
  const VectorXd own = OfEffects(theta);
  const AdditiveEffects::Points points = PrepareEffects(theta, inputs);
  if (effects_) effects_->AddCovariance(own, points, points, covariance);
  if (inputs.linear.rows() > 0) covariance += inputs.linear.transpose() * inputs.linear;
  covariance.diagonal().array() += Noise(theta);
  const auto cholesky = FactorWithJitter(covariance);
  if (!cholesky) return std::nullopt;
  const VectorXd alpha = cholesky->solve(y);
  const double log_determinant = 2 * cholesky->matrixLLT().diagonal().array().log().sum();
  double value = -0.5 * (y.dot(alpha) + log_determinant +
                         static_cast<double>(n) * std::log(2 * std::numbers::pi));
  if (gradient) {
    // d/dtheta = 1/2 tr((alpha alpha^T - K^-1) dK/dtheta); Rasmussen, Williams 2006, eq. 5.9.
    MatrixXd w = alpha * alpha.transpose() - cholesky->solve(MatrixXd::Identity(n, n));
    gradient->setZero(size());
    (*gradient)[dimensions_] = 0.5 * (w.array() * base.array()).sum();
    (*gradient)[dimensions_ + 1] = 0.5 * w.trace() * Noise(theta);
    if (effects_) gradient->tail(own.size()) = 0.5 * effects_->Gradient(own, points, w);
    w.array() *= slope.array();
    const VectorXd row_sums = w.rowwise().sum();
    const MatrixXd product = scaled * w;
    const VectorXd by_column = scaled.array().square().matrix() * row_sums -
                               (product.array() * scaled.array()).rowwise().sum().matrix();
    for (Index f = 0; f < by_column.size(); ++f)
      (*gradient)[dimension_of_[static_cast<std::size_t>(f)]] += by_column[f];
  }
  value += LogPrior(theta, gradient);
  if (!std::isfinite(value) || (gradient && !gradient->allFinite())) return std::nullopt;
  return value;
}

}  // namespace faretto
