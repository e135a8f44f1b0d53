// The knee of a front: the member where giving up a little of one objective stops paying.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace faretto {

// `points`: mutually non-dominated, one vector of m values to be minimised each. Every objective is
// scaled to [0, 1] over the front; the extremes are the best members of each objective. The knee
// has the largest distance, on the side of the ideal point, from the line (m = 2) or hyperplane
// through the unit points of the axes, which after scaling holds the extremes of a front with two
// objectives (Das, "On characterizing the 'knee' of the Pareto curve based on normal-boundary
// intersection", 1999). A tie goes to the first. With one point: that one; with none: nothing.
std::optional<std::size_t> KneePoint(const std::vector<std::vector<double>>& points);

}  // namespace faretto
