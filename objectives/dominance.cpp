#include "objectives/dominance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace faretto {
namespace {

// Lexicographic order, ties by index: a point can only be dominated by one before it.
std::vector<std::size_t> LexicographicOrder(const std::vector<Point>& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // NaN would break the strict weak ordering that std::sort needs, so that it may read out of
  // bounds; it is compared as infinity.
  const auto key = [](double value) {
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    const Point& a = points[i];
    const Point& b = points[j];
    for (std::size_t k = 0; k < a.size() && k < b.size(); ++k)
      if (key(a[k]) != key(b[k])) return key(a[k]) < key(b[k]);
    if (a.size() != b.size()) return a.size() < b.size();
    return i < j;
  });
  return order;
}

bool AllHaveTwo(const std::vector<Point>& points) {
  return std::all_of(points.begin(), points.end(), [](const Point& p) { return p.size() == 2; });
}

// Members of one front, enough to decide whether one of them dominates a later point.
struct Front {
  double smallest_second = std::numeric_limits<double>::infinity();  // two objectives
  std::vector<std::size_t> members;                                  // more
};

bool FrontDominates(const Front& front, const std::vector<Point>& points, std::size_t candidate,
                    bool two) {
  // Earlier points have a first objective at most as large and are not equal (the caller handles
  // equal points), so with two objectives the second decides.
  if (two) return front.smallest_second <= points[candidate][1];
  // Newest first: neighbours in the order are the likeliest to dominate.
  return std::any_of(front.members.rbegin(), front.members.rend(), [&](std::size_t member) {
    return Dominates(points[member], points[candidate]);
  });
}

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

std::vector<std::size_t> NonDominated(const std::vector<Point>& points) {
  const bool two = AllHaveTwo(points);
  Front front;
  std::vector<std::size_t> kept;
  const Point* previous = nullptr;
  bool previous_kept = false;
  for (const std::size_t i : LexicographicOrder(points)) {
    const bool repeats = previous != nullptr && points[i] == *previous;
    const bool keep = repeats ? previous_kept : !FrontDominates(front, points, i, two);
    if (keep) {
      kept.push_back(i);
      if (!repeats && !two) front.members.push_back(i);
      if (two) front.smallest_second = std::min(front.smallest_second, points[i][1]);
    }
    previous = &points[i];
    previous_kept = keep;
  }
  std::sort(kept.begin(), kept.end());
  return kept;
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

std::vector<int> NonDominatedSort(const std::vector<Point>& points) {
  const bool two = AllHaveTwo(points);
  std::vector<int> rank(points.size(), 0);
  std::vector<Front> fronts;
  const Point* previous = nullptr;
  int previous_rank = 0;
  for (const std::size_t i : LexicographicOrder(points)) {
    if (previous == nullptr || points[i] != *previous) {
      // A point dominated by a member of front k is dominated by members of all fronts before it.
      const auto place = std::partition_point(
          fronts.begin(), fronts.end(),
          [&](const Front& front) { return FrontDominates(front, points, i, two); });
      previous_rank = static_cast<int>(place - fronts.begin());
      if (place == fronts.end()) fronts.emplace_back();
      Front& front = fronts[static_cast<std::size_t>(previous_rank)];
      if (two) front.smallest_second = std::min(front.smallest_second, points[i][1]);
      if (!two) front.members.push_back(i);
    }
    rank[i] = previous_rank;
    previous = &points[i];
  }
  return rank;
}

std::vector<double> CrowdingDistance(const std::vector<Point>& points) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
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

}  // namespace faretto
