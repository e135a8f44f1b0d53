#include "study/standings.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <span>

#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

// Crowding of the distinct points of one layer, shared by equal ones: otherwise which of two equal
// trials counts as an extreme would depend on their order.
void SetCrowding(const std::vector<Standing>& standings, std::span<RankedTrial> layer) {
  const auto point_of = [&](std::size_t k) -> const Point& {
    return standings[layer[k].index].objectives;
  };
  std::vector<std::size_t> order(layer.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return point_of(a) < point_of(b); });
  std::vector<Point> points;
  std::vector<std::size_t> places(layer.size());
  for (const std::size_t k : order) {
    if (points.empty() || points.back() != point_of(k)) points.push_back(point_of(k));
    places[k] = points.size() - 1;
  }
  const std::vector<double> crowding = CrowdingDistance(points);
  for (std::size_t k = 0; k < layer.size(); ++k) layer[k].crowding = crowding[places[k]];
}

// The less crowded ones first, then as they are.
void SortLayer(const std::vector<Standing>& standings, std::span<RankedTrial> layer) {
  SetCrowding(standings, layer);
  std::stable_sort(layer.begin(), layer.end(), [](const RankedTrial& a, const RankedTrial& b) {
    return a.crowding > b.crowding;
  });
}

// Layers are found one by one up to this many; beyond, one sort of everything is cheaper. This
// affects time only.
constexpr int kPeeledLayers = 8;

// Layer of each point. Where the first few layers hold `count` points, the rest share the next
// number.
std::vector<int> Layers(const std::vector<Point>& points, std::size_t count) {
  if (points.empty() || points[0].size() <= 2 || count >= points.size() / 8)
    return NonDominatedSort(points);
  std::vector<int> layers(points.size(), 0);
  std::vector<std::size_t> rest(points.size());
  std::iota(rest.begin(), rest.end(), std::size_t{0});
  std::size_t taken = 0;
  for (int layer = 0; taken < count; ++layer) {
    std::vector<Point> left;
    for (const std::size_t i : rest) left.push_back(points[i]);
    if (layer == kPeeledLayers) {
      const std::vector<int> more = NonDominatedSort(left);
      for (std::size_t k = 0; k < rest.size(); ++k) layers[rest[k]] = layer + more[k];
      return layers;
    }
    std::vector<bool> on_front(rest.size(), false);
    for (const std::size_t k : NonDominated(left)) on_front[k] = true;
    std::vector<std::size_t> behind;
    for (std::size_t k = 0; k < rest.size(); ++k) {
      layers[rest[k]] = on_front[k] ? layer : layer + 1;
      if (!on_front[k]) behind.push_back(rest[k]);
    }
    taken += rest.size() - behind.size();
    rest = std::move(behind);
  }
  return layers;
}

// The feasible ones in their order, all layers whole that hold the best `count`; `layers`: how many
// layers there are in all. Crowding behind the last of these places would decide nothing.
std::vector<RankedTrial> RankFeasible(const std::vector<Standing>& standings, std::size_t count,
                                      const std::vector<std::size_t>& feasible, int& layers) {
  std::vector<Point> points;
  points.reserve(feasible.size());
  for (const std::size_t i : feasible) points.push_back(standings[i].objectives);
  const std::vector<int> layer_of = Layers(points, count);
  layers = layer_of.empty() ? 0 : 1 + *std::max_element(layer_of.begin(), layer_of.end());
  std::vector<std::size_t> begins(static_cast<std::size_t>(layers) + 1, 0);
  for (const int layer : layer_of) ++begins[static_cast<std::size_t>(layer) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::size_t> next(begins.begin(), begins.end());
  std::vector<RankedTrial> ranked(feasible.size());
  for (std::size_t k = 0; k < feasible.size(); ++k)
    ranked[next[static_cast<std::size_t>(layer_of[k])]++] = {feasible[k], layer_of[k], 0};
  std::size_t layer = 0;
  for (; layer + 1 < begins.size() && begins[layer] < count; ++layer) {
    const auto first = ranked.begin() + static_cast<std::ptrdiff_t>(begins[layer]);
    const auto last = ranked.begin() + static_cast<std::ptrdiff_t>(begins[layer + 1]);
    SortLayer(standings, std::span(first, last));
  }
  ranked.resize(begins[layer]);
  return ranked;
}

}  // namespace

Standing StandingAt(const StudySpec& spec, const Trial& trial, std::int64_t resource) {
  if (trial.state == TrialState::kFailed) return {.trial = trial.id, .failed = true};
  return StandingByReport(spec, trial, resource);
}

Standing StandingByReport(const StudySpec& spec, const Trial& trial, std::int64_t resource) {
  Standing standing{.trial = trial.id, .failed = true};
  const TrialReport* report = trial.ReportAt(resource);
  if (report == nullptr) return standing;
  auto values = MinimizedValues(spec.objectives, report->values);
  if (!values) return standing;
  standing.failed = false;
  standing.violation = ConstraintViolation(spec.constraints, report->values);
  standing.objectives = std::move(*values);
  return standing;
}

std::vector<RankedTrial> RankTrials(const std::vector<Standing>& standings, std::size_t count) {
  std::vector<std::size_t> feasible;
  feasible.reserve(standings.size());
  std::map<double, std::vector<std::size_t>> infeasible;
  for (std::size_t i = 0; i < standings.size(); ++i) {
    const Standing& standing = standings[i];
    if (!standing.failed && standing.violation <= 0) {
      feasible.push_back(i);
    } else {
      // A failure has met no constraint at all.
      const double violation =
          standing.failed ? std::numeric_limits<double>::infinity() : standing.violation;
      infeasible[violation].push_back(i);
    }
  }
  int layer = 0;
  std::vector<RankedTrial> ranked = RankFeasible(standings, count, feasible, layer);
  for (const auto& [violation, indices] : infeasible) {
    if (ranked.size() >= count) break;
    for (const std::size_t i : indices) ranked.push_back({i, layer, 0});
    ++layer;
  }
  if (ranked.size() > count) ranked.resize(count);
  return ranked;
}

std::vector<RankedTrial> RankLayer(const std::vector<Standing>& layer, std::size_t count) {
  std::vector<RankedTrial> ranked;
  for (std::size_t i = 0; i < layer.size(); ++i) ranked.push_back({i, 0, 0});
  SortLayer(layer, ranked);
  if (ranked.size() > count) ranked.resize(count);
  return ranked;
}

}  // namespace faretto
