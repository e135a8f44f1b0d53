// Objectives and constraints of a study, and the form in which the rest compares them.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace faretto {

// Metric values of a report, by name. Only finite numbers; what could not be computed is absent.
using Metrics = std::map<std::string, double>;

enum class Direction { kMinimize, kMaximize };

struct Objective {
  std::string name;
  Direction direction = Direction::kMinimize;
  std::optional<double> reference;  // for hypervolume, in the metric's own sign
  bool log = false;                 // models see the logarithms of its values (LogScale)
};

// The metric must lie within the bounds that are set.
struct Constraint {
  std::string metric;
  std::optional<double> at_most;
  std::optional<double> at_least;
};

// The objective's reference as a value to be minimised.
std::optional<double> MinimizedReference(const Objective& objective);

// The objectives as a vector to be minimised (maximised ones negated); nothing if one is missing or
// not finite.
std::optional<std::vector<double>> MinimizedValues(const std::vector<Objective>& objectives,
                                                   const Metrics& metrics);

// The scale on which a model sees an objective: with Objective::log the natural logarithm of its
// values, else the values as they are. Both are to be minimised, as in MinimizedValues. A value
// that is not positive has no logarithm and yet may be the best there is, an error of exactly 0
// say: it counts as half of the smallest positive value.
class LogScale {
 public:
  // `values`: all of them, which decide what the smallest positive one is.
  LogScale(const Objective& objective, std::span<const double> values);

  double To(double value) const;
  // The value of which this is the logarithm.
  double From(double seen) const;

 private:
  bool log_;
  double sign_;  // of values to be minimised, where the metric itself is positive
  double floor_ = 1;
};

// How far the constraints are violated in sum; 0 = feasible. A missing or non-finite metric
// violates by infinity.
double ConstraintViolation(const std::vector<Constraint>& constraints, const Metrics& metrics);

}  // namespace faretto
