// How much a configuration is worth trying, as a logarithm: expected hypervolume improvement at
// full resource, times the probability that every constraint holds, times the probability that the
// trial does not fail, divided by the predicted cost where the study asks for that, times the
// user's prior.
//
// The front consists of posterior means, of finished feasible trials and of pending ones, so that
// noise does not make a lucky result unbeatable. Thread safety: immutable; const methods may be
// called from any thread.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "scheduler/surrogates/acquisition_function.h"
#include "scheduler/surrogates/expected_improvement.h"
#include "scheduler/surrogates/study_model.h"

namespace faretto {

class Acquisition final : public AcquisitionFunction {
 public:
  // Whose posterior means at full resource make the front.
  enum class FrontOf {
    kAllTrials,    // all with a result, and pending ones
    kTopResource,  // those with a result at full resource, and those under way there
  };
  // `model` must outlive it.
  explicit Acquisition(const StudyModel& model, FrontOf front_of = FrontOf::kAllTrials);

  Eigen::VectorXd Log(const Eigen::MatrixXd& x) const override;
  double LogWithGradient(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const override;
  // The logarithm for points with these predictions, without the user's prior.
  Eigen::VectorXd Log(const StudyModel::Prediction& prediction) const;
  double Log(const StudyModel::Prediction& prediction, Eigen::Index point) const;
  bool smooth() const override { return true; }

  const StudyModel& model() const { return model_; }
  // Expected hypervolume improvement alone, without probabilities and costs.
  const ExpectedHypervolumeImprovement& improvement() const { return improvement_; }

 private:
  const StudyModel& model_;
  double log_usual_ = 0;  // probability of not failing
  ExpectedHypervolumeImprovement improvement_;
};

}  // namespace faretto
