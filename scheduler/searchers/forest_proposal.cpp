#include "scheduler/searchers/forest_proposal.h"

#include <algorithm>
#include <cmath>

#include "scheduler/searchers/comparison.h"
#include "scheduler/surrogates/acquisition_search.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// Results that a rung needs for a forest.
constexpr std::size_t kEnough = 8;
// SMAC3 2.4, HyperparameterOptimizationFacade: ProbabilityRandomDesign(0.2).
constexpr double kRandomShare = 0.2;
// The best results whose neighbours are looked at: SMAC3's local_search_iterations.
constexpr std::size_t kCentres = 10;

// To the scales on which models see the objectives.
void Rescale(const std::vector<Objective>& objectives, std::vector<Point>& points) {
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    std::vector<double> values;
    for (const Point& point : points) values.push_back(point[k]);
    const LogScale scale(objectives[k], values);
    for (Point& point : points) point[k] = scale.To(point[k]);
  }
}

// One for each result.
std::vector<double> Costs(const Comparison& results, const std::vector<Objective>& objectives,
                          std::span<const double> weights) {
  std::vector<double> costs(results.size(), WorstCost(weights));
  std::vector<std::size_t> counted;
  std::vector<Point> points;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results.violations[i] > 0) continue;
    counted.push_back(i);
    points.push_back(results.point(i));
  }
  const bool any_feasible = !counted.empty();
  if (any_feasible) Rescale(objectives, points);
  for (std::size_t i = 0; !any_feasible && i < results.size(); ++i) {
    if (!std::isfinite(results.violations[i])) continue;
    counted.push_back(i);
    points.push_back({results.violations[i]});
  }
  if (counted.empty()) return costs;
  const double one = 1;
  const std::span<const double> used = any_feasible ? weights : std::span(&one, 1);
  const std::vector<double> values = Scalarise(points, used);
  // The largest violation is as bad as a failure.
  const double scale = WorstCost(weights) / WorstCost(used);
  for (std::size_t k = 0; k < counted.size(); ++k) costs[counted[k]] = scale * values[k];
  return costs;
}

std::vector<TrialId> Best(const std::vector<TrialId>& trials, const std::vector<double>& costs) {
  std::vector<std::size_t> order(costs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  std::vector<TrialId> best;
  for (std::size_t i = 0; i < std::min(kCentres, order.size()); ++i)
    best.push_back(trials[order[i]]);
  return best;
}

MatrixXd Encode(const FeatureMap& features, const std::vector<const Trial*>& trials) {
  MatrixXd x(static_cast<Index>(features.columns()), static_cast<Index>(trials.size()));
  for (std::size_t i = 0; i < trials.size(); ++i)
    features.Encode(trials[i]->configuration, x.col(static_cast<Index>(i)).data());
  return x;
}

}  // namespace

std::optional<ForestStudy> CollectForestStudy(const StudyView& view, const FeatureMap& features,
                                              std::span<const double> weights) {
  const Comparison results = CompareAtHighestRung(view, kEnough);
  if (results.size() == 0) return std::nullopt;
  std::vector<double> costs = Costs(results, view.spec.objectives, weights);
  ForestStudy study;
  study.rung = results.rung;
  study.data.results = results.size();
  study.data.best = Best(results.trials, costs);
  std::vector<const Trial*> known, pending;
  for (const TrialId id : results.trials) known.push_back(view.state.FindTrial(id));
  for (const Trial& trial : view.state.trials()) {
    if (trial.state == TrialState::kFailed) {
      known.push_back(&trial);
      costs.push_back(WorstCost(weights));
    } else if ((trial.state == TrialState::kWaiting || trial.state == TrialState::kRunning) &&
               !std::binary_search(results.trials.begin(), results.trials.end(), trial.id)) {
      pending.push_back(&trial);
    }
  }
  study.data.x = Encode(features, known);
  study.data.costs = Eigen::Map<Eigen::VectorXd>(costs.data(), static_cast<Index>(costs.size()));
  study.data.pending = Encode(features, pending);
  return study;
}

std::optional<Proposal> ForestProposal(const StudyView& view, RandomStream& random) {
  if (random.Uniform() < kRandomShare) return std::nullopt;
  const std::vector<double> weights = DrawWeights(view.spec.objectives.size(), random);
  const FeatureMap features(view.spec.space);
  const auto study = CollectForestStudy(view, features, weights);
  if (!study) return std::nullopt;
  const ForestImprovement improvement(features, study->data, random);
  auto maximum = MaximiseAcquisition(view, improvement, random);
  if (!maximum) return std::nullopt;

  MatrixXd x(static_cast<Index>(features.columns()), 1);
  features.Encode(maximum->configuration, x.data());
  const RandomForest::Prediction prediction = improvement.forest().Predict(x);
  Json diagnostics = {{"log_acquisition", maximum->log_value},
                      {"weights", weights},
                      {"mean", prediction.mean[0]},
                      {"sd", std::sqrt(prediction.variance[0])},
                      {"rung", study->rung},
                      {"results", study->data.results},
                      {"pending", study->data.pending.cols()}};
  return Proposal{std::move(maximum->configuration), "bo/rf", std::move(diagnostics), {}, {}};
}

}  // namespace faretto
