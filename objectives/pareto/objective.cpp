#include "objectives/pareto/objective.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faretto {
namespace {

std::optional<double> FiniteMetric(const Metrics& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  if (found == metrics.end() || !std::isfinite(found->second)) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<double> MinimizedReference(const Objective& objective) {
  if (!objective.reference) return std::nullopt;
  return objective.direction == Direction::kMaximize ? -*objective.reference : *objective.reference;
}

std::optional<std::vector<double>> MinimizedValues(const std::vector<Objective>& objectives,
                                                   const Metrics& metrics) {
  std::vector<double> values;
  values.reserve(objectives.size());
  for (const Objective& objective : objectives) {
    const std::optional<double> value = FiniteMetric(metrics, objective.name);
    if (!value) return std::nullopt;
    values.push_back(objective.direction == Direction::kMinimize ? *value : -*value);
  }
  return values;
}

LogScale::LogScale(const Objective& objective, std::span<const double> values)
    : log_(objective.log), sign_(objective.direction == Direction::kMaximize ? -1 : 1) {
  if (!log_) return;
  double least = std::numeric_limits<double>::infinity();
  for (const double value : values)
    if (sign_ * value > 0) least = std::min(least, sign_ * value);
  if (std::isfinite(least)) floor_ = least / 2;
}

double LogScale::To(double value) const {
  if (!log_) return value;
  return sign_ * std::log(sign_ * value > 0 ? sign_ * value : floor_);
}

double LogScale::From(double seen) const { return log_ ? sign_ * std::exp(sign_ * seen) : seen; }

double ConstraintViolation(const std::vector<Constraint>& constraints, const Metrics& metrics) {
  double violation = 0;
  for (const Constraint& constraint : constraints) {
    const std::optional<double> value = FiniteMetric(metrics, constraint.metric);
    if (!value) return std::numeric_limits<double>::infinity();
    if (constraint.at_most && *value > *constraint.at_most)
      violation += *value - *constraint.at_most;
    if (constraint.at_least && *value < *constraint.at_least)
      violation += *constraint.at_least - *value;
  }
  return violation;
}

}  // namespace faretto
