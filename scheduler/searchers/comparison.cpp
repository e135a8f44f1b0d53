#include "scheduler/searchers/comparison.h"

#include <algorithm>

#include "objectives/pareto/layer_sweep.h"

namespace faretto {
namespace {

using Layers = std::vector<std::vector<std::size_t>>;

// Layers are found one by one up to this many; beyond, one sort of everything is cheaper. This
// affects time only.
constexpr std::size_t kPeeledLayers = 3;

Layers SweptLayers(const Comparison& comparison, const std::vector<std::size_t>& positions,
                   std::size_t count) {
  std::vector<SweepPoint> points;
  points.reserve(positions.size());
  for (const std::size_t k : positions) {
    const auto values = comparison.values_of(k);
    points.push_back({values[0], values.size() > 1 ? values[1] : 0, k});
  }
  std::vector<std::size_t> layer_of(comparison.size());
  const std::vector<std::size_t> sizes = SweepLayers(std::move(points), count, layer_of);
  Layers layers(sizes.size());
  for (std::size_t layer = 0; layer < sizes.size(); ++layer) layers[layer].reserve(sizes[layer]);
  for (const std::size_t k : positions)
    if (layer_of[k] < layers.size()) layers[layer_of[k]].push_back(k);
  return layers;
}

Layers PeeledLayers(const Comparison& comparison, std::vector<std::size_t> rest,
                    std::size_t count) {
  Layers layers;
  for (std::size_t taken = 0; taken < count && !rest.empty();) {
    std::vector<Point> points;
    points.reserve(rest.size());
    for (const std::size_t k : rest) points.push_back(comparison.point(k));
    if (layers.size() == kPeeledLayers) {
      const std::vector<int> ranks = NonDominatedSort(points);
      const int last = *std::max_element(ranks.begin(), ranks.end());
      layers.resize(kPeeledLayers + static_cast<std::size_t>(last) + 1);
      for (std::size_t i = 0; i < rest.size(); ++i)
        layers[kPeeledLayers + static_cast<std::size_t>(ranks[i])].push_back(rest[i]);
      return layers;
    }
    std::vector<bool> on_front(rest.size(), false);
    for (const std::size_t i : NonDominated(points)) on_front[i] = true;
    std::vector<std::size_t> front;
    std::vector<std::size_t> behind;
    for (std::size_t i = 0; i < rest.size(); ++i) (on_front[i] ? front : behind).push_back(rest[i]);
    taken += front.size();
    layers.push_back(std::move(front));
    rest = std::move(behind);
  }
  return layers;
}

}  // namespace

const RungResults* HighestRung(const StudyView& view, std::size_t enough) {
  const std::vector<RungResults>& rungs = view.state.rungs();
  const RungResults* best = nullptr;
  for (auto rung = rungs.rbegin(); rung != rungs.rend(); ++rung) {
    if (best != nullptr && best->size() >= enough) break;
    if (rung->size() > (best == nullptr ? 0 : best->size())) best = &*rung;
  }
  return best;
}

Comparison Compare(const StudyView& view, const RungResults& results) {
  Comparison comparison;
  comparison.rung = results.resource();
  comparison.objectives = view.spec.objectives.size();
  comparison.trials.reserve(results.size());
  comparison.violations.reserve(results.size());
  comparison.values.reserve(results.size() * comparison.objectives);
  const auto trials = static_cast<TrialId>(view.state.trials().size());
  for (TrialId id = 0; id < trials; ++id) {
    if (!results.comparable(id)) continue;
    comparison.trials.push_back(id);
    comparison.violations.push_back(results.violation(id));
    for (const double value : results.values(id)) comparison.values.push_back(value);
  }
  return comparison;
}

Comparison CompareAtHighestRung(const StudyView& view, std::size_t enough) {
  const RungResults* results = HighestRung(view, enough);
  return results ? Compare(view, *results) : Comparison{.objectives = view.spec.objectives.size()};
}

std::vector<std::vector<std::size_t>> BestLayers(const Comparison& comparison, std::size_t count) {
  std::vector<std::size_t> feasible;
  feasible.reserve(comparison.size());
  for (std::size_t k = 0; k < comparison.size(); ++k)
    if (comparison.violations[k] <= 0) feasible.push_back(k);
  Layers layers = comparison.objectives <= 2 ? SweptLayers(comparison, feasible, count)
                                             : PeeledLayers(comparison, std::move(feasible), count);
  std::size_t held = 0;
  std::size_t needed = 0;
  while (needed < layers.size() && held < count) held += layers[needed++].size();
  layers.resize(needed);
  return layers;
}

std::vector<std::size_t> LeastViolating(const Comparison& comparison, std::size_t count) {
  std::vector<std::size_t> infeasible;
  for (std::size_t k = 0; k < comparison.size(); ++k)
    if (comparison.violations[k] > 0) infeasible.push_back(k);
  const std::size_t kept = std::min(count, infeasible.size());
  std::partial_sort(infeasible.begin(), infeasible.begin() + static_cast<std::ptrdiff_t>(kept),
                    infeasible.end(), [&](std::size_t a, std::size_t b) {
                      const double x = comparison.violations[a];
                      const double y = comparison.violations[b];
                      return x != y ? x < y : a < b;
                    });
  infeasible.resize(kept);
  return infeasible;
}

}  // namespace faretto
