// User priors on parameters.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "search_spaces/parameter.h"

namespace faretto {
namespace {

// What a prior all but excludes is improbable, never impossible; exp() of it is still above 0.
constexpr double kLeastLog = -700;
constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kLogSqrtTwoPi = 0.91893853320467274178;

// Probability of [a, b] under the standard normal distribution, exact in both tails.
double NormalMass(double a, double b) {
  if (a > 0) return 0.5 * (std::erfc(a * kSqrtHalf) - std::erfc(b * kSqrtHalf));
  if (b < 0) return 0.5 * (std::erfc(-b * kSqrtHalf) - std::erfc(-a * kSqrtHalf));
  return 0.5 * (std::erf(b * kSqrtHalf) - std::erf(a * kSqrtHalf));
}

// A normal distribution truncated to the unit interval that Parameter::FromUnit maps from. The mean
// lies within, so that the two halves of the total mass never cancel.
class UnitNormal {
 public:
  explicit UnitNormal(const Parameter& p) {
    double low = p.low;
    double high = p.high;
    double mean = p.prior->mean;
    double scale = 1;
    if (p.log) {
      const double half = p.type == ParameterType::kInt ? 0.5 : 0;
      low = std::log10(low - half);
      high = std::log10(high + half);
      mean = std::log10(mean);
    } else if (const auto count = p.cardinality()) {
      const double half_step = 0.5 * p.step.value_or(1);
      high = p.ValueAt(*count - 1) + half_step;
      low -= half_step;
    } else {
      scale = 0.5;  // the widest range is beyond the largest number
    }
    const double range = scale * high - scale * low;
    mean_ = std::clamp((scale * mean - scale * low) / range, 0.0, 1.0);
    sd_ = scale * p.prior->sd / range;
    mass_ = Mass(0, 1);
  }

  double Mass(double a, double b) const { return NormalMass((a - mean_) / sd_, (b - mean_) / sd_); }
  double LogDensity(double u) const {
    const double z = (u - mean_) / sd_;
    return -0.5 * z * z - kLogSqrtTwoPi - std::log(sd_) - std::log(mass_);
  }
  double LogShare(double a, double b) const { return std::log(Mass(a, b) / mass_ / (b - a)); }
  // By halving: exact to the last bit of u, and the same on every platform that has erf.
  double Quantile(double u) const {
    double a = 0;
    double b = 1;
    for (int k = 0; k < 53; ++k) {
      const double middle = 0.5 * (a + b);
      (Mass(0, middle) < u * mass_ ? a : b) = middle;
    }
    return 0.5 * (a + b);
  }

 private:
  double mean_;
  double sd_;
  double mass_;
};

// The part of the unit interval that FromUnit maps to the value of a discrete parameter.
std::pair<double, double> Cell(const Parameter& p, double value) {
  if (p.log) {
    const double low = std::log(p.low - 0.5);
    const double range = std::log(p.high + 0.5) - low;
    return {(std::log(value - 0.5) - low) / range, (std::log(value + 0.5) - low) / range};
  }
  const double half = 0.5 / *p.cardinality();
  const double centre = p.ToUnit(value);
  return {centre - half, centre + half};
}

double Sum(const std::vector<double>& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

}  // namespace

double Parameter::LogPrior(double value) const {
  if (!prior || cardinality() == 1) return 0;
  if (has_choices()) {
    const auto count = static_cast<double>(choices.size());
    const double share = prior->weights[static_cast<std::size_t>(value)] / Sum(prior->weights);
    return std::max(kLeastLog, std::log(share * count));
  }
  const UnitNormal normal(*this);
  if (type == ParameterType::kFloat && !step)
    return std::max(kLeastLog, normal.LogDensity(ToUnit(value)));
  const auto [from, to] = Cell(*this, value);
  return std::max(kLeastLog, normal.LogShare(from, to));
}

double Parameter::SamplePrior(double u) const {
  if (!prior || cardinality() == 1) return FromUnit(u);
  u = u > 0 ? std::min(u, 1.0) : 0.0;
  if (!has_choices()) return FromUnit(UnitNormal(*this).Quantile(u));
  double left = u * Sum(prior->weights);
  for (std::size_t k = 0; k + 1 < choices.size(); ++k) {
    left -= prior->weights[k];
    if (left < 0) return static_cast<double>(k);
  }
  return static_cast<double>(choices.size() - 1);
}

}  // namespace faretto
