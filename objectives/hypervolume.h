// Exact hypervolume of points, everything minimised, and what each point adds to it.
//
// The volume that the points dominate and the reference point bounds. A point that is not better
// than the reference in every objective adds nothing; so does one that is not finite or of another
// length than the reference. Points may be dominated or repeated.
//
// One and two objectives: a sweep, O(n log n). Three: a sweep along the third objective over a
// sorted staircase, O(n log n) (Fonseca, Paquete, Lopez-Ibanez, "An improved dimension-sweep
// algorithm for the hypervolume indicator", CEC 2006). More: WFG with slicing (While, Bradstreet,
// Barone, "A fast way of calculating exact hypervolumes", IEEE TEVC 16(1), 2012) down to the sweep
// in three dimensions; exponential in the number of objectives.
// Thread safety: pure functions.
#pragma once

#include <vector>

#include "objectives/dominance.h"

namespace faretto {

double Hypervolume(const std::vector<Point>& points, const Point& reference);

// For each point the hypervolume that is lost without it; 0 for dominated and for repeated points.
std::vector<double> HypervolumeContributions(const std::vector<Point>& points,
                                             const Point& reference);

}  // namespace faretto
