#include "objectives/pareto/layer_sweep.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "objectives/pareto/bucket_sort.h"

namespace faretto {
namespace {

constexpr std::size_t kBehind = std::numeric_limits<std::size_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The needed layers of the points that the sweep has passed.
class Layers {
 public:
  explicit Layers(std::size_t count) : count_(count), limit_(count > 0 ? kInfinity : -kInfinity) {}

  const std::vector<std::size_t>& sizes() const { return sizes_; }

  // Does a point with this second objective lie behind all layers that are needed? Most do. (With a
  // tie this is left open: the point may equal one that is in a layer.)
  bool IsBehind(double second) const { return second > limit_; }

  // The layer of a point that follows all others in lexicographic order and equals none: a layer's
  // newest point has its smallest second objective, so that it decides alone who is dominated.
  std::size_t Place(double second) { return second < limit_ ? PlaceWithin(second) : kBehind; }

  // Adds a point. Layers behind those that hold enough points are forgotten.
  void Add(std::size_t layer) {
    if (layer >= sizes_.size()) return;
    ++sizes_[layer];
    ++held_;
    while (held_ - sizes_.back() >= count_) {
      held_ -= sizes_.back();
      sizes_.pop_back();
      smallest_.pop_back();
    }
    if (held_ >= count_) limit_ = smallest_.back();
  }

 private:
  std::size_t PlaceWithin(double second) {
    const auto place = std::partition_point(smallest_.begin(), smallest_.end(),
                                            [&](double other) { return other <= second; });
    const auto layer = static_cast<std::size_t>(place - smallest_.begin());
    if (place == smallest_.end()) {
      smallest_.push_back(second);
      sizes_.push_back(0);
    }
    smallest_[layer] = second;
    return layer;
  }

  std::size_t count_;
  double limit_;  // points with no smaller second objective lie behind
  std::size_t held_ = 0;
  std::vector<std::size_t> sizes_;
  std::vector<double> smallest_;  // second objective
};

// Calls visit(point, layer) for each of the points, which are in lexicographic order; `layers` may
// have forgotten the layer by then.
template <class Visit>
void Sweep(std::span<const SweepPoint> points, Layers& layers, Visit visit) {
  const SweepPoint* before = nullptr;  // that did not lie behind
  std::size_t layer = kBehind;
  for (const SweepPoint& point : points) {
    if (layers.IsBehind(point.second)) {
      visit(point, kBehind);
      continue;
    }
    const bool repeats =
        before != nullptr && before->first == point.first && before->second == point.second;
    before = &point;
    if (!repeats) layer = layers.Place(point.second);
    layers.Add(layer);
    visit(point, layer);
  }
}

}  // namespace

std::vector<std::size_t> SweepLayers(std::vector<SweepPoint> points, std::size_t count,
                                     std::vector<std::size_t>& layer_of) {
  BucketSort(
      points, [](const SweepPoint& point) { return point.first; },
      [](const SweepPoint& a, const SweepPoint& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.second != b.second) return a.second < b.second;
        return a.index < b.index;
      });
  Layers layers(count);
  Sweep(points, layers,
        [&](const SweepPoint& point, std::size_t layer) { layer_of[point.index] = layer; });
  return layers.sizes();
}

SortedLayers SweepSortedLayers(std::span<const SweepPoint> points, std::size_t count) {
  struct Kept {
    const SweepPoint* point;
    std::size_t layer;
  };
  std::vector<Kept> kept;
  kept.reserve(std::min(points.size(), 4 * count));
  Layers layers(count);
  Sweep(points, layers, [&](const SweepPoint& point, std::size_t layer) {
    if (layer != kBehind) kept.push_back({&point, layer});
  });
  SortedLayers sorted;
  sorted.sizes = layers.sizes();
  std::vector<std::size_t> next(sorted.sizes.size() + 1, 0);
  std::partial_sum(sorted.sizes.begin(), sorted.sizes.end(), next.begin() + 1);
  sorted.points.resize(next.back());
  for (const Kept& one : kept)
    if (one.layer < sorted.sizes.size()) sorted.points[next[one.layer]++] = *one.point;
  return sorted;
}

}  // namespace faretto
