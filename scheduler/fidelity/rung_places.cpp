#include "scheduler/fidelity/rung_places.h"

#include <algorithm>
#include <vector>

#include "objectives/pareto/hypervolume.h"
#include "objectives/pareto/plane_ranking.h"
#include "study/standings.h"

namespace faretto {
namespace {

// The feasible ones that are judged, in the rung's order.
std::vector<SweepPoint> JudgedFeasible(const RungResults& rung) {
  std::vector<SweepPoint> points;
  points.reserve(rung.feasible().size());
  for (const SweepPoint& point : rung.feasible())
    if (rung.judged(static_cast<TrialId>(point.index))) points.push_back(point);
  return points;
}

Point ValuesOf(const RungResults& rung, TrialId trial) {
  const auto values = rung.values(trial);
  return {values.begin(), values.end()};
}

// Ranks only the layers on which any waits.
std::optional<WaitingPlace> BestOfPlane(const RungResults& rung,
                                        const std::vector<SweepPoint>& feasible, std::size_t places,
                                        int& layers) {
  const auto waits = [&](const auto& point) {
    return rung.waits(static_cast<TrialId>(point.index));
  };
  const SortedLayers sorted = SweepSortedLayers(feasible, places);
  layers = static_cast<int>(sorted.sizes.size());
  std::size_t before = 0;
  for (int number = 0; number < layers; ++number) {
    const auto layer =
        std::span(sorted.points).subspan(before, sorted.sizes[static_cast<std::size_t>(number)]);
    if (std::any_of(layer.begin(), layer.end(), waits)) {
      const auto ranks = BestOfLayer(layer, number, places - before);
      const auto best = std::find_if(ranks.begin(), ranks.end(), waits);
      if (best != ranks.end()) {
        return WaitingPlace{static_cast<TrialId>(best->index),
                            before + static_cast<std::size_t>(best - ranks.begin()), number};
      }
    }
    before += layer.size();
  }
  return std::nullopt;
}

// Ranks only the layers on which any waits.
std::optional<WaitingPlace> BestOfSpace(const RungResults& rung, std::size_t places) {
  std::size_t before = 0;
  int number = 0;
  for (const std::vector<std::size_t>& layer : rung.layers()) {
    if (before >= places) break;
    if (std::any_of(layer.begin(), layer.end(),
                    [&](std::size_t id) { return rung.waits(static_cast<TrialId>(id)); })) {
      std::vector<std::size_t> oldest_first = layer;
      std::sort(oldest_first.begin(), oldest_first.end());
      std::vector<Standing> standings;
      standings.reserve(layer.size());
      for (const std::size_t id : oldest_first) {
        const auto trial = static_cast<TrialId>(id);
        standings.push_back({trial, false, 0, ValuesOf(rung, trial)});
      }
      const std::vector<RankedTrial> ranked = RankLayer(standings, places - before);
      for (std::size_t place = 0; place < ranked.size(); ++place) {
        const TrialId trial = standings[ranked[place].index].trial;
        if (rung.waits(trial)) return WaitingPlace{trial, before + place, number};
      }
    }
    before += layer.size();
    ++number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WaitingPlace> BestWaiting(const RungResults& rung, std::size_t places) {
  if (rung.waiting() == 0) return std::nullopt;
  std::size_t place = 0;  // of the first infeasible one
  auto layers = static_cast<int>(rung.layers().size());
  std::optional<WaitingPlace> best;
  if (rung.objectives() <= 2) {
    const std::vector<SweepPoint> feasible = JudgedFeasible(rung);
    place = feasible.size();
    best = BestOfPlane(rung, feasible, places, layers);
  } else {
    for (const std::vector<std::size_t>& layer : rung.layers()) place += layer.size();
    best = BestOfSpace(rung, places);
  }
  if (best) return best;
  // The infeasible ones follow, one layer for each violation.
  double violation = 0;
  for (const RungResults::Violation& next : rung.infeasible()) {
    if (place >= places) break;
    if (!rung.judged(next.trial)) continue;
    if (next.sum != violation) ++layers;
    violation = next.sum;
    if (rung.waits(next.trial)) return WaitingPlace{next.trial, place, layers - 1};
    ++place;
  }
  return std::nullopt;
}

std::optional<TrialId> AddsMostVolume(const RungResults& rung) {
  std::vector<SweepPoint> feasible = JudgedFeasible(rung);
  if (feasible.empty() || rung.waiting() == 0) return std::nullopt;
  // The oldest of equals.
  std::sort(feasible.begin(), feasible.end(),
            [](const SweepPoint& a, const SweepPoint& b) { return a.index < b.index; });
  std::vector<Point> points;
  for (const SweepPoint& point : feasible)
    points.push_back(ValuesOf(rung, static_cast<TrialId>(point.index)));
  // Not up to the worst value, since one training that diverged would make all others look the
  // same.
  const std::size_t m = rung.objectives();
  Point low(m), high(m);
  for (std::size_t k = 0; k < m; ++k) {
    std::vector<double> values;
    for (const Point& point : points) values.push_back(point[k]);
    std::sort(values.begin(), values.end());
    low[k] = values.front();
    high[k] = values[3 * values.size() / 4];
  }
  for (Point& point : points) {
    for (std::size_t k = 0; k < m; ++k) {
      const double range = high[k] - low[k], above = point[k] - low[k];
      point[k] = range > 0 ? std::min(1.0, above / range) : above > 0 ? 1 : 0;
    }
  }
  // The worst in one objective may still be told from others by the rest.
  const Point reference(m, 1.01);
  const auto waits = [&](std::size_t i) {
    return rung.waits(static_cast<TrialId>(feasible[i].index));
  };
  std::vector<Point> gone;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!waits(i)) gone.push_back(points[i]);
  double largest = (gone.empty() ? 0 : Hypervolume(gone, reference)) + 1e-12;
  std::optional<TrialId> best;
  gone.emplace_back();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!waits(i)) continue;
    gone.back() = points[i];
    const double volume = Hypervolume(gone, reference);
    if (volume > largest) {
      largest = volume;
      best = static_cast<TrialId>(feasible[i].index);
    }
  }
  return best;
}

}  // namespace faretto
