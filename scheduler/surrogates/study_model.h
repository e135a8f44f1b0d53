// The Gaussian processes of a study: a chain of them over the rungs for each objective and each
// constraint, and one for the probability of failing. Predictions are at full resource (as long as
// nothing is known there, at the highest rung with results), in standardised units, and know of
// pending trials. Some suggestions, by the number of trials, use additive effects (docs/search.md,
// searcher `bo`). Thread safety: immutable; const methods may be called
// from any thread.
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
    kWhenDue,  // a process whose rung has a tenth more results than its recorded hyperparameters
    kNever,    // take the recorded ones (state.model()) as they are
  };
  // At least one result is needed. O(n^3), n <= 1500 rows. `features` must outlive it.
  StudyModel(const StudyView& view, const FeatureMap& features, Refit refit = Refit::kWhenDue);

  const StudyData& data() const { return data_; }
  const FeatureMap& features() const { return features_; }
  // The hyperparameters, if they were fitted now: to be recorded.
  const std::optional<Json>& fitted() const { return fitted_; }

  struct Prediction {
    Eigen::MatrixXd mean, sd;  // objectives x points
    // The part of `sd` that remains once the result at a rung is known: [rung of the study's
    // policy] objectives x points; empty where no result at that rung can be used.
    std::vector<Eigen::MatrixXd> sd_after;
    Eigen::MatrixXd constraint_mean, constraint_sd;  // constraints x points; feasible: <= 0
    Eigen::VectorXd failure_mean, failure_sd;        // of a label, -1 or 1; empty if nothing failed
    Eigen::VectorXd log_cost;  // of a unit of resource, natural logarithm; empty if not asked for
  };
  // Means alone cost a thousandth of a prediction with variances.
  struct Means {
    Eigen::MatrixXd objectives;   // objectives x points
    Eigen::MatrixXd constraints;  // constraints x points; feasible: <= 0
  };
  // Of data().known, with what is known of them.
  Means MeansOfKnown() const;
  // Columns of `x` are points of which nothing is known.
  Prediction Predict(const Eigen::MatrixXd& x) const;
  // Of these columns of data().known.
  Prediction PredictKnown(const std::vector<Eigen::Index>& columns) const;

  const std::vector<RungProcess>& objectives() const { return objectives_; }
  const std::vector<RungProcess>& constraints() const { return constraints_; }
  const std::optional<GaussianProcess>& failure() const { return failure_; }
  const std::optional<GaussianProcess>& cost() const { return cost_; }

 private:
  Prediction PredictFrom(const Eigen::MatrixXd& x, const std::vector<Eigen::Index>& known) const;

  const FeatureMap& features_;
  StudyData data_;
  std::vector<RungProcess> objectives_;
  std::vector<RungProcess> constraints_;
  std::optional<GaussianProcess> failure_;
  std::optional<GaussianProcess> cost_;
  std::optional<Json> fitted_;
};

}  // namespace faretto
