#include "objectives/pareto/dominance_layers.h"

#include <algorithm>

#include "objectives/pareto/dominance.h"

namespace faretto {

bool DominanceLayers::AnyDominates(const Members& members, std::size_t index) const {
  return std::any_of(members.begin(), members.end(),
                     [&](std::size_t member) { return Dominates(values(member), values(index)); });
}

void DominanceLayers::Place(const Members& members, std::size_t layer) {
  if (layer == layers_.size()) layers_.emplace_back();
  layers_[layer].insert(layers_[layer].end(), members.begin(), members.end());
  for (const std::size_t index : members) layer_of_[index] = layer + 1;
}

void DominanceLayers::Keep(std::size_t index, std::span<const double> values) {
  if (index >= layer_of_.size()) {
    layer_of_.resize(index + 1, 0);
    values_.resize((index + 1) * objectives_, 0);
  }
  std::copy(values.begin(), values.end(),
            values_.begin() + static_cast<std::ptrdiff_t>(index * objectives_));
}

void DominanceLayers::Assign(
    const std::vector<std::size_t>& indices,
    const std::function<std::span<const double>(std::size_t index)>& values) {
  std::vector<Point> points;
  points.reserve(indices.size());
  for (const std::size_t index : indices) {
    Keep(index, values(index));
    const auto own = values(index);
    points.emplace_back(own.begin(), own.end());
  }
  const std::vector<int> fronts = NonDominatedSort(points);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto layer = static_cast<std::size_t>(fronts[i]);
    if (layer >= layers_.size()) layers_.resize(layer + 1);
    layers_[layer].push_back(indices[i]);
    layer_of_[indices[i]] = layer + 1;
  }
}

void DominanceLayers::Insert(std::size_t index, std::span<const double> values) {
  Keep(index, values);
  // A point that a layer dominates is dominated by every layer before it.
  const auto own = std::partition_point(layers_.begin(), layers_.end(), [&](const Members& layer) {
    return AnyDominates(layer, index);
  });
  // Points that the newcomers of a layer dominate move to the next layer.
  Members moving = {index};
  for (auto layer = static_cast<std::size_t>(own - layers_.begin()); !moving.empty(); ++layer) {
    Members next;
    if (layer < layers_.size()) {
      std::erase_if(layers_[layer], [&](std::size_t member) {
        const bool moves = AnyDominates(moving, member);
        if (moves) next.push_back(member);
        return moves;
      });
    }
    Place(moving, layer);
    moving = std::move(next);
  }
}

void DominanceLayers::Erase(std::size_t index) {
  if (!contains(index)) return;
  std::size_t layer = layer_of_[index] - 1;
  layer_of_[index] = 0;
  std::erase(layers_[layer], index);
  // A point of the next layer moves up if only points that left this layer dominated it.
  for (Members left = {index}; layer + 1 < layers_.size(); ++layer) {
    Members rising;
    for (const std::size_t member : layers_[layer + 1])
      if (AnyDominates(left, member) && !AnyDominates(layers_[layer], member))
        rising.push_back(member);
    if (rising.empty()) break;
    Place(rising, layer);
    std::erase_if(layers_[layer + 1],
                  [&](std::size_t member) { return layer_of_[member] == layer + 1; });
    left = std::move(rising);
  }
  std::erase_if(layers_, [](const Members& members) { return members.empty(); });
}

}  // namespace faretto
