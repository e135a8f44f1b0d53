// The Gaussian processes of a study: one for each objective and each constraint, and one for the
// probability of failing. Predictions are at full resource, in standardised units, and know of
// pending trials. Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <vector>

#include "base/json.h"
#include "scheduler/surrogates/study_data.h"

namespace faretto {

class StudyModel {
 public:
  enum class Refit {
    kWhenDue,  // when a tenth more results have come in since the newest recorded hyperparameters
    kNever,    // take the recorded ones (state.model()) as they are
  };
  // At least one result is needed. O(n^3), n <= 1500 rows. `features` must outlive it.
  StudyModel(const StudyView& view, const FeatureMap& features, Refit refit = Refit::kWhenDue);

  const StudyData& data() const { return data_; }
  const FeatureMap& features() const { return features_; }
  // The hyperparameters, if they were fitted now: to be recorded.
  const std::optional<Json>& fitted() const { return fitted_; }

  struct Prediction {
    Eigen::MatrixXd mean, sd;                        // objectives x points
    Eigen::MatrixXd constraint_mean, constraint_sd;  // constraints x points; feasible: <= 0
    Eigen::VectorXd failure_mean, failure_sd;        // of a label, -1 or 1; empty if nothing failed
    Eigen::VectorXd log_cost;  // of a unit of resource, natural logarithm; empty if not asked for
  };
  // Means alone cost a thousandth of a prediction with variances.
  struct Means {
    Eigen::MatrixXd objectives;   // objectives x points
    Eigen::MatrixXd constraints;  // constraints x points; feasible: <= 0
  };
  Means PredictMeans(const Eigen::MatrixXd& x) const;
  // Columns of `x` are points.
  Prediction Predict(const Eigen::MatrixXd& x) const;
  // Objectives at a resource position in [0, 1].
  void PredictAt(const GpInputs& points, Eigen::MatrixXd* mean, Eigen::MatrixXd* sd) const;

  const std::vector<GaussianProcess>& objectives() const { return objectives_; }
  const std::vector<GaussianProcess>& constraints() const { return constraints_; }
  const std::optional<GaussianProcess>& failure() const { return failure_; }
  const std::optional<GaussianProcess>& cost() const { return cost_; }

 private:
  const FeatureMap& features_;
  StudyData data_;
  std::vector<GaussianProcess> objectives_;
  std::vector<GaussianProcess> constraints_;
  std::optional<GaussianProcess> failure_;
  std::optional<GaussianProcess> cost_;
  std::optional<Json> fitted_;
};

}  // namespace faretto
