// What the maximiser (acquisition_search.h) needs to know of an acquisition function.
// Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "scheduler/surrogates/features.h"
#include "study/trial.h"

namespace faretto {

class AcquisitionFunction {
 public:
  virtual ~AcquisitionFunction() = default;

  // Logarithm for each column of `x`. Without the user's prior.
  virtual Eigen::VectorXd Log(const Eigen::MatrixXd& x) const = 0;
  // At one point, with the derivatives by its features. Without the user's prior.
  virtual double LogWithGradient(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const = 0;
  // Are gradients of use? Where they are not, many configurations have equal values.
  virtual bool smooth() const = 0;

  // The prior's part, from the configuration: its weight fades as results come in (pi-BO: Hvarfner,
  // Stoll, Souza, Lindauer, Hutter, Nardi, ICLR 2022).
  double LogPrior(const Configuration& configuration) const {
    return prior_weight_ * features_.space().LogPrior(configuration);
  }
  const FeatureMap& features() const { return features_; }
  // Trials with the best results, pending ones left out: where to look first.
  const std::vector<TrialId>& front() const { return front_; }

 protected:
  // `features` must outlive it; `results`: how many trials have one.
  AcquisitionFunction(const FeatureMap& features, std::size_t results)
      : features_(features),
        prior_weight_(kPriorTrials / static_cast<double>(results > 0 ? results : 1)) {}
  AcquisitionFunction(const AcquisitionFunction&) = default;

  std::vector<TrialId> front_;

 private:
  // pi-BO's beta: the prior counts with the exponent kPriorTrials / results.
  static constexpr double kPriorTrials = 10;

  const FeatureMap& features_;
  double prior_weight_;
};

}  // namespace faretto
