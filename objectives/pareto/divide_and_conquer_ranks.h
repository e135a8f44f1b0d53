// Non-dominated sorting for three and more objectives; the inner part of NonDominatedSort.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace faretto {

// The front (0 = best) of each point. `columns[k]` is objective k of all points; no two points are
// equal, they ascend lexicographically, no number is NaN, and there are at least three objectives.
//
// Divide and conquer (Jensen, "Reducing the run-time complexity of multiobjective EAs: the NSGA-II
// and other algorithms", IEEE TEVC 7(5), 2003; in the form of Buzdalov, Shalyto, "A provably
// asymptotically fast version of the generalized Jensen algorithm for non-dominated sorting", PPSN
// XIII, 2014): a point's front is one behind the last front of those that dominate it. The first
// half in lexicographic order is ranked, then tells the second half, where only the other
// objectives still count; telling splits by an objective in turn, and is a sweep when two are left.
// O(n log^(m-1) n). Thread safety: a pure function.
std::vector<int> DivideAndConquerRanks(const std::vector<std::vector<double>>& columns);

}  // namespace faretto
