// How much a configuration is worth trying, as a logarithm: expected hypervolume improvement at
// full resource, times the probability that every constraint holds, times the probability that the
// trial does not fail, divided by the predicted cost where the study asks for that, times the
// user's prior with a weight that fades as results come in (pi-BO: Hvarfner, Stoll, Souza,
// Lindauer, Hutter, Nardi, ICLR 2022).
//
// The front consists of posterior means, of finished feasible trials and of pending ones, so that
// noise does not make a lucky result unbeatable. Thread safety: immutable; const methods may be
// called from any thread.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "scheduler/surrogates/expected_improvement.h"
#include "scheduler/surrogates/study_model.h"

namespace faretto {

class Acquisition {
 public:
  // Whose posterior means at full resource make the front.
  enum class FrontOf {
    kAllTrials,    // all with a result, and pending ones
    kTopResource,  // those with a result at full resource, and those under way there
  };
  // `model` must outlive it.
  Acquisition(const StudyView& view, const StudyModel& model,
              FrontOf front_of = FrontOf::kAllTrials);

  // For each column of `x`. Without the user's prior.
  Eigen::VectorXd Log(const Eigen::MatrixXd& x) const;
  // At one point, with the derivatives by its features. Without the user's prior.
  double LogWithGradient(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const;
  // The prior's part, from the configuration.
  double LogPrior(const Configuration& configuration) const;

  // Trials on the front, pending ones left out: where to look first.
  const std::vector<TrialId>& front() const { return front_; }
  const StudyModel& model() const { return model_; }

 private:
  const StudyModel& model_;
  const Space& space_;
  std::vector<TrialId> front_;
  ExpectedHypervolumeImprovement improvement_;
  double prior_weight_ = 0;
};

}  // namespace faretto
