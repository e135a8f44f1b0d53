// ParEGO: every suggestion turns several objectives into one cost by weights of its own, fits a
// surrogate to it and looks for the largest expected improvement (J. Knowles, "ParEGO: a hybrid
// algorithm with on-line landscape approximation for expensive multiobjective optimization
// problems", IEEE TEVC 10(1), 2006). With a random forest this is SMAC's method.
//
//   cost(y) = max_k (w_k y_k) + 0.05 sum_k (w_k y_k),   y_k in [0, 1], sum_k w_k = 1
//
// Thread safety: pure functions; an acquisition function is immutable.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "objectives/pareto/dominance.h"
#include "scheduler/surrogates/acquisition_function.h"
#include "scheduler/surrogates/expected_improvement.h"
#include "scheduler/surrogates/random_forest.h"

namespace faretto {

// Uniform among all weights that are not negative and add up to 1.
std::vector<double> DrawWeights(std::size_t objectives, RandomStream& random);

// The cost of each point (minimised, finite), after each objective has been scaled so that the
// points span [0, 1]. A constant objective counts as 0.
std::vector<double> Scalarise(const std::vector<Point>& points, std::span<const double> weights);

// The cost of the point that is worst in every objective: no result costs more.
double WorstCost(std::span<const double> weights);

// What a forest learns from.
struct ForestData {
  Eigen::MatrixXd x;          // a column of features for each trial whose cost is known
  Eigen::VectorXd costs;      // at least one
  Eigen::MatrixXd pending;    // a column for each trial that is under way
  std::size_t results = 0;    // trials that did not fail
  std::vector<TrialId> best;  // results with the lowest costs
};

// Logarithm of the expected improvement by a random forest, below the lowest predicted mean among
// the trials. Pending trials are taken to cost what the forest without them predicts.
class ForestImprovement final : public AcquisitionFunction {
 public:
  // `features` must outlive it.
  ForestImprovement(const FeatureMap& features, const ForestData& data, RandomStream& random);

  Eigen::VectorXd Log(const Eigen::MatrixXd& x) const override;
  // A forest is a step function, so derivatives are 0.
  double LogWithGradient(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const override;
  bool smooth() const override { return false; }

  const RandomForest& forest() const { return forest_; }

 private:
  RandomForest forest_;
  ExpectedHypervolumeImprovement improvement_;
};

}  // namespace faretto
