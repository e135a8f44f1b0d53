#include "objectives/hypervolume.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace faretto {
namespace {

bool Counts(const Point& point, const Point& reference) {
  if (point.size() != reference.size()) return false;
  for (std::size_t k = 0; k < point.size(); ++k)
    if (!std::isfinite(point[k]) || !(point[k] < reference[k])) return false;
  return true;
}

std::vector<Point> NonDominatedPoints(const std::vector<Point>& points) {
  std::vector<Point> kept;
  for (const std::size_t i : NonDominated(points)) kept.push_back(points[i]);
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

double BoxVolume(const Point& point, const Point& reference, std::size_t dimensions) {
  double volume = 1;
  for (std::size_t k = 0; k < dimensions; ++k) volume *= reference[k] - point[k];
  return volume;
}

double Area(std::vector<Point> points, const Point& reference) {
  std::sort(points.begin(), points.end());
  double area = 0;
  double lowest = reference[1];
  for (const Point& point : points) {
    if (point[1] >= lowest) continue;
    area += (reference[0] - point[0]) * (lowest - point[1]);
    lowest = point[1];
  }
  return area;
}

// The points of the plane seen so far that no other dominates, as x -> y (y falls while x grows).
class Staircase {
 public:
  explicit Staircase(const Point& reference) : x_end_(reference[0]), y_end_(reference[1]) {}

  double area() const { return area_; }

  void Insert(double x, double y) {
    auto next = steps_.upper_bound(x);
    double height = y_end_;  // of the staircase just right of x
    if (next != steps_.begin()) {
      const auto before = std::prev(next);
      height = before->second;
      if (height <= y) return;
      if (before->first == x) next = steps_.erase(before);
    }
    double from = x;
    while (true) {
      const double to = next == steps_.end() ? x_end_ : next->first;
      area_ += (to - from) * (height - y);
      if (next == steps_.end() || next->second < y) break;
      from = to;
      height = next->second;
      next = steps_.erase(next);
    }
    steps_.emplace_hint(next, x, y);
  }

 private:
  double x_end_;
  double y_end_;
  double area_ = 0;
  std::map<double, double> steps_;
};

double Volume3(std::vector<Point> points, const Point& reference) {
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a[2] < b[2]; });
  Staircase stairs(reference);
  double volume = 0;
  double level = 0;
  for (const Point& point : points) {
    volume += stairs.area() * (point[2] - level);
    level = point[2];
    stairs.Insert(point[0], point[1]);
  }
  return points.empty() ? 0 : volume + stairs.area() * (reference[2] - level);
}

// The first `dimensions` coordinates of the corner where each point's box meets that of `point`.
std::vector<Point> LimitSet(std::span<const Point> points, const Point& point,
                            std::size_t dimensions) {
  std::vector<Point> limited;
  limited.reserve(points.size());
  for (const Point& other : points) {
    Point corner(dimensions);
    for (std::size_t k = 0; k < dimensions; ++k) corner[k] = std::max(other[k], point[k]);
    limited.push_back(std::move(corner));
  }
  return limited;
}

double Volume(std::vector<Point> points, const Point& reference, std::size_t dimensions) {
  if (points.empty()) return 0;
  if (dimensions == 0) return 0;
  if (dimensions == 1) return reference[0] - std::min_element(points.begin(), points.end())->at(0);
  if (dimensions == 2) return Area(std::move(points), reference);
  if (dimensions == 3) return Volume3(std::move(points), reference);
  points = NonDominatedPoints(points);
  // Worst last objective first: what a point shares with those after it then begins at its own last
  // coordinate, so that its exclusive volume is a slice times a volume of one dimension less.
  const std::size_t last = dimensions - 1;
  std::sort(points.begin(), points.end(),
            [last](const Point& a, const Point& b) { return a[last] > b[last]; });
  double volume = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double shared =
        Volume(LimitSet(std::span(points).subspan(i + 1), points[i], last), reference, last);
    volume +=
        (reference[last] - points[i][last]) * (BoxVolume(points[i], reference, last) - shared);
  }
  return volume;
}

}  // namespace

double Hypervolume(const std::vector<Point>& points, const Point& reference) {
  std::vector<Point> counted;
  for (const Point& point : points)
    if (Counts(point, reference)) counted.push_back(point);
  return Volume(std::move(counted), reference, reference.size());
}

std::vector<double> HypervolumeContributions(const std::vector<Point>& points,
                                             const Point& reference) {
  std::vector<std::size_t> counted;
  std::vector<Point> kept;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (Counts(points[i], reference)) {
      counted.push_back(i);
      kept.push_back(points[i]);
    }
  std::vector<double> contributions(points.size(), 0.0);
  for (const std::size_t own : NonDominated(kept)) {
    // Dominated points count among the others: they keep some of what a front member covers.
    std::vector<Point> others;
    bool repeated = false;
    for (std::size_t other = 0; other < kept.size(); ++other) {
      if (other == own) continue;
      repeated = repeated || kept[other] == kept[own];
      others.push_back(kept[other]);
    }
    if (repeated) continue;
    const std::size_t dimensions = reference.size();
    const double shared = Volume(LimitSet(others, kept[own], dimensions), reference, dimensions);
    contributions[counted[own]] =
        std::max(0.0, BoxVolume(kept[own], reference, dimensions) - shared);
  }
  return contributions;
}

}  // namespace faretto
