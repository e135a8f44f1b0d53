// One value for every active parameter of a space, in the compact form that searchers work on.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace faretto {

// `values[i]` belongs to parameter i of the space: the index of the choice for categorical and
// ordinal parameters, the number itself for int and float (integers stay within 2^53), NaN where
// the parameter is inactive.
struct Configuration {
  std::vector<double> values;

  bool active(std::size_t i) const { return !std::isnan(values[i]); }
};

inline constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();

}  // namespace faretto
