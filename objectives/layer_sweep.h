// Pareto layers of points with one or two objectives (everything minimised) by one sweep.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "objectives/bucket_sort.h"

namespace faretto {

struct SweepPoint {
  double first;
  double second;  // 0 where there is one objective only
  std::size_t index;
};

// Calls found(index, layer) for every point of the first `limit` layers, 0 = best; equal points
// share one. In lexicographic order a layer's newest point has its smallest second objective, so
// that it decides alone who is dominated. Values are finite, indices differ. Sorts `points`; O(n)
// for first objectives that are spread evenly, and O(log layers) for each point of these layers.
template <class Found>
void SweepLayers(std::vector<SweepPoint>& points, std::size_t limit, Found found) {
  if (limit == 0) return;
  BucketSort(
      points, [](const SweepPoint& point) { return point.first; },
      [](const SweepPoint& a, const SweepPoint& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.second != b.second) return a.second < b.second;
        return a.index < b.index;
      });
  std::vector<double> smallest;  // second objective, by layer
  std::size_t layer = 0;
  const SweepPoint* before = nullptr;
  for (const SweepPoint& point : points) {
    const bool repeats =
        before != nullptr && before->first == point.first && before->second == point.second;
    before = &point;
    if (!repeats) {
      // Most points lie behind the layers that are looked for.
      const bool behind = smallest.size() == limit && smallest.back() <= point.second;
      const auto place =
          behind ? smallest.end()
                 : std::partition_point(smallest.begin(), smallest.end(),
                                        [&](double second) { return second <= point.second; });
      layer = static_cast<std::size_t>(place - smallest.begin());
      if (layer == limit) continue;
      if (place == smallest.end()) smallest.emplace_back();
      smallest[layer] = point.second;
    }
    if (layer < limit) found(point.index, layer);
  }
}

}  // namespace faretto
