// One metric at all rungs, as a chain of Gaussian processes: the value at a rung is a multiple of
// the value at the rung below, plus a constant, plus a process of its own,
//
//   y_k(x) = rho_k y_{k-1}(x) + beta_k + delta_k(x)
//
// (Kennedy, O'Hagan, "Predicting the output from a complex computer code when fast approximations
// are available", Biometrika 2000, in the recursion of Le Gratiet, Garnier, "Recursive co-kriging
// model for design of computer experiments with multiple levels of fidelity", 2014). rho and beta
// have normal priors and are integrated out. Each rung has hyperparameters of its own: where low
// rungs say nothing about high ones, rho goes to 0 and the highest rung is modelled by itself.
// Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <Eigen/Dense>
#include <functional>
#include <vector>

#include "scheduler/surrogates/gaussian_process.h"

namespace faretto {

// What is known of a point beforehand: its value at a rung, in units of that rung.
struct KnownAt {
  int rung = -1;  // -1: nothing
  double value = 0;
};

// The results at one rung, in units of their own (mean 0, variance 1).
struct RungTargets {
  Eigen::MatrixXd x;           // features x results
  Eigen::VectorXd y;           // [result]
  std::vector<KnownAt> known;  // [result] at the highest rung below that has one
  double rho = 1;              // expected: the unit of the rung below in units of this one
};

class RungProcess {
 public:
  // Gives the process of rung k; points beyond the targets are pending.
  using Make = std::function<GaussianProcess(std::size_t k, GpInputs inputs,
                                             const Eigen::VectorXd& targets)>;
  // Rungs rise. `pending` (with what is known of each, or nothing) are taken to have their
  // predicted means at every rung above: no mean changes, variances fall. So are results at the
  // rungs where they have none: their own rung knows better.
  RungProcess(std::vector<RungTargets> rungs, const Eigen::MatrixXd& pending,
              const std::vector<KnownAt>& known_of_pending, const Make& make);

  // At the highest rung.
  struct Prediction {
    Eigen::VectorXd mean;
    Eigen::VectorXd variance;        // of the noise-free value
    Eigen::MatrixXd variance_after;  // points x rungs: what is left of it once that rung is known
  };
  // `known`: of each point, or empty.
  Prediction Predict(const Eigen::MatrixXd& x, const std::vector<KnownAt>& known = {}) const;
  Eigen::VectorXd Mean(const Eigen::MatrixXd& x, const std::vector<KnownAt>& known = {}) const;
  // At one point of which nothing is known, with derivatives by its features.
  GaussianProcess::PointPrediction PredictWithGradient(const Eigen::VectorXd& x) const;

 private:
  struct Rung {
    double rho;     // prior mean
    double centre;  // of the values below
    GaussianProcess process;

    // Inputs of points whose values at the rung below are `below`.
    GpInputs Inputs(const Eigen::MatrixXd& x, const Eigen::VectorXd& below) const;
    double slope() const;            // posterior mean of rho
    double MeanSquareSlope() const;  // posterior mean of its square
  };
  // At the highest rung so far.
  Prediction Recurse(const Eigen::MatrixXd& x, const std::vector<KnownAt>& known,
                     bool with_variance) const;
  double Caution() const;

  std::vector<Rung> rungs_;
};

}  // namespace faretto
