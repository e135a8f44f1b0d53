// Which observed trials are the good ones of TPE, and what each weighs.
//
// Feasible trials come before infeasible ones, by Pareto layer; the layer that does not fit as a
// whole gives those that together cover the largest hypervolume (greedy subset selection, at least
// 1 - 1/e of the best: Guerreiro, Fonseca, Paquete, "Greedy hypervolume subset selection in low
// dimensions", Evolutionary Computation 24(3), 2016). Infeasible ones, the least violation first,
// fill what is left. Weights are those of MOTPE (Ozaki, Tanigaki, Watanabe, Onishi, GECCO 2020;
// JAIR 73, 2022): what a good trial adds to the hypervolume, the largest 1.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "objectives/pareto/dominance.h"
#include "scheduler/searchers/comparison.h"

namespace faretto {

struct GoodTrial {
  std::size_t position;  // in the comparison
  double weight;         // in (0, 1]
};

// The best `count`, or all there are. O(n log n) for up to two objectives.
std::vector<GoodTrial> BestForTpe(const Comparison& comparison, std::size_t count);

// Indices of `count` points that together dominate much, in the order in which they were picked;
// everything minimised. Points not better than the reference in every objective add nothing and
// come last, in the order given. Of more than 200 points (and twice the count) those that
// alone cover least are left out.
std::vector<std::size_t> GreedyHypervolumeSubset(const std::vector<Point>& points,
                                                 const Point& reference, std::size_t count);

}  // namespace faretto
