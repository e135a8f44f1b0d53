// Exact Gaussian-process regression over configurations for one metric.
//
//   k(x, x') = s M(|x - x'|_l) + h(x)^T h(x') + additive effects
//
// with the Matern-5/2 function M, one lengthscale for each dimension of the features, signal
// variance s and noise variance v. h are linear features with unit prior variance, if the points
// have some (Rasmussen, Williams, "Gaussian processes for machine learning", 2006, section 2.7).
// Additive effects (additive_effects.h) are there on request.
//
// Targets are expected standardised (mean 0, variance 1). Lengthscales have the dimension-scaled
// log-normal prior of Hvarfner, Hellsten, Nardi, "Vanilla Bayesian optimization performs great in
// high dimensions", ICML 2024 (mu = sqrt 2 + log(D) / 2, sigma = sqrt 3); the noise variance is
// log-normal(-4, 1) as in BoTorch, s is log-normal, around 1 unless said otherwise. Effects have
// lengthscales log-normal(0, 1) and variances close to e^3 times the median of the prior of s: what
// is not known of them must stay uncertain, or a search settles for the effects that it saw first
// (docs/search.md).
// Thread safety: pure functions and immutable values.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <optional>
#include <vector>

#include "scheduler/surrogates/additive_effects.h"

namespace faretto {

// Points on which a process is defined, one column a point, so that a point is contiguous.
struct GpInputs {
  Eigen::MatrixXd x;       // features x points
  Eigen::MatrixXd linear;  // linear features x points; empty: there are none

  Eigen::Index size() const { return x.cols(); }
};

// Natural logarithms, in the order: one lengthscale for each dimension, signal variance, noise
// variance, those of the effects.
using GpHyperparameters = Eigen::VectorXd;

// Log-normal prior of the signal variance.
struct GpSignalPrior {
  double mean = 0;
  double sd = 1;
};

// dimension_of[column of x] -> lengthscale.
class GpKernel {
 public:
  enum class Effects { kNone, kAdditive };

  GpKernel(std::vector<int> dimension_of, int dimensions, GpSignalPrior signal = {},
           Effects effects = Effects::kNone);

  int dimensions() const { return dimensions_; }
  Eigen::Index size() const { return dimensions_ + 2 + (effects_ ? effects_->size() : 0); }
  // Mode of the priors.
  GpHyperparameters Initial() const;
  GpHyperparameters Lowest() const;
  GpHyperparameters Highest() const;

  // The columns of x divided by their lengthscales.
  Eigen::MatrixXd Scale(const GpHyperparameters& theta, const Eigen::MatrixXd& x) const;
  // Cross-covariance, a.size() x b.size(), without noise.
  Eigen::MatrixXd Covariance(const GpHyperparameters& theta, const GpInputs& a,
                             const GpInputs& b) const;
  // The same with what is prepared of `a`, for repeated use.
  Eigen::MatrixXd Covariance(const GpHyperparameters& theta, const GpInputs& a,
                             const AdditiveEffects::Points& effects_of_a, const GpInputs& b) const;
  // Empty without effects.
  AdditiveEffects::Points PrepareEffects(const GpHyperparameters& theta, const GpInputs& a) const;
  // Prior variance of each point, without noise.
  Eigen::VectorXd Variance(const GpHyperparameters& theta, const GpInputs& points) const;
  double Noise(const GpHyperparameters& theta) const;
  const std::optional<AdditiveEffects>& effects() const { return effects_; }
  Eigen::VectorXd OfEffects(const GpHyperparameters& theta) const;

  // log p(y | theta) + log p(theta), and its gradient. Nothing if no jitter makes the covariance
  // positive definite. O(n^3).
  std::optional<double> LogPosterior(const GpHyperparameters& theta, const GpInputs& inputs,
                                     const Eigen::VectorXd& y, Eigen::VectorXd* gradient) const;
  double LogPrior(const GpHyperparameters& theta, Eigen::VectorXd* gradient) const;

 private:
  std::vector<int> dimension_of_;
  int dimensions_;
  GpSignalPrior signal_;
  std::optional<AdditiveEffects> effects_;
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

  // Posterior means and variances of the coefficients of the linear features.
  Eigen::VectorXd LinearCoefficients() const { return inputs_.linear * weights_; }
  const Eigen::VectorXd& linear_variances() const { return linear_variances_; }

  // At one point, with derivatives by its features and by its linear features.
  struct PointPrediction {
    double mean = 0;
    double variance = 0;
    Eigen::VectorXd mean_gradient;
    Eigen::VectorXd variance_gradient;
    Eigen::VectorXd variance_by_linear;  // that of the mean: LinearCoefficients()
  };
  PointPrediction PredictWithGradient(const GpInputs& point) const;

 private:
  GpKernel kernel_;
  GpHyperparameters theta_;
  GpInputs inputs_;
  Eigen::MatrixXd scaled_;           // inputs_.x divided by the lengthscales
  AdditiveEffects::Points effects_;  // inputs_.x prepared
  Eigen::LLT<Eigen::MatrixXd> cholesky_;
  Eigen::VectorXd weights_;  // K^-1 y over the observed points
  Eigen::VectorXd linear_variances_;
};

// Cholesky factor of `covariance` + jitter * diagonal scale, the jitter raised tenfold from 1e-10
// until it succeeds; nothing beyond 1e-2.
std::optional<Eigen::LLT<Eigen::MatrixXd>> FactorWithJitter(const Eigen::MatrixXd& covariance);

}  // namespace faretto
