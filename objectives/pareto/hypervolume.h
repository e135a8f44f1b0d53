// Exact hypervolume of points, everything minimised, and what each point adds to it.
//
// The volume that the points dominate and the reference point bounds. A point that is not better
// than the reference in every objective adds nothing; so does one that is not finite or of another
// length than the reference. Points may be dominated or repeated.
//
// Up to four objectives: sweeps along the last one, O(n log n) up to three and O(n^2) for four
// (objectives/pareto/hypervolume_sweeps.h). More: WFG with slicing (While, Bradstreet, Barone, "A
// fast way of calculating exact hypervolumes", IEEE TEVC 16(1), 2012) down to the sweep for four;
// exponential in the number of objectives.
// Thread safety: pure functions.
#pragma once

#include <vector>

#include "objectives/pareto/dominance.h"

namespace faretto {

double Hypervolume(const std::vector<Point>& points, const Point& reference);

// For each point the hypervolume that is lost without it; 0 for dominated and for repeated points.
// O(n log n) for two objectives, O(n^2) for three; beyond, the hypervolume of what is close to each
// point, in a box that ends where some other point covers everything.
std::vector<double> HypervolumeContributions(const std::vector<Point>& points,
                                             const Point& reference);

}  // namespace faretto
