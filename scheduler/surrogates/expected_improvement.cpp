#include "scheduler/surrogates/expected_improvement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "objectives/pareto/box_decomposition.h"

namespace faretto {
namespace {

double Density(double z) {
  return std::exp(-0.5 * z * z) * (std::numbers::inv_sqrtpi / std::numbers::sqrt2);
}

double Cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// Below this, products of doubles lose their digits.
constexpr double kSmallest = 1e-280;

}  // namespace

double LogNormalCdf(double x, double* slope) {
  if (x > -30) {
    const double cdf = Cdf(x);
    if (slope) *slope = Density(x) / cdf;
    return std::log(cdf);
  }
  // Mills' ratio, first terms.
  if (slope) *slope = -x + 1 / -x;
  return -0.5 * x * x - std::log(-x) - 0.5 * std::log(2 * std::numbers::pi) - 1 / (x * x);
}

ExpectedHypervolumeImprovement::ExpectedHypervolumeImprovement(const std::vector<Point>& front,
                                                               const Point& reference)
    : objectives_(reference.size()), levels_(reference.size()) {
  const std::vector<Box> boxes = NonDominatedBoxes(front, reference);
  for (std::size_t k = 0; k < objectives_; ++k) {
    std::vector<double>& levels = levels_[k];
    for (const Box& box : boxes) {
      levels.push_back(box.lower[k]);
      levels.push_back(box.upper[k]);
    }
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  }
  const auto place = [&](std::size_t k, double value) {
    return static_cast<std::size_t>(std::lower_bound(levels_[k].begin(), levels_[k].end(), value) -
                                    levels_[k].begin());
  };
  boxes_.reserve(boxes.size() * objectives_);
  for (const Box& box : boxes)
    for (std::size_t k = 0; k < objectives_; ++k)
      boxes_.push_back({place(k, box.lower[k]), place(k, box.upper[k])});
}

double ExpectedHypervolumeImprovement::Log(std::span<const double> mean, std::span<const double> sd,
                                           std::span<double> mean_gradient,
                                           std::span<double> sd_gradient) const {
  struct Level {
    double g, cdf, density;
  };
  // One buffer for all objectives; thread_local keeps the hot loop free of allocations.
  thread_local std::vector<Level> levels;
  thread_local std::vector<std::size_t> start;
  levels.clear();
  start.clear();
  for (std::size_t k = 0; k < objectives_; ++k) {
    start.push_back(levels.size());
    for (const double edge : levels_[k]) {
      if (std::isinf(edge)) {
        levels.push_back({0, 0, 0});
        continue;
      }
      const double z = (edge - mean[k]) / sd[k];
      const double cdf = Cdf(z), density = Density(z);
      levels.push_back({std::max(0.0, sd[k] * (z * cdf + density)), cdf, density});
    }
  }
  const bool with_gradient = !mean_gradient.empty();
  std::fill(mean_gradient.begin(), mean_gradient.end(), 0);
  std::fill(sd_gradient.begin(), sd_gradient.end(), 0);
  double sum = 0;
  for (std::size_t b = 0; b < boxes_.size(); b += objectives_) {
    double product = 1;
    for (std::size_t k = 0; k < objectives_; ++k) {
      const Bounds& bounds = boxes_[b + k];
      product *= levels[start[k] + bounds.upper].g - levels[start[k] + bounds.lower].g;
    }
    sum += product;
    if (!with_gradient) continue;
    for (std::size_t k = 0; k < objectives_; ++k) {
      double others = 1;
      for (std::size_t j = 0; j < objectives_; ++j) {
        const Bounds& bounds = boxes_[b + j];
        if (j != k) others *= levels[start[j] + bounds.upper].g - levels[start[j] + bounds.lower].g;
      }
      const Level& lower = levels[start[k] + boxes_[b + k].lower];
      const Level& upper = levels[start[k] + boxes_[b + k].upper];
      mean_gradient[k] -= others * (upper.cdf - lower.cdf);
      sd_gradient[k] += others * (upper.density - lower.density);
    }
  }
  if (!(sum > kSmallest)) return LogBound(mean, sd, mean_gradient, sd_gradient);
  for (double& slope : mean_gradient) slope /= sum;
  for (double& slope : sd_gradient) slope /= sum;
  return std::log(sum);
}

double ExpectedHypervolumeImprovement::LogBound(std::span<const double> mean,
                                                std::span<const double> sd,
                                                std::span<double> mean_gradient,
                                                std::span<double> sd_gradient) const {
  std::size_t nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t b = 0; b < boxes_.size(); b += objectives_) {
    double squared = 0;
    for (std::size_t k = 0; k < objectives_; ++k) {
      const double z = std::max(0.0, (mean[k] - levels_[k][boxes_[b + k].upper]) / sd[k]);
      squared += z * z;
    }
    if (squared < least) {
      least = squared;
      nearest = b;
    }
  }
  if (boxes_.empty()) return -std::numeric_limits<double>::max();
  for (std::size_t k = 0; k < mean_gradient.size(); ++k) {
    const double z = std::max(0.0, (mean[k] - levels_[k][boxes_[nearest + k].upper]) / sd[k]);
    mean_gradient[k] = -z / sd[k];
    sd_gradient[k] = z * z / sd[k];
  }
  return std::log(kSmallest) - 0.5 * least;
}

}  // namespace faretto
