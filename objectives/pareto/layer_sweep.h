// The best Pareto layers of points with one or two objectives, by one sweep. Thread safety: pure
// functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace faretto {

struct SweepPoint {
  double first;   // to be minimised; finite
  double second;  // 0 where there is one objective only
  std::size_t index;
};

// Finds the first layers, whole ones, that together hold `count` of the points (all layers where
// the points are fewer) and returns how many points lie on each. layer_of[index] becomes the layer
// of each of their points, 0 = best; equal points share one. What other points are given is no less
// than the number of layers. Indices differ and lie within `layer_of`. O(n) for first objectives
// that are spread evenly, O(n log n) at worst.
std::vector<std::size_t> SweepLayers(std::vector<SweepPoint> points, std::size_t count,
                                     std::vector<std::size_t>& layer_of);

struct SortedLayers {
  std::vector<SweepPoint> points;  // the best layer first; within one in lexicographic order
  std::vector<std::size_t> sizes;  // of the layers
};

// The same layers of points that are in lexicographic order. O(n) where few layers hold `count`
// points, O(n log n) at worst.
SortedLayers SweepSortedLayers(std::span<const SweepPoint> points, std::size_t count);

}  // namespace faretto
