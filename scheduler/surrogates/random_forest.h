// A regression forest with a variance: the surrogate of SMAC.
//
// Ten trees, each on a bootstrap sample. A split is the best one in squared error among five
// sixths of the columns, chosen anew at each node; its threshold is uniform between the two
// neighbouring values, so that trees disagree where there is no data. A node with one
// sample, or with equal targets, is a leaf. The prediction's mean is that of the trees' leaf
// means; by the law of total variance its variance is the variance of these plus the mean of the
// leaves' own. (L. Breiman, Machine Learning 45, 2001; F. Hutter, L. Xu, H. Hoos, K. Leyton-Brown,
// "Algorithm runtime prediction: methods & evaluation", Artificial Intelligence 206, 2014, section
// 4.3. Five sixths is the ratio that SMAC3's HyperparameterOptimizationFacade documents.)
//
// O(trees * columns * samples * depth) to fit, O(trees * depth) for a prediction.
// Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace faretto {

class RandomForest {
 public:
  struct Prediction {
    Eigen::VectorXd mean;
    Eigen::VectorXd variance;  // at least 1e-10: SMAC's floor, for targets of the order of 1
  };

  // One sample is a column of `x` (FeatureMap rows) and an entry of `y`; at least one, all finite.
  RandomForest(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, RandomStream& random);

  // For each column of `x`.
  Prediction Predict(const Eigen::MatrixXd& x) const;

  struct Node {
    std::int32_t column = -1;  // -1: leaf
    std::int32_t child = 0;    // up to the threshold; the other one follows it
    double threshold = 0;
    double mean = 0;
    double variance = 0;
  };

 private:
  std::vector<std::vector<Node>> trees_;  // [0] is the root
};

}  // namespace faretto
