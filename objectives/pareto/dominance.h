// Pareto dominance between points, everything minimised.
//
// Callers pass finite points of one length (study values are finite by contract; FinitePoints
// filters others). With NaN or different lengths the functions still return, but what they return
// means nothing. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace faretto {

using Point = std::vector<double>;

// Strict Pareto dominance: `a` nowhere worse and somewhere better. Equal points do not dominate
// each other.
bool Dominates(std::span<const double> a, std::span<const double> b);

// The rule of the original FR-NAS analysis (`whatIsPareto`): a point loses only against one that is
// better in every coordinate, so that points which tie in one coordinate survive. Only for
// comparison with published tables.
bool DominatesInEveryObjective(std::span<const double> a, std::span<const double> b);

// Indices of the points whose coordinates are all finite, ascending.
std::vector<std::size_t> FinitePoints(const std::vector<Point>& points);

// Indices of the points that no other dominates, ascending; equal points are all kept.
// O(n log n) for up to three objectives, O(n log n + n * front) beyond, but never more than
// NonDominatedSort by a factor.
std::vector<std::size_t> NonDominated(const std::vector<Point>& points);

// The same under DominatesInEveryObjective. O(n^2).
std::vector<std::size_t> NonDominatedWeak(const std::vector<Point>& points);

// The front (0 = best) of each point; equal points share one. Up to three objectives: efficient
// non-dominated sort with binary search, ENS-BS (Zhang, Tian, Cheng, Jin, "An efficient approach to
// non-dominated sorting for evolutionary multi-objective optimization", IEEE TEVC 19(2), 2015),
// where a front of three objectives is a staircase of the last two. More: divide and conquer
// (objectives/pareto/divide_and_conquer_ranks.h). O(n log n) for up to two objectives, O(n log^2 n)
// for three, O(n log^(m-1) n) for m. Times: benchmarks/README.md.
std::vector<int> NonDominatedSort(const std::vector<Point>& points);

// NSGA-II's crowding distance of each point of one front (Deb, Pratap, Agarwal, Meyarivan, IEEE
// TEVC 6(2), 2002): the sum over objectives of the gap between the two neighbours, divided by the
// objective's range; infinite for the first and last in an objective. Points that tie in an
// objective are ordered by index; an objective that is the same everywhere adds nothing inside.
std::vector<double> CrowdingDistance(const std::vector<Point>& points);

// Points that none of them dominates, while more come in. Equal points are all kept. Thread safety:
// none.
class GrowingFront {
 public:
  // O(points on the front).
  void Add(const Point& point);
  const std::vector<Point>& points() const { return points_; }

 private:
  std::vector<Point> points_;
};

}  // namespace faretto
