#include "scheduler/searchers/tpe_split.h"

#include <algorithm>
#include <numeric>
#include <queue>

#include "objectives/hypervolume.h"

namespace faretto {
namespace {

// Where the unit box of normalised objectives ends: worse than the worst by a tenth of the range,
// so that the extremes of a front count.
constexpr double kReference = 1.1;
constexpr double kLeastWeight = 0.01;
// More layers than this are found by one sort, which is cheaper than peeling them.
constexpr int kPeeledLayers = 8;

// Whole Pareto layers, best first, until they hold `count` points.
std::vector<std::vector<std::size_t>> BestLayers(const std::vector<Point>& points,
                                                 std::size_t count) {
  std::vector<std::vector<std::size_t>> layers;
  std::vector<std::size_t> rest(points.size());
  std::iota(rest.begin(), rest.end(), std::size_t{0});
  std::size_t taken = 0;
  while (taken < count && !rest.empty()) {
    std::vector<Point> left;
    left.reserve(rest.size());
    for (const std::size_t i : rest) left.push_back(points[i]);
    if (points[0].size() <= 2 || layers.size() == kPeeledLayers) {
      const std::vector<int> ranks = NonDominatedSort(left);
      const std::size_t before = layers.size();
      layers.resize(before +
                    static_cast<std::size_t>(1 + *std::max_element(ranks.begin(), ranks.end())));
      for (std::size_t k = 0; k < rest.size(); ++k)
        layers[before + static_cast<std::size_t>(ranks[k])].push_back(rest[k]);
      break;
    }
    std::vector<bool> on_front(rest.size(), false);
    for (const std::size_t k : NonDominated(left)) on_front[k] = true;
    layers.emplace_back();
    std::vector<std::size_t> behind;
    for (std::size_t k = 0; k < rest.size(); ++k)
      (on_front[k] ? layers.back() : behind).push_back(rest[k]);
    taken += layers.back().size();
    rest = std::move(behind);
  }
  return layers;
}

// To [0, 1] over the points given; an objective that does not vary becomes 0.
std::vector<Point> Normalised(std::vector<Point> points) {
  if (points.empty()) return points;
  for (std::size_t k = 0; k < points[0].size(); ++k) {
    const auto [low, high] = std::minmax_element(
        points.begin(), points.end(), [k](const Point& a, const Point& b) { return a[k] < b[k]; });
    const double least = (*low)[k];
    const double range = (*high)[k] - least;
    for (Point& point : points) point[k] = range > 0 ? (point[k] - least) / range : 0;
  }
  return points;
}

std::vector<Point> Pick(const std::vector<Point>& points, const std::vector<std::size_t>& indices) {
  std::vector<Point> picked;
  picked.reserve(indices.size());
  for (const std::size_t i : indices) picked.push_back(points[i]);
  return picked;
}

}  // namespace

std::vector<std::size_t> GreedyHypervolumeSubset(const std::vector<Point>& points,
                                                 const Point& reference, std::size_t count) {
  struct Candidate {
    double gain;  // an upper bound: gains only fall while points are picked
    std::size_t index;
    std::size_t picked;  // how many were picked when it was computed
    bool operator<(const Candidate& other) const {
      return gain != other.gain ? gain < other.gain : index > other.index;
    }
  };
  std::priority_queue<Candidate> queue;
  for (std::size_t i = 0; i < points.size(); ++i)
    queue.push({Hypervolume({points[i]}, reference), i, 0});
  std::vector<std::size_t> subset;
  std::vector<Point> chosen;
  double volume = 0;
  while (subset.size() < count && !queue.empty()) {
    Candidate best = queue.top();
    queue.pop();
    if (best.picked < subset.size() && best.gain > 0) {
      chosen.push_back(points[best.index]);
      best.gain = std::max(0.0, Hypervolume(chosen, reference) - volume);
      chosen.pop_back();
      best.picked = subset.size();
      queue.push(best);
      continue;
    }
    subset.push_back(best.index);
    chosen.push_back(points[best.index]);
    volume += best.gain;
  }
  return subset;
}

TpeSplit SplitForTpe(const std::vector<Standing>& standings, std::size_t count) {
  std::vector<std::size_t> feasible;
  std::vector<std::size_t> infeasible;
  for (std::size_t i = 0; i < standings.size(); ++i)
    (standings[i].violation <= 0 ? feasible : infeasible).push_back(i);
  std::vector<Point> points;
  points.reserve(feasible.size());
  for (const std::size_t i : feasible) points.push_back(standings[i].objectives);

  std::vector<std::size_t> good;  // into points
  for (const std::vector<std::size_t>& layer : BestLayers(points, std::min(count, points.size()))) {
    const std::size_t room = count - good.size();
    if (layer.size() <= room) {
      good.insert(good.end(), layer.begin(), layer.end());
    } else if (room > 0) {
      const std::vector<Point> normalised = Normalised(Pick(points, layer));
      for (const std::size_t k :
           GreedyHypervolumeSubset(normalised, Point(normalised[0].size(), kReference), room))
        good.push_back(layer[k]);
    }
    if (good.size() == count) break;
  }

  TpeSplit split;
  std::vector<bool> taken(standings.size(), false);
  const std::vector<Point> normalised = Normalised(Pick(points, good));
  std::vector<double> weights;
  if (!normalised.empty())
    weights = HypervolumeContributions(normalised, Point(normalised[0].size(), kReference));
  const double largest = weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
  for (std::size_t k = 0; k < good.size(); ++k) {
    const double weight = largest > 0 ? weights[k] / largest : 1;
    split.good.push_back({feasible[good[k]], std::max(kLeastWeight, weight)});
    taken[feasible[good[k]]] = true;
  }
  std::stable_sort(infeasible.begin(), infeasible.end(), [&](std::size_t a, std::size_t b) {
    return standings[a].violation < standings[b].violation;
  });
  for (std::size_t k = 0; k < infeasible.size() && split.good.size() < count; ++k) {
    split.good.push_back({infeasible[k], 1});
    taken[infeasible[k]] = true;
  }
  for (std::size_t i = 0; i < standings.size(); ++i)
    if (!taken[i]) split.bad.push_back(i);
  return split;
}

}  // namespace faretto
