#include "study/standings.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "objectives/dominance.h"

namespace faretto {
namespace {

// Crowding of the distinct points of one layer, shared by equal ones: otherwise which of two equal
// trials counts as an extreme would depend on their order.
void SetCrowding(const std::vector<Standing>& standings, std::vector<RankedTrial*>& layer) {
  std::map<Point, std::size_t> places;
  for (const RankedTrial* ranked : layer) places.emplace(standings[ranked->index].objectives, 0);
  std::vector<Point> points;
  for (auto& [point, place] : places) {
    place = points.size();
    points.push_back(point);
  }
  const std::vector<double> crowding = CrowdingDistance(points);
  for (RankedTrial* ranked : layer)
    ranked->crowding = crowding[places.at(standings[ranked->index].objectives)];
}

// More layers than this are sorted as a whole, which is cheaper than taking one after the other.
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

// Returns the number of layers.
int RankFeasible(const std::vector<Standing>& standings, std::size_t count,
                 std::vector<RankedTrial>& feasible) {
  std::vector<Point> points;
  for (const RankedTrial& ranked : feasible) points.push_back(standings[ranked.index].objectives);
  const std::vector<int> layers = Layers(points, count);
  std::map<int, std::vector<RankedTrial*>> members;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    feasible[i].layer = layers[i];
    members[layers[i]].push_back(&feasible[i]);
  }
  for (auto& [layer, trials] : members) SetCrowding(standings, trials);
  return static_cast<int>(members.size());
}

}  // namespace

Standing StandingAt(const StudySpec& spec, const Trial& trial, std::int64_t resource) {
  Standing standing;
  standing.trial = trial.id;
  standing.failed = true;
  if (trial.state == TrialState::kFailed) return standing;
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
  std::vector<RankedTrial> feasible;
  std::map<double, std::vector<std::size_t>> infeasible;
  for (std::size_t i = 0; i < standings.size(); ++i) {
    const Standing& standing = standings[i];
    if (!standing.failed && standing.violation <= 0) {
      feasible.push_back({i, 0, 0});
    } else {
      // A failure has met no constraint at all.
      const double violation =
          standing.failed ? std::numeric_limits<double>::infinity() : standing.violation;
      infeasible[violation].push_back(i);
    }
  }
  int layer = RankFeasible(standings, count, feasible);
  std::stable_sort(feasible.begin(), feasible.end(),
                   [](const RankedTrial& a, const RankedTrial& b) {
                     return a.layer != b.layer ? a.layer < b.layer : a.crowding > b.crowding;
                   });
  std::vector<RankedTrial> ranked = std::move(feasible);
  for (const auto& [violation, indices] : infeasible) {
    for (const std::size_t i : indices) ranked.push_back({i, layer, 0});
    ++layer;
  }
  if (ranked.size() > count) ranked.resize(count);
  return ranked;
}

}  // namespace faretto
