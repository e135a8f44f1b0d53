#include "scheduler/fidelity/rung_places.h"

#include <algorithm>
#include <limits>

#include "objectives/hypervolume.h"
#include "objectives/layer_sweep.h"
#include "study/standings.h"

namespace faretto {
namespace {

// Has the trial been judged at this rung? A failed one has where it was sent, and below.
bool IsMember(const Trial& trial, std::int64_t rung) {
  if (trial.state == TrialState::kFailed) return trial.target >= rung;
  return trial.reached >= rung || trial.target > rung;
}

Standing StandingOf(const RungMembers& members, std::size_t k) {
  const auto begin = members.values.begin() + static_cast<std::ptrdiff_t>(k * members.objectives);
  return {members.trials[k]->id,
          false,
          members.violations[k],
          {begin, begin + static_cast<std::ptrdiff_t>(members.objectives)}};
}

// The best that waits among the best `places` of these, all of whom are compared.
std::optional<WaitingPlace> BestOf(const RungMembers& members,
                                   const std::vector<std::size_t>& compared, std::size_t places) {
  std::vector<Standing> standings;
  standings.reserve(compared.size());
  for (const std::size_t k : compared) standings.push_back(StandingOf(members, k));
  const std::vector<RankedTrial> ranked = RankTrials(standings, places);
  for (std::size_t place = 0; place < ranked.size(); ++place) {
    const std::size_t k = compared[ranked[place].index];
    if (members.waits[k]) return WaitingPlace{k, place, ranked[place].layer};
  }
  return std::nullopt;
}

std::optional<WaitingPlace> BestOfAll(const RungMembers& members, std::size_t places) {
  std::vector<std::size_t> all(members.size());
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
  return BestOf(members, all, places);
}

}  // namespace

bool WaitsAt(const Trial& trial, std::int64_t rung) {
  return trial.state == TrialState::kPaused && trial.target == rung;
}

RungMembers MembersAt(const StudyView& view, std::int64_t rung) {
  RungMembers members;
  members.objectives = view.spec.objectives.size();
  const RungResults* results = view.state.ResultsAt(rung);
  if (results == nullptr) return members;
  const auto& trials = view.state.trials();
  members.trials.reserve(trials.size());
  members.values.reserve(trials.size() * members.objectives);
  members.violations.reserve(trials.size());
  members.waits.reserve(trials.size());
  for (const Trial& trial : trials) {
    const bool failed = trial.state == TrialState::kFailed;
    if (!(failed || results->reported(trial.id)) || !IsMember(trial, rung)) continue;
    const bool comparable = !failed && results->comparable(trial.id);
    members.trials.push_back(&trial);
    for (const double value : results->values(trial.id)) members.values.push_back(value);
    members.violations.push_back(comparable ? results->violation(trial.id)
                                            : std::numeric_limits<double>::infinity());
    members.waits.push_back(comparable && WaitsAt(trial, rung));
  }
  return members;
}

std::optional<WaitingPlace> BestWaiting(const RungMembers& members, std::size_t places) {
  if (places == 0) return std::nullopt;
  if (members.objectives > 2) return BestOfAll(members, places);
  std::vector<SweepPoint> feasible;
  feasible.reserve(members.size());
  bool infeasible_waits = false;
  for (std::size_t k = 0; k < members.size(); ++k) {
    if (members.violations[k] <= 0) {
      const double* values = &members.values[k * members.objectives];
      feasible.push_back({values[0], members.objectives > 1 ? values[1] : 0, k});
    } else {
      infeasible_waits = infeasible_waits || members.waits[k];
    }
  }
  if (feasible.size() < places && infeasible_waits) return BestOfAll(members, places);
  std::vector<std::size_t> layer_of(members.size(), members.size());
  const std::vector<std::size_t> sizes = SweepLayers(std::move(feasible), places, layer_of);
  std::vector<char> any_waits(sizes.size(), 0);
  for (std::size_t k = 0; k < members.size(); ++k)
    if (members.waits[k] && layer_of[k] < sizes.size()) any_waits[layer_of[k]] = 1;
  std::size_t before = 0;
  for (std::size_t layer = 0; layer < sizes.size(); ++layer) {
    if (any_waits[layer]) {
      std::vector<std::size_t> compared;
      for (std::size_t k = 0; k < members.size(); ++k)
        if (layer_of[k] == layer) compared.push_back(k);
      if (auto best = BestOf(members, compared, places - before))
        return WaitingPlace{best->member, before + best->place, static_cast<int>(layer)};
    }
    before += sizes[layer];
  }
  return std::nullopt;
}

std::optional<std::size_t> AddsMostVolume(const RungMembers& members) {
  const std::size_t m = members.objectives;
  std::vector<Point> points;
  std::vector<char> waits;
  std::vector<std::size_t> member;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members.violations[i] > 0) continue;
    const auto begin = members.values.begin() + static_cast<std::ptrdiff_t>(i * m);
    points.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(m));
    waits.push_back(members.waits[i]);
    member.push_back(i);
  }
  if (points.empty()) return std::nullopt;
  // Not up to the worst: a training that diverged must not make all others look the same.
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
  std::vector<Point> gone;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!waits[i]) gone.push_back(points[i]);
  double largest = (gone.empty() ? 0 : Hypervolume(gone, reference)) + 1e-12;
  std::optional<std::size_t> best;
  gone.emplace_back();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!waits[i]) continue;
    gone.back() = points[i];
    const double volume = Hypervolume(gone, reference);
    if (volume > largest) {
      largest = volume;
      best = member[i];
    }
  }
  return best;
}

}  // namespace faretto
