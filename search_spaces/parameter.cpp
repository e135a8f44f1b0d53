#include "search_spaces/parameter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "search_spaces/number_text.h"

namespace faretto {
namespace {

double Lerp(double a, double b, double u) { return a * (1 - u) + b * u; }

// Where `value` lies between low and high; 0.5 where they are one.
double Fraction(double value, double low, double high) {
  if (std::isinf(high - low)) return Fraction(value / 2, low / 2, high / 2);
  return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
}

double FloatSteps(double low, double high, double step) {
  const double range = high - low;
  const double steps = std::isinf(range) ? (high / 2 - low / 2) / (step / 2) : range / step;
  return std::floor(steps + 1e-9);
}

// Undoes the binary noise of a decimal grid, so that 0.1 + 2 * 0.1 is 0.3; other grids stay as they
// are. `size` is the largest magnitude on the grid.
double TidyDecimal(double value, double size) {
  constexpr double kScale = 1e9;
  if (size * kScale > 0x1p53) return value;
  const double rounded = std::nearbyint(value * kScale) / kScale;
  return std::abs(rounded - value) <= 4e-16 * size ? rounded + 0.0 : value;
}

}  // namespace

std::optional<double> Parameter::cardinality() const {
  if (has_choices()) return static_cast<double>(choices.size());
  if (type == ParameterType::kInt) {
    const auto range = static_cast<std::int64_t>(high) - static_cast<std::int64_t>(low);
    const std::int64_t steps = range / static_cast<std::int64_t>(step.value_or(1));
    return static_cast<double>(steps + 1);
  }
  if (low == high) return 1;
  if (!step) return std::nullopt;
  return FloatSteps(low, high, *step) + 1;
}

double Parameter::ValueAt(double index) const {
  if (has_choices()) return index;
  if (type == ParameterType::kInt) {
    return static_cast<double>(static_cast<std::int64_t>(low) +
                               static_cast<std::int64_t>(index) *
                                   static_cast<std::int64_t>(step.value_or(1)));
  }
  if (!step) return low;
  const double value = std::fma(index, *step, low);
  const double size = std::max(std::abs(low), std::abs(high));
  return std::clamp(TidyDecimal(value, size), low, high);
}

std::optional<double> Parameter::Snap(double value) const {
  if (!std::isfinite(value)) return std::nullopt;
  if (has_choices()) {
    const bool known = value >= 0 && value < static_cast<double>(choices.size());
    return known && value == std::floor(value) ? std::optional(value) : std::nullopt;
  }
  if (type == ParameterType::kFloat && step && low < high) {
    const double index =
        std::clamp(std::round((value - low) / *step), 0.0, FloatSteps(low, high, *step));
    const double nearest = ValueAt(index);
    const double rounding = 4e-16 * std::max(std::abs(low), std::abs(high));
    const bool near = std::abs(value - nearest) <= 1e-9 * *step + rounding;
    return near ? std::optional(nearest) : std::nullopt;
  }
  if (value < low || value > high) return std::nullopt;
  if (type == ParameterType::kFloat) return value + 0.0;
  if (value != std::floor(value)) return std::nullopt;
  const auto offset = static_cast<std::int64_t>(value) - static_cast<std::int64_t>(low);
  if (offset % static_cast<std::int64_t>(step.value_or(1)) != 0) return std::nullopt;
  return value + 0.0;
}

double Parameter::FromUnit(double u) const {
  u = u > 0 ? std::min(u, 1.0) : 0.0;
  if (log && low < high) {
    if (type == ParameterType::kFloat && (u == 0 || u == 1)) return u == 0 ? low : high;
    if (type == ParameterType::kFloat)
      return std::clamp(std::exp(Lerp(std::log(low), std::log(high), u)), low, high);
    // Every integer owns the log interval from half below to half above it.
    const double x = std::exp(Lerp(std::log(low - 0.5), std::log(high + 0.5), u));
    return std::clamp(std::round(x), low, high);
  }
  if (const auto count = cardinality()) {
    return ValueAt(std::min(std::floor(u * *count), *count - 1));
  }
  return std::clamp(Lerp(low, high, u), low, high) + 0.0;
}

double Parameter::ToUnit(double value) const {
  if (log && low < high) {
    if (type == ParameterType::kFloat)
      return Fraction(std::log(value), std::log(low), std::log(high));
    const double centre = 0.5 * (std::log(value - 0.5) + std::log(value + 0.5));
    return Fraction(centre, std::log(low - 0.5), std::log(high + 0.5));
  }
  if (const auto count = cardinality()) {
    double index = value;
    if (!has_choices()) index = low < high ? (value - low) / step.value_or(1) : 0;
    return (std::clamp(std::round(index), 0.0, *count - 1) + 0.5) / *count;
  }
  return Fraction(value, low, high);
}

bool Parameter::Same(double a, double b) const {
  if (a == b) return true;
  if (type != ParameterType::kFloat || step) return false;
  if (!(std::abs(a - b) <= 1e-11 * std::abs(a))) return false;
  std::string text_a;
  std::string text_b;
  AppendRounded(a, text_a);
  AppendRounded(b, text_b);
  return text_a == text_b;
}

}  // namespace faretto
