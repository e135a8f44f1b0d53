#include "scheduler/fidelity/stage_promotion.h"

#include <algorithm>
#include <numeric>

#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

// Whole layers, each in the order of the stage, until there are enough.
std::vector<std::size_t> TakeLayers(const std::vector<Standing>& stage,
                                    const std::vector<std::size_t>& feasible, std::size_t places) {
  std::vector<Point> points;
  for (const std::size_t i : feasible) points.push_back(stage[i].objectives);
  const std::vector<int> layers = NonDominatedSort(points);
  std::vector<std::size_t> taken;
  for (int layer = 0; taken.size() < std::min(places, feasible.size()); ++layer)
    for (std::size_t k = 0; k < feasible.size(); ++k)
      if (layers[k] == layer) taken.push_back(feasible[k]);
  return taken;
}

void KeepLeastCrowded(const std::vector<Standing>& stage, std::size_t places,
                      std::vector<std::size_t>& taken) {
  if (taken.size() > places && taken.size() > 2) {
    std::vector<Point> points;
    for (const std::size_t i : taken) points.push_back(stage[i].objectives);
    const std::vector<double> crowding = CrowdingDistance(points);
    std::vector<std::size_t> order(taken.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return crowding[a] > crowding[b]; });
    std::vector<std::size_t> sorted;
    for (const std::size_t k : order) sorted.push_back(taken[k]);
    taken = std::move(sorted);
  }
  if (taken.size() > places) taken.resize(places);
}

}  // namespace

std::vector<std::size_t> PromotedFromStage(const std::vector<Standing>& stage, std::size_t places) {
  std::vector<std::size_t> feasible;
  std::vector<std::size_t> infeasible;
  for (std::size_t i = 0; i < stage.size(); ++i) {
    if (stage[i].failed) continue;
    (stage[i].violation <= 0 ? feasible : infeasible).push_back(i);
  }
  std::vector<std::size_t> promoted = TakeLayers(stage, feasible, places);
  KeepLeastCrowded(stage, places, promoted);
  std::stable_sort(infeasible.begin(), infeasible.end(), [&](std::size_t a, std::size_t b) {
    return stage[a].violation < stage[b].violation;
  });
  for (std::size_t k = 0; k < infeasible.size() && promoted.size() < places; ++k)
    promoted.push_back(infeasible[k]);
  return promoted;
}

}  // namespace faretto
