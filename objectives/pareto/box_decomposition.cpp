#include "objectives/pareto/box_decomposition.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

namespace faretto {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The points of `front` that count, without dominated and repeated ones, by their last objective.
std::vector<Point> CountedPoints(const std::vector<Point>& front, const Point& reference) {
  std::vector<Point> counted;
  for (const Point& point : front) {
    bool counts = point.size() == reference.size();
    for (std::size_t k = 0; counts && k < point.size(); ++k)
      counts = std::isfinite(point[k]) && point[k] < reference[k];
    if (counts) counted.push_back(point);
  }
  std::vector<Point> kept;
  for (const std::size_t i : NonDominated(counted)) kept.push_back(std::move(counted[i]));
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Point& a, const Point& b) { return a.back() < b.back(); });
  return kept;
}

// Numbers 0 .. points + 1 in place of coordinates, all different in each objective: 0 is -infinity,
// the last one the reference.
class Ranks {
 public:
  Ranks(const std::vector<Point>& points, const Point& reference)
      : dimensions_(reference.size()), rank_(points.size() * dimensions_) {
    std::vector<std::size_t> order(points.size());
    for (std::size_t k = 0; k < dimensions_; ++k) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t i, std::size_t j) { return points[i][k] < points[j][k]; });
      std::vector<double>& values = values_.emplace_back(1, -kInfinity);
      for (std::size_t place = 0; place < order.size(); ++place) {
        rank_[order[place] * dimensions_ + k] = static_cast<std::int32_t>(place + 1);
        values.push_back(points[order[place]][k]);
      }
      values.push_back(reference[k]);
    }
  }

  const std::int32_t* of(std::size_t point) const { return rank_.data() + point * dimensions_; }
  double value(std::size_t k, std::int32_t rank) const {
    return values_[k][static_cast<std::size_t>(rank)];
  }
  std::int32_t reference_rank() const {
    return static_cast<std::int32_t>(values_.front().size() - 1);
  }

 private:
  std::size_t dimensions_;
  std::vector<std::int32_t> rank_;
  std::vector<std::vector<double>> values_;  // by objective and rank
};

// Row k of the m x m numbers is the point that defines component k: the diagonal is the bound. The
// dummy point of objective k is the reference there and -infinity elsewhere.
using LocalUpperBound = std::vector<std::int32_t>;

class Decomposition {
 public:
  Decomposition(const Ranks& ranks, std::size_t dimensions)
      : ranks_(ranks),
        dimensions_(dimensions),
        active_(1, LocalUpperBound(dimensions * dimensions)) {
    for (std::size_t k = 0; k < dimensions_; ++k)
      active_.front()[k * dimensions_ + k] = ranks_.reference_rank();
  }

  // Points come in ascending order of their last objective, so that a bound whose last component
  // is a point's lies above no later point: its box is final.
  void Insert(const std::int32_t* point) {
    std::size_t kept = 0;
    std::vector<LocalUpperBound> born;
    for (std::size_t i = 0; i < active_.size(); ++i) {
      if (!Below(point, active_[i])) {
        if (kept != i) active_[kept] = std::move(active_[i]);
        ++kept;
        continue;
      }
      for (std::size_t j = 0; j + 1 < dimensions_; ++j)
        if (point[j] > LowerSide(active_[i], j, dimensions_))
          born.push_back(Replaced(active_[i], j, point));
      Emit(Replaced(active_[i], dimensions_ - 1, point));
    }
    active_.resize(kept);
    std::move(born.begin(), born.end(), std::back_inserter(active_));
  }

  std::vector<Box> Finish() {
    for (const LocalUpperBound& bound : active_) Emit(bound);
    return std::move(boxes_);
  }

 private:
  bool Below(const std::int32_t* point, const LocalUpperBound& bound) const {
    for (std::size_t k = 0; k < dimensions_; ++k)
      if (point[k] >= bound[k * dimensions_ + k]) return false;
    return true;
  }

  // The largest component j among the points that define the first `count` components other than j.
  std::int32_t LowerSide(const LocalUpperBound& bound, std::size_t j, std::size_t count) const {
    std::int32_t lower = 0;
    for (std::size_t k = 0; k < count; ++k)
      if (k != j) lower = std::max(lower, bound[k * dimensions_ + j]);
    return lower;
  }

  LocalUpperBound Replaced(LocalUpperBound bound, std::size_t j, const std::int32_t* point) const {
    std::copy_n(point, dimensions_, bound.begin() + static_cast<std::ptrdiff_t>(j * dimensions_));
    return bound;
  }

  void Emit(const LocalUpperBound& bound) {
    Box box{Point(dimensions_), Point(dimensions_)};
    for (std::size_t j = 0; j < dimensions_; ++j) {
      box.lower[j] = ranks_.value(j, LowerSide(bound, j, j));
      box.upper[j] = ranks_.value(j, bound[j * dimensions_ + j]);
      if (!(box.lower[j] < box.upper[j])) return;
    }
    boxes_.push_back(std::move(box));
  }

  const Ranks& ranks_;
  std::size_t dimensions_;
  std::vector<LocalUpperBound> active_;
  std::vector<Box> boxes_;
};

}  // namespace

std::vector<Box> NonDominatedBoxes(const std::vector<Point>& front, const Point& reference) {
  if (reference.empty() || !std::all_of(reference.begin(), reference.end(),
                                        [](double value) { return value > -kInfinity; }))
    return {};
  const std::vector<Point> points = CountedPoints(front, reference);
  const Ranks ranks(points, reference);
  Decomposition decomposition(ranks, reference.size());
  for (std::size_t i = 0; i < points.size(); ++i) decomposition.Insert(ranks.of(i));
  return decomposition.Finish();
}

}  // namespace faretto
