#include "scheduler/surrogates/parego.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRho = 0.05;  // Knowles 2006

double Cost(std::span<const double> scaled, std::span<const double> weights) {
  double largest = 0, sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    largest = std::max(largest, weights[k] * scaled[k]);
    sum += weights[k] * scaled[k];
  }
  return largest + kRho * sum;
}

// The known costs, then the predicted ones of pending trials.
RandomForest Fit(const ForestData& data, RandomStream& random) {
  RandomForest known(data.x, data.costs, random);
  if (data.pending.cols() == 0) return known;
  MatrixXd x(data.x.rows(), data.x.cols() + data.pending.cols());
  x << data.x, data.pending;
  VectorXd costs(x.cols());
  costs << data.costs, known.Predict(data.pending).mean;
  return RandomForest(x, costs, random);
}

double LowestMean(const RandomForest& forest, const ForestData& data) {
  const double known = forest.Predict(data.x).mean.minCoeff();
  return data.pending.cols() == 0 ? known
                                  : std::min(known, forest.Predict(data.pending).mean.minCoeff());
}

// With one objective and nothing but a bound, hypervolume improvement is improvement.
ExpectedHypervolumeImprovement ImprovementBelow(double cost) {
  return ExpectedHypervolumeImprovement({}, {cost});
}

}  // namespace

std::vector<double> DrawWeights(std::size_t objectives, RandomStream& random) {
  // Exponential draws, divided by their sum, are uniform on the simplex.
  std::vector<double> weights(objectives);
  double sum = 0;
  for (double& weight : weights) sum += weight = -std::log1p(-random.Uniform());
  for (double& weight : weights)
    weight = sum > 0 ? weight / sum : 1.0 / static_cast<double>(objectives);
  return weights;
}

std::vector<double> Scalarise(const std::vector<Point>& points, std::span<const double> weights) {
  std::vector<Point> scaled = points;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const auto by_objective = [k](const Point& a, const Point& b) { return a[k] < b[k]; };
    const auto [low, high] = std::minmax_element(points.begin(), points.end(), by_objective);
    for (std::size_t i = 0; i < points.size(); ++i) {
      // Halves: the range of values near the largest double would be infinite.
      const double range = (*high)[k] / 2 - (*low)[k] / 2;
      scaled[i][k] = range > 0 ? (points[i][k] / 2 - (*low)[k] / 2) / range : 0;
    }
  }
  std::vector<double> costs;
  costs.reserve(points.size());
  for (const Point& point : scaled) costs.push_back(Cost(point, weights));
  return costs;
}

double WorstCost(std::span<const double> weights) {
  return Cost(std::vector<double>(weights.size(), 1), weights);
}

ForestImprovement::ForestImprovement(const FeatureMap& features, const ForestData& data,
                                     RandomStream& random)
    : AcquisitionFunction(features, data.results),
      forest_(Fit(data, random)),
      improvement_(ImprovementBelow(LowestMean(forest_, data))) {
  front_ = data.best;
}

VectorXd ForestImprovement::Log(const MatrixXd& x) const {
  const RandomForest::Prediction prediction = forest_.Predict(x);
  VectorXd values(x.cols());
  for (Eigen::Index i = 0; i < x.cols(); ++i) {
    const double sd = std::sqrt(prediction.variance[i]);
    values[i] = improvement_.Log({&prediction.mean[i], 1}, {&sd, 1});
  }
  return values;
}

double ForestImprovement::LogWithGradient(const VectorXd& x, VectorXd* gradient) const {
  gradient->setZero(x.size());
  return Log(x)[0];
}

}  // namespace faretto
