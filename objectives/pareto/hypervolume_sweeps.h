// Exact hypervolumes in two to four dimensions by sweeping along the last one; the inner part of
// objectives/pareto/hypervolume.h.
//
// Points are finite and below the reference in every coordinate; they may be dominated or repeated,
// in any order. Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace faretto {

template <std::size_t D>
using FixedPoint = std::array<double, D>;

double Hypervolume2(std::vector<FixedPoint<2>> points, const FixedPoint<2>& reference);

// A staircase in the first two coordinates grows along the third one (Fonseca, Paquete,
// Lopez-Ibanez, "An improved dimension-sweep algorithm for the hypervolume indicator", CEC 2006).
// Its steps are the bits of a set of ranks of the first coordinate, so that neighbours are found in
// a few words: O(n log n), of which the sorting is the larger part.
double Hypervolume3(std::vector<FixedPoint<3>> points, const FixedPoint<3>& reference);

// The volume of the first three coordinates grows along the fourth one, by what each point adds to
// those before it (Guerreiro, Fonseca, "Computing and updating hypervolume contributions in up to
// four dimensions", IEEE TEVC 22(3), 2018): O(n^2).
double Hypervolume4(std::vector<FixedPoint<4>> points, const FixedPoint<4>& reference);

// What each point adds to all others, in their order; 0 for dominated and repeated points.
// O(n log n).
std::vector<double> Contributions2(const std::vector<FixedPoint<2>>& points,
                                   const FixedPoint<2>& reference);

// O(n^2) with a small factor: a millisecond for 1,000 points.
std::vector<double> Contributions3(const std::vector<FixedPoint<3>>& points,
                                   const FixedPoint<3>& reference);

}  // namespace faretto
