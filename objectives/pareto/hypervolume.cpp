#include "objectives/pareto/hypervolume.h"

#include <algorithm>
#include <cmath>

#include "objectives/pareto/hypervolume_sweeps.h"

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

template <std::size_t D>
FixedPoint<D> Fixed(const Point& point) {
  FixedPoint<D> fixed;
  std::copy_n(point.begin(), D, fixed.begin());
  return fixed;
}

template <std::size_t D>
std::vector<FixedPoint<D>> AllFixed(const std::vector<Point>& points) {
  std::vector<FixedPoint<D>> fixed;
  fixed.reserve(points.size());
  for (const Point& point : points) fixed.push_back(Fixed<D>(point));
  return fixed;
}

// The first `dimensions` coordinates of the corner where the boxes of two points meet.
Point Corner(const Point& a, const Point& b, std::size_t dimensions) {
  Point corner(dimensions);
  for (std::size_t k = 0; k < dimensions; ++k) corner[k] = std::max(a[k], b[k]);
  return corner;
}

double Volume(std::vector<Point> points, const Point& reference, std::size_t dimensions) {
  if (points.empty()) return 0;
  if (dimensions == 0) return 0;
  if (dimensions == 1) return reference[0] - std::min_element(points.begin(), points.end())->at(0);
  if (dimensions == 2) return Hypervolume2(AllFixed<2>(points), Fixed<2>(reference));
  if (dimensions == 3) return Hypervolume3(AllFixed<3>(points), Fixed<3>(reference));
  if (dimensions == 4) return Hypervolume4(AllFixed<4>(points), Fixed<4>(reference));
  points = NonDominatedPoints(points);
  // Worst last objective first: what a point shares with those after it then begins at its own last
  // coordinate, so that its exclusive volume is a slice times a volume of one dimension less.
  const std::size_t last = dimensions - 1;
  std::sort(points.begin(), points.end(),
            [last](const Point& a, const Point& b) { return a[last] > b[last]; });
  double volume = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<Point> limited;
    for (std::size_t j = i + 1; j < points.size(); ++j)
      limited.push_back(Corner(points[i], points[j], last));
    const double shared = Volume(std::move(limited), reference, last);
    volume +=
        (reference[last] - points[i][last]) * (BoxVolume(points[i], reference, last) - shared);
  }
  return volume;
}

// Where the box that only points[own] covers ends: for each objective, at the first other point
// that is not worse in all the others. Empty if another point is nowhere worse.
Point Sides(const std::vector<Point>& points, std::size_t own, const Point& reference) {
  const Point& point = points[own];
  Point sides = reference;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == own) continue;
    std::size_t worse = 0;
    std::size_t where = 0;
    for (std::size_t k = 0; k < point.size() && worse < 2; ++k) {
      if (points[i][k] <= point[k]) continue;
      ++worse;
      where = k;
    }
    if (worse == 0) return {};
    if (worse == 1) sides[where] = std::min(sides[where], points[i][where]);
  }
  return sides;
}

std::vector<double> ContributionsByLimitSets(const std::vector<Point>& points,
                                             const Point& reference) {
  const std::size_t dimensions = reference.size();
  std::vector<double> contributions(points.size(), 0.0);
  for (std::size_t own = 0; own < points.size(); ++own) {
    const Point sides = Sides(points, own, reference);
    if (sides.empty()) continue;
    std::vector<Point> limited;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto inside = [&](std::size_t k) { return points[i][k] < sides[k]; };
      std::size_t k = 0;
      while (k < dimensions && inside(k)) ++k;
      if (i == own || k < dimensions) continue;
      limited.push_back(Corner(points[i], points[own], dimensions));
    }
    const double shared = Volume(std::move(limited), sides, dimensions);
    contributions[own] = std::max(0.0, BoxVolume(points[own], sides, dimensions) - shared);
  }
  return contributions;
}

template <std::size_t D>
std::vector<FixedPoint<D>> Counted(const std::vector<Point>& points, const Point& reference) {
  std::vector<FixedPoint<D>> counted;
  counted.reserve(points.size());
  for (const Point& point : points)
    if (Counts(point, reference)) counted.push_back(Fixed<D>(point));
  return counted;
}

}  // namespace

double Hypervolume(const std::vector<Point>& points, const Point& reference) {
  // Copies of all points as vectors would take longer than the sweeps.
  if (reference.size() == 2)
    return Hypervolume2(Counted<2>(points, reference), Fixed<2>(reference));
  if (reference.size() == 3)
    return Hypervolume3(Counted<3>(points, reference), Fixed<3>(reference));
  if (reference.size() == 4)
    return Hypervolume4(Counted<4>(points, reference), Fixed<4>(reference));
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
  std::vector<double> of_kept;
  if (reference.size() == 2)
    of_kept = Contributions2(AllFixed<2>(kept), Fixed<2>(reference));
  else if (reference.size() == 3)
    of_kept = Contributions3(AllFixed<3>(kept), Fixed<3>(reference));
  else
    of_kept = ContributionsByLimitSets(kept, reference);
  std::vector<double> contributions(points.size(), 0.0);
  for (std::size_t i = 0; i < kept.size(); ++i) contributions[counted[i]] = of_kept[i];
  return contributions;
}

}  // namespace faretto
