// Points for randomised tests.
#pragma once

#include "base/random.h"
#include "objectives/dominance.h"

namespace faretto {

// Coordinates are multiples of 1/levels in [0, 1): few levels make ties and repeated points.
inline std::vector<Point> RandomPoints(RandomStream& random, std::size_t n, std::size_t dimensions,
                                       std::uint64_t levels) {
  std::vector<Point> points(n, Point(dimensions));
  for (Point& point : points)
    for (double& value : point)
      value = static_cast<double>(random.Below(levels)) / static_cast<double>(levels);
  return points;
}

}  // namespace faretto
