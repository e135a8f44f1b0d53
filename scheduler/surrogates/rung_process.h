// One metric at all rungs, as a chain of Gaussian processes: the value at a rung is a multiple of
// the value at the rung below plus a constant plus a process of its own,
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

// What is known of a point beforehand: its values at the lowest rungs, in units of each; NaN where
// a rung has none, last the highest that has one. Empty: nothing is known.
using KnownBelow = std::vector<double>;

// The results at one rung, in units of their own (mean 0, variance 1).
struct RungTargets {
  Eigen::MatrixXd x;              // features x results
  Eigen::VectorXd y;              // [result]
  std::vector<KnownBelow> known;  // [result] at the rungs below
  double rho = 1;                 // expected: the unit of the rung below in units of this one
};

class RungProcess {
 public:
  // Gives the process of rung k; points beyond the targets are pending.
  using Make = std::function<GaussianProcess(std::size_t k, GpInputs inputs,
                                             const Eigen::VectorXd& targets)>;
  // Rungs rise. Pending points are taken to have their predicted means at every rung where nothing
  // is known of them: means stay, variances fall. Results are treated alike at rungs where they are
  // missing.
  RungProcess(std::vector<RungTargets> rungs, const Eigen::MatrixXd& pending,
              const std::vector<KnownBelow>& known_of_pending, const Make& make);

  // At the highest rung.
  struct Prediction {
    Eigen::VectorXd mean;
    Eigen::VectorXd variance;        // of the noise-free value
    Eigen::MatrixXd variance_after;  // points x rungs: what remains once the rung is known
  };
  // `known`: of each point, or empty.
  Prediction Predict(const Eigen::MatrixXd& x, const std::vector<KnownBelow>& known = {}) const;
  Eigen::VectorXd Mean(const Eigen::MatrixXd& x, const std::vector<KnownBelow>& known = {}) const;
  // At one point of which nothing is known, with derivatives by its features.
  GaussianProcess::PointPrediction PredictWithGradient(const Eigen::VectorXd& x) const;

 private:
  struct Rung {
    double rho;     // prior mean
    double centre;  // of the values at the rung below
    GaussianProcess process;

    // Of this rung's value by the one below: posterior mean.
    double Slope() const;
  };
  // Points x rungs so far: means of the values, and variances of the rungs' own processes, 0 where
  // the values are known.
  struct Chain {
    Eigen::MatrixXd means, variances;
  };
  Chain Recurse(const Eigen::MatrixXd& x, const std::vector<KnownBelow>& known,
                bool with_variances) const;
  void Add(Rung rung);
  double Caution() const;

  std::vector<Rung> rungs_;
  Eigen::VectorXd square_slopes_;  // [rung] mean square, of the highest value by its own process
};

}  // namespace faretto
