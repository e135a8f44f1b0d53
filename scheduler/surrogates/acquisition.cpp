#include "scheduler/surrogates/acquisition.h"

#include <algorithm>
#include <cmath>

#include "objectives/pareto/dominance.h"
#include "scheduler/surrogates/reference_value.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Point Column(const MatrixXd& matrix, Index i) {
  return {matrix.col(i).data(), matrix.col(i).data() + matrix.rows()};
}

// Where the objectives improve towards what fails ("the largest network that fits"), expected
// improvement beyond the border grows faster than the probability of success falls. Without a
// penalty two trainings in three failed there, and the best was found later
// (benchmarks/notes/failures-at-a-border.md). So below the usual probability u the improvement is
// multiplied by (probability / u)^kPenalty as well. u is kUsualSuccess or, where chance fails
// trials, what nine in ten of the trials that did not fail exceed, if that is less.
constexpr double kUsualSuccess = 0.75;
constexpr double kPenalty = 20;

double LogSuccess(double failure_mean, double failure_sd) {
  return LogNormalCdf(-failure_mean / failure_sd);
}

double LogUsualSuccess(const StudyModel& model) {
  if (!model.failure()) return 0;
  std::vector<Index> succeeded;
  for (Index i = 0; i < model.data().failed.size(); ++i)
    if (model.data().failed[i] == 0) succeeded.push_back(i);
  const double usual = std::log(kUsualSuccess);
  if (succeeded.empty()) return usual;
  constexpr std::size_t kEnough = 50;  // trials to find the lowest tenth of their probabilities
  const std::size_t step = (succeeded.size() + kEnough - 1) / kEnough;
  std::vector<Index> chosen;
  for (std::size_t i = 0; i < succeeded.size(); i += step) chosen.push_back(succeeded[i]);
  const auto prediction = model.failure()->Predict({model.data().outcomes(Eigen::all, chosen), {}});
  const VectorXd sd = (prediction.variance.array() + model.failure()->noise()).sqrt();
  std::vector<double> probabilities;
  for (Index i = 0; i < sd.size(); ++i)
    probabilities.push_back(LogSuccess(prediction.mean[i], sd[i]));
  const auto low = probabilities.begin() + static_cast<std::ptrdiff_t>(probabilities.size() / 10);
  std::nth_element(probabilities.begin(), low, probabilities.end());
  return std::min(usual, *low);
}

struct Front {
  std::vector<Point> points;  // non-dominated, in standardised units
  Point reference;
  std::vector<TrialId> trials;
};

// A reference point that none of so many trials has reached is left aside: every improvement is far
// away, and the search would not look for the front on the way. With the ideal point for a
// reference five problems of benchmarks/peers would have .73 of their hypervolume after 50
// evaluations instead of .89, and .79 after 150 instead of .99 (means, ten seeds).
constexpr std::size_t kTrialsToReach = 30;

// In standardised units: the study file's reference point, if it has one and trials have reached
// it.
Point Reference(const StudyData& data, const std::vector<Point>& front,
                const std::vector<Point>& all) {
  const auto values = [](const std::vector<Point>& points, std::size_t k) {
    std::vector<double> found;
    for (const Point& point : points) found.push_back(point[k]);
    return found;
  };
  const auto named = [&](std::size_t k) -> std::optional<double> {
    const Target& objective = data.objectives[k];
    if (!objective.reference) return std::nullopt;
    return objective.Standardised(*objective.reference);
  };
  const auto reaches = [&](const Point& point) {
    for (std::size_t k = 0; k < point.size(); ++k)
      if (const auto value = named(k); value && point[k] >= *value) return false;
    return true;
  };
  const bool hopeless =
      data.finished.size() >= kTrialsToReach && std::none_of(front.begin(), front.end(), reaches);
  const auto trials = static_cast<std::size_t>(data.known.cols());
  Point reference;
  for (std::size_t k = 0; k < data.objectives.size(); ++k) {
    const auto value = named(k);
    reference.push_back(
        value && !hopeless
            ? *value
            : ReferenceValue(values(front.size() > 1 ? front : all, k), values(all, k), trials));
  }
  return reference;
}

// Their non-dominated ones.
std::vector<std::size_t> Best(const std::vector<Point>& points,
                              const std::vector<std::size_t>& chosen) {
  std::vector<Point> among;
  for (const std::size_t i : chosen) among.push_back(points[i]);
  std::vector<std::size_t> best;
  for (const std::size_t i : NonDominated(among)) best.push_back(chosen[i]);
  return best;
}

