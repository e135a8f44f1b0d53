#include "objectives/pareto/dominance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace faretto {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

bool Dominates(std::span<const double> a, std::span<const double> b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size() && k < b.size(); ++k) {
    if (a[k] > b[k]) return false;
    better = better || a[k] < b[k];
  }
  return better;
}

bool DominatesInEveryObjective(std::span<const double> a, std::span<const double> b) {
  for (std::size_t k = 0; k < a.size() && k < b.size(); ++k)
    if (!(a[k] < b[k])) return false;
  return !a.empty();
}

std::vector<std::size_t> FinitePoints(const std::vector<Point>& points) {
  std::vector<std::size_t> finite;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::all_of(points[i].begin(), points[i].end(), [](double v) { return std::isfinite(v); }))
      finite.push_back(i);
  return finite;
}

std::vector<std::size_t> NonDominatedWeak(const std::vector<Point>& points) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::none_of(points.begin(), points.end(), [&](const Point& other) {
          return DominatesInEveryObjective(other, points[i]);
        }))
      kept.push_back(i);
  return kept;
}

std::vector<double> CrowdingDistance(const std::vector<Point>& points) {
  const std::size_t n = points.size();
  std::vector<double> distance(n, 0.0);
  if (n == 0) return distance;
  std::vector<std::size_t> order(n);
  for (std::size_t k = 0; k < points[0].size(); ++k) {
    const auto value = [&](std::size_t i) {
      const double v = k < points[i].size() ? points[i][k] : kInfinity;
      return std::isnan(v) ? kInfinity : v;
    };
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return value(i) < value(j); });
    distance[order.front()] = kInfinity;
    distance[order.back()] = kInfinity;
    const double range = value(order.back()) - value(order.front());
    if (!(range > 0)) continue;
    for (std::size_t i = 1; i + 1 < n; ++i)
      distance[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
  }
  return distance;
}

void GrowingFront::Add(const Point& point) {
  for (const Point& other : points_)
    if (Dominates(other, point)) return;
  std::erase_if(points_, [&](const Point& other) { return Dominates(point, other); });
  points_.push_back(point);
}

}  // namespace faretto
