#include "objectives/layer_sweep.h"

#include <algorithm>
#include <limits>

#include "objectives/bucket_sort.h"

namespace faretto {
namespace {

constexpr std::size_t kBehind = std::numeric_limits<std::size_t>::max();

// The layers that are needed as far as the sweep has come.
class Layers {
 public:
  explicit Layers(std::size_t count) : count_(count) {}

  const std::vector<std::size_t>& sizes() const { return sizes_; }

  // The layer of a point that follows all others in lexicographic order and equals none: a layer's
  // newest point has its smallest second objective, so that it decides alone who is dominated.
  std::size_t Place(double second) {
    // Most points lie behind.
    if (held_ >= count_ && (smallest_.empty() || smallest_.back() <= second)) return kBehind;
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

  // One point more; layers behind those that hold enough are forgotten.
  void Add(std::size_t layer) {
    if (layer >= sizes_.size()) return;
    ++sizes_[layer];
    ++held_;
    while (held_ - sizes_.back() >= count_) {
      held_ -= sizes_.back();
      sizes_.pop_back();
      smallest_.pop_back();
    }
  }

 private:
  std::size_t count_;
  std::size_t held_ = 0;
  std::vector<std::size_t> sizes_;
  std::vector<double> smallest_;  // second objective
};

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
  const SweepPoint* before = nullptr;
  std::size_t layer = kBehind;
  for (const SweepPoint& point : points) {
    const bool repeats =
        before != nullptr && before->first == point.first && before->second == point.second;
    before = &point;
    if (!repeats) layer = layers.Place(point.second);
    layer_of[point.index] = layer;
    layers.Add(layer);
  }
  return layers.sizes();
}

}  // namespace faretto