Front MakeFront(const StudyModel& model, Acquisition::FrontOf front_of) {
  const StudyData& data = model.data();
  const StudyModel::Means known = model.MeansOfKnown();
  std::vector<Point> all;
  std::vector<std::size_t> feasible, feasible_at_top;
  for (Index i = 0; i < data.known.cols(); ++i) {
    all.push_back(Column(known.objectives, i));
    const auto place = static_cast<std::size_t>(i);
    const bool is_feasible = place < data.finished.size()
                                 ? static_cast<bool>(data.feasible[place])
                                 : (known.constraints.col(i).array() <= 0).all();
    if (!is_feasible) continue;
    feasible.push_back(place);
    if (data.at_top[place]) feasible_at_top.push_back(place);
  }
  // The reference is the same for both fronts, so that their improvements can be compared.
  std::vector<std::size_t> best = Best(all, feasible);
  std::vector<Point> points;
  for (const std::size_t i : best) points.push_back(all[i]);
  Front front{{}, Reference(data, points, all), {}};
  if (front_of == Acquisition::FrontOf::kTopResource) best = Best(all, feasible_at_top);
  for (const std::size_t i : best) {
    front.points.push_back(all[i]);
    if (i < data.finished.size()) front.trials.push_back(data.finished[i]);
  }
  return front;
}

}  // namespace

Acquisition::Acquisition(const StudyModel& model, FrontOf front_of)
    : AcquisitionFunction(model.features(), model.data().finished.size()),
      model_(model),
      log_usual_(LogUsualSuccess(model)),
      improvement_([&] {
        Front front = MakeFront(model, front_of);
        front_ = std::move(front.trials);
        return ExpectedHypervolumeImprovement(front.points, front.reference);
      }()) {}

VectorXd Acquisition::Log(const MatrixXd& x) const { return Log(model_.Predict(x)); }

VectorXd Acquisition::Log(const StudyModel::Prediction& prediction) const {
  VectorXd values(prediction.mean.cols());
  for (Index i = 0; i < values.size(); ++i) values[i] = Log(prediction, i);
  return values;
}

double Acquisition::Log(const StudyModel::Prediction& prediction, Index point) const {
  const auto objectives = static_cast<std::size_t>(prediction.mean.rows());
  double value = improvement_.Log({prediction.mean.col(point).data(), objectives},
                                  {prediction.sd.col(point).data(), objectives});
  for (Index c = 0; c < prediction.constraint_mean.rows(); ++c) {
    value +=
        LogNormalCdf(-prediction.constraint_mean(c, point) / prediction.constraint_sd(c, point));
  }
  if (prediction.failure_mean.size() > 0) {
    const double success = LogSuccess(prediction.failure_mean[point], prediction.failure_sd[point]);
    value += success + kPenalty * std::min(0.0, success - log_usual_);
  }
  if (prediction.log_cost.size() > 0) value -= prediction.log_cost[point];
  return value;
}

double Acquisition::LogWithGradient(const VectorXd& x, VectorXd* gradient) const {
  gradient->setZero(x.size());
  const std::size_t m = improvement_.objectives();
  std::vector<double> mean(m), sd(m), by_mean(m), by_sd(m);
  std::vector<GaussianProcess::PointPrediction> points;
  for (std::size_t k = 0; k < m; ++k) {
    points.push_back(model_.objectives()[k].PredictWithGradient(x));
    mean[k] = points[k].mean;
    sd[k] = std::sqrt(points[k].variance);
  }
  double value = improvement_.Log(mean, sd, by_mean, by_sd);
  for (std::size_t k = 0; k < m; ++k)
    *gradient +=
        by_mean[k] * points[k].mean_gradient + by_sd[k] / (2 * sd[k]) * points[k].variance_gradient;
  // log Phi(-g / s): derivative -slope (g' / s - g s' / s^2), s' = v' / (2 s). Below `log_usual`
  // the power is 1 + `penalty`.
  const auto add_probability = [&](const GaussianProcess::PointPrediction& point, double shift,
                                   double noise, double log_usual, double penalty) {
    const double g = point.mean - shift, s = std::sqrt(point.variance + noise);
    double slope = 0;
    const double log_probability = LogNormalCdf(-g / s, &slope);
    const bool unusual = log_probability < log_usual;
    value += log_probability + (unusual ? penalty * (log_probability - log_usual) : 0);
    *gradient -= (unusual ? 1 + penalty : 1) * slope *
                 (point.mean_gradient / s - g / (2 * s * s * s) * point.variance_gradient);
  };
  for (std::size_t c = 0; c < model_.constraints().size(); ++c)
    add_probability(model_.constraints()[c].PredictWithGradient(x),
                    model_.data().constraints[c].Standardised(0), 0, 0, 0);
  if (model_.failure())
    add_probability(model_.failure()->PredictWithGradient({x, {}}), 0, model_.failure()->noise(),
                    log_usual_, kPenalty);
  if (model_.cost()) {
    const auto point = model_.cost()->PredictWithGradient({x, {}});
    const Target& target = *model_.data().cost;
    value -= target.mean() + target.sd() * point.mean;
    *gradient -= target.sd() * point.mean_gradient;
  }
  return value;
}

}  // namespace faretto
