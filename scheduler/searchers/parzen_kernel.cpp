#include "scheduler/searchers/parzen_kernel.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace faretto {

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

TruncatedNormal::TruncatedNormal(double centre, double deviation)
    : centre_(centre),
      inverse_(1 / deviation),
      mass_(NormalCdf((1 - centre) / deviation) - NormalCdf(-centre / deviation)) {
  log_scale_ = -std::log(deviation * mass_ * std::sqrt(2 * std::numbers::pi));
}

double TruncatedNormal::LogCellDensity(double from, double to) const {
  double low = (from - centre_) * inverse_;
  double high = (to - centre_) * inverse_;
  // Narrow cells: the density at the middle, off by a hundredth at most where it counts.
  if (high - low < 0.3) return LogDensity(0.5 * (from + to));
  // Differences are taken in the lower tail, where they keep their digits.
  if (low > 0) {
    std::swap(low, high);
    low = -low;
    high = -high;
  }
  const double mass = (NormalCdf(high) - NormalCdf(low)) / mass_;
  return std::log(std::max(mass / (to - from), std::numeric_limits<double>::min()));
}

double TruncatedNormal::Sample(RandomStream& random) const {
  // At least a third of the draws fall into the interval while the deviation is at most 1.
  constexpr int kDraws = 64;
  for (int i = 0; i < kDraws; ++i) {
    const double u = centre_ + random.Normal() / inverse_;
    if (u >= 0 && u <= 1) return u;
  }
  return random.Uniform();
}

TruncatedNormals::TruncatedNormals(const std::vector<TruncatedNormal>& normals)
    : inverse_(normals.empty() ? 1 : normals.front().inverse_) {
  centres_.reserve(normals.size());
  log_scales_.reserve(normals.size());
  for (const TruncatedNormal& normal : normals) {
    centres_.push_back(normal.centre_);
    log_scales_.push_back(normal.log_scale_);
  }
}

void TruncatedNormals::AddLogDensities(double u, double* sums) const {
  const auto count = static_cast<Eigen::Index>(size());
  const Eigen::Map<const Eigen::ArrayXd> centres(centres_.data(), count);
  const Eigen::Map<const Eigen::ArrayXd> log_scales(log_scales_.data(), count);
  Eigen::Map<Eigen::ArrayXd>(sums, count) += log_scales - 0.5 * ((u - centres) * inverse_).square();
}

UnitCell CellOf(const Parameter& parameter, double value) {
  if (parameter.log && parameter.low < parameter.high) {
    const double low = std::log(parameter.low - 0.5);
    const double range = std::log(parameter.high + 0.5) - low;
    return {std::clamp((std::log(value - 0.5) - low) / range, 0.0, 1.0),
            std::clamp((std::log(value + 0.5) - low) / range, 0.0, 1.0)};
  }
  const double width = 1 / *parameter.cardinality();
  const double centre = parameter.ToUnit(value);
  return {std::max(0.0, centre - 0.5 * width), std::min(1.0, centre + 0.5 * width)};
}

}  // namespace faretto
