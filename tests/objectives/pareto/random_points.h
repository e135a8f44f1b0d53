// Points for randomised tests and benchmarks.
#pragma once

#include <cmath>
#include <string>

#include "base/random.h"
#include "objectives/pareto/dominance.h"

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

// Points that do not dominate each other ("concave", "convex": on a sphere; "linear": on a simplex)
// or many that do ("uniform"), in [0, 1]; only operations that round the same way everywhere.
struct FrontCase {
  std::string shape;
  std::size_t points = 0;
  std::size_t dimensions = 0;
  std::uint64_t seed = 0;
  double reference = 1.1;  // in every objective
};

inline std::vector<Point> MakeFront(const FrontCase& front) {
  RandomStream random(front.seed, "test/front");
  std::vector<Point> points(front.points, Point(front.dimensions));
  for (Point& point : points) {
    double sum = 0;
    double squares = 0;
    for (double& value : point) {
      value = random.Uniform() + 0x1p-20;
      sum += value;
      squares += value * value;
    }
    if (front.shape == "uniform") continue;
    const double size = front.shape == "linear" ? sum : std::sqrt(squares);
    for (double& value : point) value = front.shape == "concave" ? 1 - value / size : value / size;
  }
  return points;
}

// Those whose hypervolumes by pagmo are in tests/data/hypervolume.
inline std::vector<FrontCase> GoldenFronts() {
  std::vector<FrontCase> fronts;
  for (const char* shape : {"concave", "convex", "linear", "uniform"})
    for (const std::size_t dimensions : {2, 3, 4})
      for (const std::size_t points : {100, 1000})
        fronts.push_back({shape, points, dimensions, fronts.size(), 1.1});
  for (const std::size_t dimensions : {5, 6})
    fronts.push_back({"linear", 100, dimensions, fronts.size(), 1.1});
  // Half of the points are not below this reference.
  for (const std::size_t dimensions : {2, 3, 4})
    fronts.push_back({"uniform", 100, dimensions, fronts.size(), 0.5});
  return fronts;
}

// Says whether the points are those for which golden numbers were made.
inline double CoordinateSum(const std::vector<Point>& points) {
  double sum = 0;
  for (const Point& point : points)
    for (const double value : point) sum += value;
  return sum;
}

}  // namespace faretto
