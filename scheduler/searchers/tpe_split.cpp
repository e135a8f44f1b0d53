#include "scheduler/searchers/tpe_split.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <set>
#include <utility>

#include "objectives/pareto/hypervolume.h"

namespace faretto {
namespace {

// Where the unit box of normalised objectives ends: worse than the worst by a tenth of the range,
// so that the extremes of a front count.
constexpr double kReference = 1.1;
// Conventions: a good trial always counts a little; larger sets are thinned, for time.
constexpr double kLeastWeight = 0.01;
constexpr std::size_t kContenders = 200;

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

std::vector<Point> Points(const Comparison& comparison, const std::vector<std::size_t>& positions) {
  std::vector<Point> points;
  points.reserve(positions.size());
  for (const std::size_t k : positions) points.push_back(comparison.point(k));
  return points;
}

// What each point adds to the hypervolume of all. With one objective only the best point would add
// anything, so there it is what each covers by itself.
std::vector<double> HypervolumeWeights(const std::vector<Point>& points) {
  if (points.empty()) return {};
  std::vector<double> weights;
  if (points[0].size() > 1) {
    weights = HypervolumeContributions(points, Point(points[0].size(), kReference));
  } else {
    for (const Point& point : points) weights.push_back(kReference - point[0]);
  }
  const double largest = *std::max_element(weights.begin(), weights.end());
  for (double& weight : weights)
    weight = largest > 0 ? std::max(kLeastWeight, weight / largest) : 1;
  return weights;
}

// The points to pick from. Each pick may look at all of them again, which takes long with more than
// two objectives; so of large sets the extremes and an even choice along the first objective are
// taken.
std::vector<std::size_t> Contenders(const std::vector<Point>& points, std::size_t count) {
  std::vector<std::size_t> all(points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::size_t kept = std::max(kContenders, 2 * count);
  if (points.size() <= kept || points[0].size() <= 2) return all;
  std::set<std::size_t> chosen;
  for (std::size_t k = points[0].size(); k-- > 0;) {
    std::stable_sort(all.begin(), all.end(),
                     [&](std::size_t a, std::size_t b) { return points[a][k] < points[b][k]; });
    chosen.insert(all.front());
  }
  for (std::size_t i = 0; i < kept; ++i) chosen.insert(all[i * (all.size() - 1) / (kept - 1)]);
  return {chosen.begin(), chosen.end()};
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
  std::vector<Candidate> candidates;
  for (const std::size_t i : Contenders(points, count))
    candidates.push_back({Hypervolume({points[i]}, reference), i, 0});
  std::priority_queue<Candidate> queue(std::less<Candidate>(), std::move(candidates));
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

std::vector<GoodTrial> BestForTpe(const Comparison& comparison, std::size_t count) {
  std::vector<std::size_t> positions;
  for (const std::vector<std::size_t>& layer : BestLayers(comparison, count)) {
    const std::size_t room = count - positions.size();
    if (layer.size() <= room) {
      positions.insert(positions.end(), layer.begin(), layer.end());
      continue;
    }
    const std::vector<Point> points = Normalised(Points(comparison, layer));
    for (const std::size_t k :
         GreedyHypervolumeSubset(points, Point(comparison.objectives, kReference), room))
      positions.push_back(layer[k]);
  }
  const std::vector<double> weights = HypervolumeWeights(Normalised(Points(comparison, positions)));
  std::vector<GoodTrial> good;
  for (std::size_t k = 0; k < positions.size(); ++k) good.push_back({positions[k], weights[k]});
  for (const std::size_t k : LeastViolating(comparison, count - good.size()))
    good.push_back({k, 1});
  return good;
}

}  // namespace faretto
