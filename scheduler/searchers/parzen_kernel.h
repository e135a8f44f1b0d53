// Kernels of one parameter on the unit interval. Densities are relative to the uniform one, so that
// numbers, cells of discrete parameters and categories can be multiplied, and inactive parameters
// left out. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "base/random.h"
#include "search_spaces/parameter.h"

namespace faretto {

// Standard normal distribution function.
double NormalCdf(double z);

// A normal distribution cut to [0, 1].
class TruncatedNormal {
 public:
  // Centre in [0, 1], deviation above 0.
  TruncatedNormal(double centre, double deviation);

  // Logarithm of the density at u.
  double LogDensity(double u) const {
    const double z = (u - centre_) * inverse_;
    return log_scale_ - 0.5 * z * z;
  }
  // Logarithm of the mean density over a cell 0 <= from < to <= 1: its probability over its width.
  double LogCellDensity(double from, double to) const;
  double Sample(RandomStream& random) const;

 private:
  friend class TruncatedNormals;
  double centre_;
  double inverse_;    // 1 / deviation
  double mass_;       // of the uncut normal between 0 and 1
  double log_scale_;  // of the density at the centre
};

// Many of them with the same deviation, in flat arrays.
class TruncatedNormals {
 public:
  TruncatedNormals() = default;
  explicit TruncatedNormals(const std::vector<TruncatedNormal>& normals);
  std::size_t size() const { return centres_.size(); }
  // Adds LogDensity(u) of each to its sum.
  void AddLogDensities(double u, double* sums) const;

 private:
  double inverse_ = 1;
  std::vector<double> centres_;
  std::vector<double> log_scales_;
};

// The part of the unit interval that stands for a value of a discrete parameter.
struct UnitCell {
  double from;
  double to;
};
UnitCell CellOf(const Parameter& parameter, double value);

}  // namespace faretto
