// NSGA-II's order of points with one or two objectives that are sorted already: layers, then
// crowding (Deb, Pratap, Agarwal, Meyarivan, IEEE TEVC 6(2), 2002). Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "objectives/pareto/layer_sweep.h"

namespace faretto {

struct PlaneRank {
  std::size_t index = 0;  // of the point
  int layer = 0;          // 0 = best
  double crowding = 0;  // as CrowdingDistance of the layer's different points; equal ones share it
};

// The best `count` of one layer, best first: less crowded, then the smaller index. `layer` is in
// lexicographic order and not empty; `number` becomes the layer of all. O(n log count).
std::vector<PlaneRank> BestOfLayer(std::span<const SweepPoint> layer, int number,
                                   std::size_t count);

// The best `count`, best first: by layer, then less crowded, then the smaller index. `sorted` is in
// lexicographic order, equal points by index. O(n) where few layers hold `count` points,
// O(n log n) at worst.
std::vector<PlaneRank> BestInPlane(std::span<const SweepPoint> sorted, std::size_t count);

}  // namespace faretto
