#include "scheduler/surrogates/study_model.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostRows = 1500;
// Hyperparameters are learned from at most this many rows, evenly chosen: they settle long before.
constexpr Index kMostRowsToFit = 500;
// Up to here a fit also starts from the priors, since an early optimum may be a bad one.
constexpr Index kFewRows = 150;
constexpr int kEvaluations = 40;

GpInputs Columns(const GpInputs& inputs, const std::vector<Index>& columns) {
  GpInputs chosen;
  chosen.x = inputs.x(Eigen::all, columns);
  if (inputs.has_resource()) chosen.t = inputs.t(columns);
  return chosen;
}

// Observed points, then pending ones.
GpInputs Join(const GpInputs& a, const GpInputs& b) {
  GpInputs joined;
  joined.x.resize(a.x.rows(), a.size() + b.size());
  joined.x << a.x, b.x;
  if (a.has_resource()) {
    joined.t.resize(joined.x.cols());
    joined.t << a.t, VectorXd::Ones(b.size());
  }
  return joined;
}

GpKernel MakeKernel(const FeatureMap& features, bool with_resource) {
  std::vector<int> dimension_of;
  for (std::size_t c = 0; c < features.columns(); ++c)
    dimension_of.push_back(static_cast<int>(features.dimension_of(c)));
  return {std::move(dimension_of), static_cast<int>(features.dimensions()), with_resource};
}

// Hyperparameters from the record, or newly fitted.
class Fitter {
 public:
  Fitter(const Json* recorded, std::size_t rows, StudyModel::Refit refit)
      : may_fit_(refit != StudyModel::Refit::kNever) {
    if (recorded && recorded->is_object()) {
      recorded_ = recorded->value("theta", Json::object());
      const auto then = recorded->value("rows", std::size_t{0});
      fresh_ = refit == StudyModel::Refit::kNever ||
               (rows >= then && rows < then + std::max<std::size_t>(1, then / 10));
    }
    fitted_ = {{"rows", rows}, {"theta", Json::object()}};
  }

  GpHyperparameters Hyperparameters(const std::string& name, const GpKernel& kernel,
                                    const GpInputs& inputs, const VectorXd& y) {
    const std::optional<GpHyperparameters> known = Recorded(name, kernel);
    GpHyperparameters theta = kernel.Initial();
    if (known && fresh_) {
      theta = *known;
    } else if (y.size() > 0 && may_fit_) {
      std::vector<GpHyperparameters> starts;
      if (known) starts.push_back(*known);
      if (!known || y.size() <= kFewRows) starts.push_back(kernel.Initial());
      theta = Fit(kernel, inputs, y, starts);
      changed_ = true;
    }
    fitted_["theta"][name] = std::vector<double>(theta.data(), theta.data() + theta.size());
    return theta;
  }

  std::optional<Json> fitted() const { return changed_ ? std::optional(fitted_) : std::nullopt; }

 private:
  static GpHyperparameters Fit(const GpKernel& kernel, const GpInputs& inputs, const VectorXd& y,
                               const std::vector<GpHyperparameters>& starts) {
    if (y.size() <= kMostRowsToFit)
      return FitHyperparameters(kernel, inputs, y, starts, kEvaluations);
    std::vector<Index> chosen;
    for (Index i = 0; i < kMostRowsToFit; ++i) chosen.push_back(i * y.size() / kMostRowsToFit);
    return FitHyperparameters(kernel, Columns(inputs, chosen), y(chosen), starts, kEvaluations);
  }

  std::optional<GpHyperparameters> Recorded(const std::string& name, const GpKernel& kernel) const {
    const auto found = recorded_.find(name);
    if (found == recorded_.end() || !found->is_array() ||
        found->size() != static_cast<std::size_t>(kernel.size()))
      return std::nullopt;
    GpHyperparameters theta(kernel.size());
    for (Index i = 0; i < theta.size(); ++i) {
      const Json& value = (*found)[static_cast<std::size_t>(i)];
      if (!value.is_number()) return std::nullopt;
      theta[i] = value.get<double>();
    }
    return theta.allFinite() ? std::optional(theta) : std::nullopt;
  }

  Json recorded_ = Json::object();
  bool may_fit_;
  bool fresh_ = false;
  bool changed_ = false;
  Json fitted_;
};

}  // namespace

