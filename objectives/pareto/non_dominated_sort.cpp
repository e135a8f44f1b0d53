// NonDominated and NonDominatedSort of objectives/pareto/dominance.h.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "objectives/pareto/bucket_sort.h"
#include "objectives/pareto/divide_and_conquer_ranks.h"
#include "objectives/pareto/dominance.h"
#include "objectives/pareto/plane_staircase.h"

namespace faretto {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// With longer staircases and fronts than this, divide and conquer is used, whose time does not grow
// with their length. This affects time only.
constexpr std::size_t kLongFront = 2048;

// NaN would break the strict weak ordering that sorting needs; it counts as infinity, and so does
// what is missing.
double Value(const Point& point, std::size_t k) {
  return k < point.size() && !std::isnan(point[k]) ? point[k] : kInfinity;
}

struct Keyed {
  double first;  // the first objective
  std::uint32_t index;
};

// Lexicographic order, ties by index: a point can only be dominated by one before it.
std::vector<Keyed> LexicographicOrder(const std::vector<Point>& points) {
  std::vector<Keyed> order(points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    order[i] = {Value(points[i], 0), static_cast<std::uint32_t>(i)};
  const auto before = [&](const Keyed& i, const Keyed& j) {
    if (i.first != j.first) return i.first < j.first;
    const Point& a = points[i.index];
    const Point& b = points[j.index];
    for (std::size_t k = 1; k < std::max(a.size(), b.size()); ++k)
      if (Value(a, k) != Value(b, k)) return Value(a, k) < Value(b, k);
    return i.index < j.index;
  };
  BucketSort(
      order, [](const Keyed& item) { return item.first; }, before);
  return order;
}

// Points without repetitions, in lexicographic order.
struct Distinct {
  std::vector<std::vector<double>> columns;  // by objective
  std::vector<std::uint32_t> number;         // of each original point among the distinct ones

  std::size_t size() const { return columns.empty() ? 0 : columns.front().size(); }
};

Distinct MakeDistinct(const std::vector<Point>& points) {
  Distinct distinct;
  distinct.number.resize(points.size());
  std::size_t objectives = 1;
  for (const Point& point : points) objectives = std::max(objectives, point.size());
  distinct.columns.resize(objectives);
  for (std::vector<double>& column : distinct.columns) column.reserve(points.size());
  for (const Keyed& item : LexicographicOrder(points)) {
    bool repeats = distinct.size() > 0;
    for (std::size_t k = 0; repeats && k < objectives; ++k)
      repeats = distinct.columns[k].back() == Value(points[item.index], k);
    for (std::size_t k = 0; !repeats && k < objectives; ++k)
      distinct.columns[k].push_back(Value(points[item.index], k));
    distinct.number[item.index] = static_cast<std::uint32_t>(distinct.size() - 1);
  }
  return distinct;
}

// ENS-BS: the first front that does not dominate the point is found by binary search; with two
// objectives a front dominates a later point if its smallest second objective does. One objective:
// every point is a front.
std::vector<int> RanksOfTwo(const Distinct& points) {
  std::vector<int> ranks(points.size());
  std::iota(ranks.begin(), ranks.end(), 0);
  if (points.columns.size() < 2) return ranks;
  std::vector<double> smallest;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const double second = points.columns[1][i];
    const auto place = std::upper_bound(smallest.begin(), smallest.end(), second);
    ranks[i] = static_cast<int>(place - smallest.begin());
    if (place == smallest.end())
      smallest.push_back(second);
    else
      *place = second;
  }
  return ranks;
}

// The same with three objectives: a staircase for each front.
std::vector<int> RanksOfThree(const Distinct& points) {
  std::vector<int> ranks(points.size());
  std::vector<PlaneStaircase> fronts;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const double y = points.columns[1][i];
    const double z = points.columns[2][i];
    const auto place =
        std::partition_point(fronts.begin(), fronts.end(),
                             [&](const PlaneStaircase& front) { return front.Covers(y, z); });
    ranks[i] = static_cast<int>(place - fronts.begin());
    if (place == fronts.end()) fronts.emplace_back();
    PlaneStaircase& front = fronts[static_cast<std::size_t>(ranks[i])];
    front.Insert(y, z);
    if (front.size() > kLongFront) return DivideAndConquerRanks(points.columns);
  }
  return ranks;
}

std::vector<int> Ranks(const Distinct& points) {
  if (points.columns.size() < 3) return RanksOfTwo(points);
  if (points.columns.size() == 3) return RanksOfThree(points);
  return DivideAndConquerRanks(points.columns);
}

// Whether each point is on the first front. `front` answers for those before.
template <class Front>
std::vector<char> FirstFront(const Distinct& points, Front front) {
  std::vector<char> first(points.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = !front.Covers(i);
    if (first[i]) front.Insert(i);
    if (front.size() <= kLongFront) continue;
    const std::vector<int> ranks = DivideAndConquerRanks(points.columns);
    std::transform(ranks.begin(), ranks.end(), first.begin(), [](int rank) { return rank == 0; });
    break;
  }
  return first;
}

// Two objectives: the smallest second one decides.
struct FrontOfTwo {
  const Distinct& points;
  double smallest = kInfinity;
  bool any = false;

  std::size_t size() const { return 1; }
  double second(std::size_t i) const {
    return points.columns.size() < 2 ? 0 : points.columns[1][i];
  }
  bool Covers(std::size_t i) const { return any && smallest <= second(i); }
  void Insert(std::size_t i) {
    smallest = second(i);
    any = true;
  }
};

struct FrontOfThree {
  const Distinct& points;
  PlaneStaircase stairs;

  std::size_t size() const { return stairs.size(); }
  bool Covers(std::size_t i) const {
    return stairs.Covers(points.columns[1][i], points.columns[2][i]);
  }
  void Insert(std::size_t i) { stairs.Insert(points.columns[1][i], points.columns[2][i]); }
};

struct FrontOfMore {
  const Distinct& points;
  std::vector<std::size_t> members;

  std::size_t size() const { return members.size(); }
  bool Covers(std::size_t i) const {
    // Newest first: neighbours in the order are the likeliest to dominate.
    return std::any_of(members.rbegin(), members.rend(), [&](std::size_t member) {
      for (std::size_t k = 1; k < points.columns.size(); ++k)
        if (points.columns[k][member] > points.columns[k][i]) return false;
      return true;
    });
  }
  void Insert(std::size_t i) { members.push_back(i); }
};

std::vector<char> OnFirstFront(const Distinct& points) {
  if (points.columns.size() < 3) return FirstFront(points, FrontOfTwo{points});
  if (points.columns.size() == 3) return FirstFront(points, FrontOfThree{points, {}});
  return FirstFront(points, FrontOfMore{points, {}});
}

}  // namespace

std::vector<std::size_t> NonDominated(const std::vector<Point>& points) {
  const Distinct distinct = MakeDistinct(points);
  const std::vector<char> first = OnFirstFront(distinct);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (first[distinct.number[i]]) kept.push_back(i);
  return kept;
}

std::vector<int> NonDominatedSort(const std::vector<Point>& points) {
  const Distinct distinct = MakeDistinct(points);
  const std::vector<int> ranks = Ranks(distinct);
  std::vector<int> rank(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) rank[i] = ranks[distinct.number[i]];
  return rank;
}

}  // namespace faretto
