#include "scheduler/fidelity/rung_places.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "objectives/bucket_sort.h"
#include "study/standings.h"

namespace faretto {
namespace {

// Has the trial been judged at this rung? A failed one has where it was sent, and below.
bool IsMember(const Trial& trial, std::int64_t rung) {
  if (trial.state == TrialState::kFailed) return trial.target >= rung;
  return trial.reached >= rung || trial.target > rung;
}

// Writes the minimised objectives; false if one is missing or not finite.
bool SetObjectives(const std::vector<Objective>& objectives, const Metrics& metrics,
                   double* values) {
  for (const Objective& objective : objectives) {
    const auto found = metrics.find(objective.name);
    if (found == metrics.end() || !std::isfinite(found->second)) return false;
    *values++ = objective.direction == Direction::kMinimize ? found->second : -found->second;
  }
  return true;
}

// Reports and their values lie all over the memory, and waiting for one after the other would take
// most of a decision: they are asked for this many trials ahead.
constexpr std::size_t kAhead = 16;

void Fetch(const Trial& trial) {
  if (!trial.reports.empty()) __builtin_prefetch(&trial.reports.back());
}

void Fetch(const TrialReport* report) {
  if (report && !report->values.empty()) __builtin_prefetch(&*report->values.begin());
}

struct MemberReport {
  const Trial* trial;
  const TrialReport* report;  // nullptr: failed
};

std::vector<MemberReport> ReportsAt(const StudyView& view, std::int64_t rung) {
  const auto& trials = view.state.trials();
  std::vector<MemberReport> reports;
  reports.reserve(trials.size());
  for (std::size_t k = 0; k < trials.size(); ++k) {
    if (k + kAhead < trials.size()) Fetch(trials[k + kAhead]);
    const Trial& trial = trials[k];
    if (!IsMember(trial, rung)) continue;
    const bool failed = trial.state == TrialState::kFailed;
    const TrialReport* report = failed ? nullptr : trial.ReportAt(rung);
    if (failed || report) reports.push_back({&trial, report});
  }
  return reports;
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

struct Entry {
  double first;
  double second;  // 0 where there is one objective only
  std::size_t member;
};

struct Layer {
  double smallest;  // second objective; that of the newest, which decides alone who is dominated
  std::size_t size = 0;
  bool any_waits = false;
};

// The Pareto layers of the entries, best first, by a sweep in lexicographic order; `layer_of` each
// member.
std::vector<Layer> Sweep(const RungMembers& members, std::vector<Entry> entries,
                         std::vector<std::size_t>& layer_of) {
  BucketSort(
      entries, [](const Entry& entry) { return entry.first; },
      [](const Entry& a, const Entry& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.second != b.second) return a.second < b.second;
        return a.member < b.member;
      });
  std::vector<Layer> layers;
  std::size_t layer = 0;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const Entry& entry = entries[k];
    const bool repeats =
        k > 0 && entries[k - 1].first == entry.first && entries[k - 1].second == entry.second;
    if (!repeats) {
      const auto place = std::partition_point(
          layers.begin(), layers.end(),
          [&](const Layer& before) { return before.smallest <= entry.second; });
      layer = static_cast<std::size_t>(place - layers.begin());
      if (place == layers.end()) layers.emplace_back();
      layers[layer].smallest = entry.second;
    }
    ++layers[layer].size;
    layers[layer].any_waits = layers[layer].any_waits || members.waits[entry.member];
    layer_of[entry.member] = layer;
  }
  return layers;
}

}  // namespace

bool WaitsAt(const Trial& trial, std::int64_t rung) {
  return trial.state == TrialState::kPaused && trial.target == rung;
}

RungMembers MembersAt(const StudyView& view, std::int64_t rung) {
  const std::vector<MemberReport> reports = ReportsAt(view, rung);
  RungMembers members;
  members.objectives = view.spec.objectives.size();
  members.values.resize(reports.size() * members.objectives);
  for (std::size_t k = 0; k < reports.size(); ++k) {
    if (k + kAhead < reports.size()) Fetch(reports[k + kAhead].report);
    const auto [trial, report] = reports[k];
    const bool comparable = report && SetObjectives(view.spec.objectives, report->values,
                                                    &members.values[k * members.objectives]);
    members.trials.push_back(trial);
    members.violations.push_back(comparable
                                     ? ConstraintViolation(view.spec.constraints, report->values)
                                     : std::numeric_limits<double>::infinity());
    members.waits.push_back(comparable && WaitsAt(*trial, rung));
  }
  return members;
}

std::optional<WaitingPlace> BestWaiting(const RungMembers& members, std::size_t places) {
  if (places == 0) return std::nullopt;
  if (members.objectives > 2) return BestOfAll(members, places);
  std::vector<Entry> entries;
  entries.reserve(members.size());
  bool infeasible_waits = false;
  for (std::size_t k = 0; k < members.size(); ++k) {
    if (members.violations[k] <= 0) {
      const double* values = &members.values[k * members.objectives];
      entries.push_back({values[0], members.objectives > 1 ? values[1] : 0, k});
    } else {
      infeasible_waits = infeasible_waits || members.waits[k];
    }
  }
  if (entries.size() < places && infeasible_waits) return BestOfAll(members, places);
  std::vector<std::size_t> layer_of(members.size(), members.size());
  const std::vector<Layer> layers = Sweep(members, std::move(entries), layer_of);
  std::size_t before = 0;
  for (std::size_t layer = 0; layer < layers.size() && before < places; ++layer) {
    if (layers[layer].any_waits) {
      std::vector<std::size_t> compared;
      for (std::size_t k = 0; k < members.size(); ++k)
        if (layer_of[k] == layer) compared.push_back(k);
      if (auto best = BestOf(members, compared, places - before))
        return WaitingPlace{best->member, before + best->place, static_cast<int>(layer)};
    }
    before += layers[layer].size;
  }
  return std::nullopt;
}

}  // namespace faretto
