// Sobol points with the direction numbers of Joe and Kuo ("Constructing Sobol sequences with better
// two-dimensional projections", SIAM J. Sci. Comput. 30, 2008), as Boost carries them, moved by a
// random digital shift: every binary digit of a coordinate is flipped or not, the same way for all
// points, so that the points keep their even spread and differ between seeds.
// Thread safety: a pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faretto {

// Point number `index` (from 0) in [0, 1)^dimensions. The first 2^k points have exactly one
// coordinate in each of 2^k equal intervals, in every dimension. Dimensions beyond the tables
// (3,667) are random numbers. O(64 dimensions).
std::vector<double> ShiftedSobolPoint(std::uint64_t seed, std::uint64_t index,
                                      std::size_t dimensions);

}  // namespace faretto
