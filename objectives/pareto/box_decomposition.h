// The region that a front leaves non-dominated, as disjoint boxes; everything minimised.
//
// Exact expected hypervolume improvement is a sum over these boxes of products over objectives
// (Yang, Emmerich, Deutz, Baeck, "Efficient computation of expected hypervolume improvement using
// box decomposition algorithms", Journal of Global Optimization 75, 2019).
//
// Method: local upper bounds of the front with the points that define them, points inserted by
// their last objective (Lacour, Klamroth, Fonseca, "A box decomposition algorithm to compute the
// hypervolume indicator", Computers & Operations Research 79, 2017, HBDA-NI). A local upper bound u
// whose component k comes from the point z^k stands for the box
//   [max_{k < j} z^k_j, u_j) for j >= 2,
// whose extent in objective 1 is [u_1, reference_1) for the dominated region of the paper and
// (-inf, u_1) for the non-dominated one here. One box for each local upper bound: n + 1 boxes for
// two objectives, 2 n + 1 for three, O(n^floor(m/2)) for m. Ties are broken by index (a symbolic
// perturbation) and boxes without volume are left out, so that ties only make fewer boxes.
// Thread safety: pure functions.
#pragma once

#include <vector>

#include "objectives/pareto/dominance.h"

namespace faretto {

// The points z with lower_k <= z_k < upper_k in every objective k; lower_k may be -infinity.
struct Box {
  Point lower;
  Point upper;
};

// Disjoint boxes whose union holds exactly the points that are below the reference in every
// objective and that no point of `front` equals or dominates. Points of the front may be dominated
// or repeated; those that are not finite, of another length than the reference, or not below it in
// every objective are ignored. No boxes for a reference without components, or with one that is
// NaN or -infinity.
std::vector<Box> NonDominatedBoxes(const std::vector<Point>& front, const Point& reference);

}  // namespace faretto
