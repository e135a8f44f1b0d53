// Main effects of single dimensions and effects of pairs of them, as a part of a covariance:
//
//   a / D sum_d m_d(x, x') + 2 p / (D (D - 1)) sum_{d < e} m_d(x, x') m_e(x, x')
//
// with a Matern-5/2 m_d of lengthscale l_d for each of the D dimensions, two categories being at
// distance 1: the first two orders of Duvenaud, Nickisch, Rasmussen, "Additive Gaussian processes",
// NeurIPS 2011. A function that is nearly a sum of functions of few dimensions is learned from far
// fewer and noisier points than by one distance over all dimensions.
//
// Hyperparameters are natural logarithms, in the order: l_d of each dimension, a, p.
// Thread safety: immutable.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace faretto {

class AdditiveEffects {
 public:
  // dimension_of[feature] -> dimension. A dimension of several features is a one-hot category.
  AdditiveEffects(const std::vector<int>& dimension_of, int dimensions);

  Eigen::Index size() const { return dimensions_ + 2; }

  // Points made ready for some hyperparameters; all matrices are points x dimensions.
  struct Points {
    Eigen::MatrixXd value;     // of a number; of a category its place, from 1 (0: inactive)
    Eigen::MatrixXd up, down;  // exp(+-sqrt(5) value / l_d) of numbers
  };
  // x: features x points.
  Points Prepare(const Eigen::VectorXd& theta, const Eigen::MatrixXd& x) const;

  // Adds the part to `covariance`, a x b points.
  void AddCovariance(const Eigen::VectorXd& theta, const Points& a, const Points& b,
                     Eigen::MatrixXd& covariance) const;
  // Of one point.
  double Variance(const Eigen::VectorXd& theta) const;
  // sum_ij weights_ij dk(x_i, x_j)/dtheta, `weights` being symmetric.
  Eigen::VectorXd Gradient(const Eigen::VectorXd& theta, const Points& points,
                           const Eigen::MatrixXd& weights) const;
  // sum_i weights_i dk(x_i, x)/dx for each column of weights, at a single point: features x columns
  // of weights. Zero for categories.
  Eigen::MatrixXd SlopeAt(const Eigen::VectorXd& theta, const Points& points, const Points& at,
                          const Eigen::MatrixXd& weights) const;

 private:
  struct Scales;

  Eigen::Index dimensions_;
  std::vector<std::vector<Eigen::Index>> features_;  // [dimension]
};

}  // namespace faretto