StudyModel::StudyModel(const StudyView& view, const FeatureMap& features, Refit refit)
    : features_(features), data_(CollectStudyData(view, features, kMostRows)) {
  Fitter fitter(view.state.model(), data_.results, refit);
  const GpKernel kernel = MakeKernel(features, data_.with_resource);
  GpInputs pending = data_.known;
  const auto n_pending = static_cast<Index>(data_.pending.size());
  pending.x = data_.known.x.rightCols(n_pending).eval();
  if (pending.has_resource()) pending.t = VectorXd::Ones(n_pending);
  const auto add = [&](const char* kind, const Target& target,
                       std::vector<GaussianProcess>& processes) {
    const GpInputs inputs = Columns(data_.observed, target.rows);
    GpHyperparameters theta =
        fitter.Hyperparameters(kind + target.name, kernel, inputs, target.values);
    processes.emplace_back(kernel, std::move(theta), Join(inputs, pending), target.values);
  };
  for (const Target& target : data_.objectives) add("objective/", target, objectives_);
  for (const Target& target : data_.constraints) add("constraint/", target, constraints_);
  if (data_.failed.size() > 0) {
    const GpKernel plain = MakeKernel(features, false);
    // Least-squares classification: labels around 0, Rasmussen, Williams 2006, section 6.5.
    const VectorXd labels = 2 * data_.failed.array() - 1;
    GpHyperparameters theta = fitter.Hyperparameters("failure", plain, data_.outcomes, labels);
    failure_.emplace(plain, std::move(theta), data_.outcomes, labels);
  }
  if (data_.cost) {
    const GpKernel plain = MakeKernel(features, false);
    GpInputs inputs = Columns(data_.observed, data_.cost->rows);
    inputs.t.resize(0);
    GpHyperparameters theta = fitter.Hyperparameters("cost", plain, inputs, data_.cost->values);
    cost_.emplace(plain, std::move(theta), std::move(inputs), data_.cost->values);
  }
  fitted_ = fitter.fitted();
}

void StudyModel::PredictAt(const GpInputs& points, MatrixXd* mean, MatrixXd* sd) const {
  mean->resize(static_cast<Index>(objectives_.size()), points.size());
  sd->resize(mean->rows(), mean->cols());
  for (std::size_t k = 0; k < objectives_.size(); ++k) {
    const auto prediction = objectives_[k].Predict(points);
    mean->row(static_cast<Index>(k)) = prediction.mean;
    sd->row(static_cast<Index>(k)) = prediction.variance.cwiseSqrt();
  }
}

StudyModel::Means StudyModel::PredictMeans(const MatrixXd& x) const {
  GpInputs points;
  points.x = x;
  if (data_.with_resource) points.t = VectorXd::Ones(x.cols());
  Means means;
  means.objectives.resize(static_cast<Index>(objectives_.size()), x.cols());
  for (std::size_t k = 0; k < objectives_.size(); ++k)
    means.objectives.row(static_cast<Index>(k)) = objectives_[k].Mean(points);
  means.constraints.resize(static_cast<Index>(constraints_.size()), x.cols());
  for (std::size_t c = 0; c < constraints_.size(); ++c)
    means.constraints.row(static_cast<Index>(c)) =
        constraints_[c].Mean(points).array() - data_.constraints[c].Standardised(0);
  return means;
}

StudyModel::Prediction StudyModel::Predict(const MatrixXd& x) const {
  GpInputs points;
  points.x = x;
  if (data_.with_resource) points.t = VectorXd::Ones(x.cols());
  Prediction result;
  PredictAt(points, &result.mean, &result.sd);
  result.constraint_mean.resize(static_cast<Index>(constraints_.size()), x.cols());
  result.constraint_sd.resize(result.constraint_mean.rows(), x.cols());
  for (std::size_t c = 0; c < constraints_.size(); ++c) {
    const auto prediction = constraints_[c].Predict(points);
    // g <= 0 in the units of the target.
    result.constraint_mean.row(static_cast<Index>(c)) =
        prediction.mean.array() - data_.constraints[c].Standardised(0);
    result.constraint_sd.row(static_cast<Index>(c)) = prediction.variance.cwiseSqrt();
  }
  points.t.resize(0);
  if (cost_)
    result.log_cost = (data_.cost->mean + data_.cost->sd * cost_->Predict(points).mean.array());
  if (failure_) {
    auto prediction = failure_->Predict(points);
    result.failure_mean = std::move(prediction.mean);
    result.failure_sd = (prediction.variance.array() + failure_->noise()).sqrt();
  }
  return result;
}

}  // namespace faretto
