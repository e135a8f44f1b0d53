#include "objectives/pareto/hypervolume_sweeps.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>

#include "objectives/pareto/bucket_sort.h"
#include "objectives/pareto/layered_volume.h"
#include "objectives/pareto/rank_set.h"

namespace faretto {
namespace {

// The points of the plane seen so far that no other dominates, named by their ranks in x (ties by
// y); y falls while x grows.
class Staircase {
 public:
  Staircase(const std::vector<FixedPoint<3>>& by_x, const FixedPoint<3>& reference)
      : by_x_(by_x), x_end_(reference[0]), y_end_(reference[1]), steps_(by_x.size()) {}

  double area() const { return area_; }

  void Insert(std::size_t rank) {
    const double y = by_x_[rank][1];
    const std::size_t before = steps_.Before(rank);
    double height = before == RankSet::kNone ? y_end_ : by_x_[before][1];
    if (height <= y) return;
    double from = by_x_[rank][0];
    std::size_t next = steps_.After(rank);
    while (next != RankSet::kNone && by_x_[next][1] >= y) {
      area_ += (by_x_[next][0] - from) * (height - y);
      from = by_x_[next][0];
      height = by_x_[next][1];
      steps_.Erase(next);
      next = steps_.After(next);
    }
    area_ += ((next == RankSet::kNone ? x_end_ : by_x_[next][0]) - from) * (height - y);
    steps_.Insert(rank);
  }

 private:
  const std::vector<FixedPoint<3>>& by_x_;
  double x_end_;
  double y_end_;
  double area_ = 0;
  RankSet steps_;
};

struct Level {
  double value;
  std::size_t rank;
};

// The points of a run: the first one is on the front, the others are right of it and, as no later
// run has begun, not below it.
double FirstAlone(const std::vector<FixedPoint<2>>& points, std::span<const Level> run,
                  double x_end, double y_end) {
  const FixedPoint<2>& first = points[run[0].rank];
  double lowest = y_end;
  double others = 0;
  for (const Level& level : run.subspan(1)) {
    const FixedPoint<2>& point = points[level.rank];
    if (point[1] >= lowest) continue;
    others += (x_end - point[0]) * (lowest - point[1]);
    lowest = point[1];
  }
  return std::max(0.0, (x_end - first[0]) * (y_end - first[1]) - others);
}

}  // namespace

double Hypervolume2(std::vector<FixedPoint<2>> points, const FixedPoint<2>& reference) {
  BucketSort(
      points, [](const auto& point) { return point[0]; }, std::less<>());
  double area = 0;
  double lowest = reference[1];
  for (const FixedPoint<2>& point : points) {
    if (point[1] >= lowest) continue;
    area += (reference[0] - point[0]) * (lowest - point[1]);
    lowest = point[1];
  }
  return area;
}

double Hypervolume3(std::vector<FixedPoint<3>> points, const FixedPoint<3>& reference) {
  BucketSort(
      points, [](const auto& point) { return point[0]; }, std::less<>());
  std::vector<Level> levels(points.size());
  for (std::size_t rank = 0; rank < points.size(); ++rank) levels[rank] = {points[rank][2], rank};
  BucketSort(
      levels, [](const Level& level) { return level.value; },
      [](const Level& a, const Level& b) { return a.value < b.value; });
  Staircase stairs(points, reference);
  double volume = 0;
  double height = reference[2];
  for (const Level& level : levels) {
    volume += stairs.area() * (level.value - height);
    height = level.value;
    stairs.Insert(level.rank);
  }
  return volume + stairs.area() * (reference[2] - height);
}

double Hypervolume4(std::vector<FixedPoint<4>> points, const FixedPoint<4>& reference) {
  BucketSort(
      points, [](const auto& point) { return point[3]; },
      [](const auto& a, const auto& b) { return a[3] < b[3]; });
  LayeredVolume below({reference[0], reference[1], reference[2]});
  double volume = 0;
  double height = reference[3];
  for (const FixedPoint<4>& point : points) {
    volume += below.volume() * (point[3] - height);
    height = point[3];
    below.Insert({point[0], point[1], point[2]});
  }
  return volume + below.volume() * (reference[3] - height);
}

std::vector<double> Contributions2(const std::vector<FixedPoint<2>>& points,
                                   const FixedPoint<2>& reference) {
  std::vector<Level> by_x(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) by_x[i] = {points[i][0], i};
  BucketSort(
      by_x, [](const Level& level) { return level.value; },
      [&](const Level& a, const Level& b) { return points[a.rank] < points[b.rank]; });
  std::vector<double> contributions(points.size(), 0.0);
  double y_end = reference[1];
  for (std::size_t begin = 0, end = 0; begin < by_x.size(); begin = end) {
    const double y = points[by_x[begin].rank][1];
    end = begin + 1;
    while (end < by_x.size() && points[by_x[end].rank][1] >= y) ++end;
    const double x_end = end < by_x.size() ? by_x[end].value : reference[0];
    contributions[by_x[begin].rank] =
        FirstAlone(points, std::span(by_x).subspan(begin, end - begin), x_end, y_end);
    y_end = y;
  }
  return contributions;
}

std::vector<double> Contributions3(const std::vector<FixedPoint<3>>& points,
                                   const FixedPoint<3>& reference) {
  std::vector<Level> by_z(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) by_z[i] = {points[i][2], i};
  BucketSort(
      by_z, [](const Level& level) { return level.value; },
      [](const Level& a, const Level& b) { return a.value < b.value; });
  std::vector<FixedPoint<3>> sorted;
  sorted.reserve(points.size());
  for (const Level& level : by_z) sorted.push_back(points[level.rank]);
  LayeredVolume layers(reference, sorted);
  std::vector<double> contributions(points.size());
  for (std::size_t i = 0; i < by_z.size(); ++i) contributions[by_z[i].rank] = layers.GainOf(i);
  return contributions;
}

}  // namespace faretto
