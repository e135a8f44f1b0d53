#include "scheduler/surrogates/value_for_cost.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <functional>
#include <limits>

namespace faretto {
namespace {

using Eigen::Index;

// Quasi-random outcomes; their expected improvement is scaled to the exact one
// (benchmarks/notes/promotions.md).
constexpr Index kOutcomes = 32;
// The least standard deviation that is assumed to remain.
constexpr double kSmallest = 1e-6;

// dimensions x kOutcomes: evenly spread points in the unit cube as normal quantiles. The sequence R
// of Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018.
Eigen::MatrixXd EvenlySpreadNormals(Index dimensions) {
  double root = 2;  // of root^(d + 1) = 1 + root
  for (int step = 0; step < 40; ++step)
    root = std::pow(1 + root, 1 / (static_cast<double>(dimensions) + 1));
  Eigen::MatrixXd points(dimensions, kOutcomes);
  double step = 1;
  for (Index k = 0; k < dimensions; ++k) {
    step /= root;
    for (Index i = 0; i < kOutcomes; ++i) {
      const double at = 0.5 + static_cast<double>(i + 1) * step;
      points(k, i) = std::sqrt(2.0) * boost::math::erf_inv(2 * (at - std::floor(at)) - 1);
    }
  }
  return points;
}

// log of max over thresholds of E[I; I > t] / (first + P(I > t) rest), of equally likely outcomes.
// They are scaled to have the mean that is known, so that a price is never above what it would be
// if only improvements had to be paid for.
double BestThreshold(std::vector<double> log_improvements, double log_mean, double first,
                     double rest) {
  std::sort(log_improvements.begin(), log_improvements.end(), std::greater<>());
  const auto n = static_cast<double>(log_improvements.size());
  double best = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t i = 0; i < log_improvements.size(); ++i) {
    sum += std::exp(log_improvements[i] - log_improvements.front());
    best = std::max(best, std::log(sum / (first + static_cast<double>(i + 1) / n * rest)));
  }
  return log_mean - std::log(sum) + best;
}

}  // namespace

double LogValueForCost(const ExpectedHypervolumeImprovement& improvement,
                       const std::vector<double>& mean, const std::vector<double>& sd, double cost,
                       const std::vector<Stop>& stops, double at_least) {
  const double value = improvement.Log(mean, sd);
  const std::size_t m = mean.size();
  double best = value - std::log(cost);
  Eigen::MatrixXd spread;
  for (const Stop& stop : stops) {
    if (value - std::log(stop.cost) <= std::max(best, at_least)) continue;
    if (spread.size() == 0) spread = EvenlySpreadNormals(static_cast<Index>(m));
    std::vector<double> left(m), taken(m), outcomes;
    for (std::size_t k = 0; k < m; ++k) {
      left[k] = std::max(stop.sd[k], kSmallest * sd[k]);
      taken[k] = std::sqrt(std::max(0.0, sd[k] * sd[k] - left[k] * left[k]));
    }
    for (Index i = 0; i < kOutcomes; ++i) {
      std::vector<double> moved = mean;
      for (std::size_t k = 0; k < m; ++k) moved[k] += taken[k] * spread(static_cast<Index>(k), i);
      outcomes.push_back(improvement.Log(moved, left));
    }
    best = std::max(best, BestThreshold(std::move(outcomes), value, stop.cost, cost - stop.cost));
  }
  return best;
}

double LogValueForCost(const Acquisition& acquisition, const StudyModel::Prediction& prediction,
                       Index point, const std::vector<std::int64_t>& rungs, std::int64_t from,
                       double at_least) {
  const auto column = [point](const Eigen::MatrixXd& matrix) {
    const double* begin = matrix.col(point).data();
    return std::vector<double>(begin, begin + matrix.rows());
  };
  const auto cost = [from](std::int64_t resource) {
    return static_cast<double>(std::max<std::int64_t>(1, resource - from));
  };
  const std::vector<double> mean = column(prediction.mean), sd = column(prediction.sd);
  std::vector<Stop> stops;
  for (std::size_t r = 0; r + 1 < rungs.size() && r < prediction.sd_after.size(); ++r) {
    const Eigen::MatrixXd& after = prediction.sd_after[r];
    if (rungs[r] > from && after.size() > 0) stops.push_back({cost(rungs[r]), column(after)});
  }
  // An approximation: results on the way do not change these factors.
  const double others =
      acquisition.Log(prediction, point) - acquisition.improvement().Log(mean, sd);
  return others + LogValueForCost(acquisition.improvement(), mean, sd, cost(rungs.back()), stops,
                                  at_least - others);
}

}  // namespace faretto
