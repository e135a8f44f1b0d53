// Exact Gaussian-process regression over (configuration, resource) for one metric.
//
//   k((x,t),(x',t')) = s M(|x - x'|_l) M(|t - t'| / l_t) + b M(|t - t'| / 0.5)
//
// with the Matern-5/2 function M, one lengthscale for each dimension of the features, signal
// variance s and noise variance v. t is the position of the resource on a log scale, 0 at the
// lowest rung and 1 at the highest; the second term is the learning curve that all configurations
// share. With all t equal the kernel is s M(|x - x'|_l) alone.
//
// Targets are expected standardised (mean 0, variance 1). Lengthscales have the dimension-scaled
// log-normal prior of Hvarfner, Hellsten, Nardi, "Vanilla Bayesian optimization performs great in
// high dimensions", ICML 2024 (mu = sqrt 2 + log(D) / 2, sigma = sqrt 3); the noise variance is
// log-normal(-4, 1) as in BoTorch, s and b are log-normal around 1.
// Thread safety: pure functions and immutable values.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/json.h"

namespace faretto {

// Points on which a process is defined. `x`: one column a point (features x points), so that a
// point is contiguous; `t`: empty where all points have the same resource.
struct GpInputs {
  Eigen::MatrixXd x;
  Eigen::VectorXd t;

  Eigen::Index size() const { return x.cols(); }
  bool has_resource() const { return t.size() > 0; }
};

// Natural logarithms, in the order: one lengthscale for each dimension, signal variance, noise
// variance, and with resources their lengthscale and the variance of the shared curve.
using GpHyperparameters = Eigen::VectorXd;

// dimension_of[column of x] -> lengthscale.
class GpKernel {
 public:
  GpKernel(std::vector<int> dimension_of, int dimensions, bool with_resource);

  int dimensions() const { return dimensions_; }
  int size() const { return dimensions_ + (with_resource_ ? 4 : 2); }
  bool with_resource() const { return with_resource_; }
  // Mode of the priors.
  GpHyperparameters Initial() const;
  GpHyperparameters Lowest() const;
  GpHyperparameters Highest() const;

  // The columns of x divided by their lengthscales.
  Eigen::MatrixXd Scale(const GpHyperparameters& theta, const Eigen::MatrixXd& x) const;
  // Cross-covariance, a.size() x b.size(), without noise.
  Eigen::MatrixXd Covariance(const GpHyperparameters& theta, const GpInputs& a,
                             const GpInputs& b) const;
  // Prior variance of a point, without noise.
  double Variance(const GpHyperparameters& theta) const;
  double Noise(const GpHyperparameters& theta) const;

  // log p(y | theta) + log p(theta), and its gradient. Nothing if no jitter makes the covariance
  // positive definite. O(n^3).
  std::optional<double> LogPosterior(const GpHyperparameters& theta, const GpInputs& inputs,
                                     const Eigen::VectorXd& y, Eigen::VectorXd* gradient) const;
  double LogPrior(const GpHyperparameters& theta, Eigen::VectorXd* gradient) const;

 private:
  std::vector<int> dimension_of_;
  int dimensions_;
  bool with_resource_;
};

// Maximum a-posteriori hyperparameters by L-BFGS from each start; the best of them, or Initial() if
// none can be evaluated. `evaluations` bounds the work of each start.
GpHyperparameters FitHyperparameters(const GpKernel& kernel, const GpInputs& inputs,
                                     const Eigen::VectorXd& y,
                                     const std::vector<GpHyperparameters>& starts, int evaluations);

// The process given data. Points beyond the targets are pending: their targets are taken to be
// their posterior means, which leaves every mean as it is and lowers variances.
class GaussianProcess {
 public:
  GaussianProcess(GpKernel kernel, GpHyperparameters theta, GpInputs inputs,
                  const Eigen::VectorXd& y);

  struct Prediction {
    Eigen::VectorXd mean;
    Eigen::VectorXd variance;  // of the noise-free value; positive
  };
  Prediction Predict(const GpInputs& points) const;
  Eigen::VectorXd Mean(const GpInputs& points) const;
  double noise() const { return kernel_.Noise(theta_); }

  // At one point (columns() features, resource t), with derivatives by the features.
  struct PointPrediction {
    double mean = 0;
    double variance = 0;
    Eigen::VectorXd mean_gradient;
    Eigen::VectorXd variance_gradient;
  };
  PointPrediction PredictWithGradient(const Eigen::VectorXd& x, double t) const;

  const GpHyperparameters& hyperparameters() const { return theta_; }

 private:
  GpKernel kernel_;
  GpHyperparameters theta_;
  GpInputs inputs_;
  Eigen::MatrixXd scaled_;  // inputs_.x divided by the lengthscales
  Eigen::LLT<Eigen::MatrixXd> cholesky_;
  Eigen::VectorXd weights_;  // K^-1 y over the observed points
};

// Cholesky factor of `covariance` + jitter * diagonal scale, the jitter raised tenfold from 1e-10
// until it succeeds; nothing beyond 1e-2.
std::optional<Eigen::LLT<Eigen::MatrixXd>> FactorWithJitter(const Eigen::MatrixXd& covariance);

}  // namespace faretto
