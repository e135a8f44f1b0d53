#include "scheduler/searchers/sobol.h"

#include <algorithm>
#include <boost/random/sobol.hpp>

#include "base/random.h"

namespace faretto {

std::vector<double> ShiftedSobolPoint(std::uint64_t seed, std::uint64_t index,
                                      std::size_t dimensions) {
  constexpr std::size_t kTables = boost::random::default_sobol_table::max_dimension;
  const std::size_t tabled = std::min(dimensions, kTables);
  std::vector<std::uint64_t> digits(tabled, 0);
  // Boost leaves out the first point, which is zero.
  if (index > 0 && tabled > 0) {
    boost::random::sobol engine(tabled);
    engine.seed(index - 1);
    for (std::uint64_t& digit : digits) digit = engine();
  }
  RandomStream shift(seed, "sobol/shift");
  std::vector<double> point;
  point.reserve(dimensions);
  for (const std::uint64_t digit : digits)
    point.push_back(static_cast<double>((digit ^ shift.Next()) >> 11) * 0x1p-53);
  RandomStream rest(seed, "sobol/rest", {index});
  while (point.size() < dimensions) point.push_back(rest.Uniform());
  return point;
}

}  // namespace faretto
