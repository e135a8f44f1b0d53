#include "scheduler/surrogates/result_rows.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "objectives/pareto/dominance.h"

namespace faretto {
namespace {

// The result that stands for the trial at each rung, nullptr where there is none: the newest at
// exactly the rung, else the newest before the next one.
std::vector<const TrialReport*> ReportsAtRungs(const Trial& trial,
                                               const std::vector<std::int64_t>& rungs) {
  std::vector<const TrialReport*> reports(rungs.size(), nullptr);
  for (const TrialReport& report : trial.reports) {
    const auto above = std::upper_bound(rungs.begin(), rungs.end(), report.resource);
    // What lies below the lowest rung cannot be compared with anything.
    if (above == rungs.begin()) continue;
    const auto k = static_cast<std::size_t>(above - rungs.begin()) - 1;
    const bool has_exact = reports[k] && reports[k]->resource == rungs[k];
    if (!has_exact || report.resource == rungs[k]) reports[k] = &report;
  }
  return reports;
}

}  // namespace

std::vector<ResultRow> CollectResultRows(const StudyView& view,
                                         const std::vector<std::int64_t>& rungs) {
  std::vector<ResultRow> rows;
  for (const Trial& trial : view.state.trials()) {
    if (trial.state == TrialState::kFailed) continue;
    const auto reports = ReportsAtRungs(trial, rungs);
    for (std::size_t k = 0; k < rungs.size(); ++k) {
      if (!reports[k]) continue;
      if (auto values = MinimizedValues(view.spec.objectives, reports[k]->values))
        rows.push_back({&trial, reports[k], k, std::move(*values),
                        ConstraintViolation(view.spec.constraints, reports[k]->values) == 0});
    }
  }
  return rows;
}

std::vector<ResultRow> ThinResultRows(std::vector<ResultRow> rows, std::size_t most) {
  if (rows.size() <= most) return rows;
  struct Span {
    std::size_t begin, size;
  };
  std::vector<Span> trials;
  std::size_t highest = 0;
  bool any_feasible = false;  // at the highest rung
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows[i].trial != rows[i - 1].trial) trials.push_back({i, 0});
    ++trials.back().size;
    if (rows[i].rung > highest) any_feasible = false;
    highest = std::max(highest, rows[i].rung);
    any_feasible = any_feasible || (rows[i].rung == highest && rows[i].feasible);
  }
  std::vector<Point> points;
  std::vector<std::size_t> at_highest;
  for (std::size_t t = 0; t < trials.size(); ++t) {
    const ResultRow& last = rows[trials[t].begin + trials[t].size - 1];
    if (last.rung != highest || (any_feasible && !last.feasible)) continue;
    points.push_back(last.objectives);
    at_highest.push_back(t);
  }
  std::vector<bool> keep(trials.size(), false);
  std::size_t kept = 0;
  const auto take = [&](std::size_t t) {
    if (keep[t] || kept + trials[t].size > most) return;
    keep[t] = true;
    kept += trials[t].size;
  };
  const std::vector<std::size_t> front = NonDominated(points);
  const std::size_t front_step = front.size() / std::max<std::size_t>(1, most / 4) + 1;
  for (std::size_t i = 0; i < front.size(); i += front_step) take(at_highest[front[i]]);
  for (std::size_t t = trials.size(), newest = kept + most / 4; t-- > 0 && kept < newest;) take(t);
  // What is left of the room, in the order of van der Corput, which is even wherever it stops.
  const std::size_t ages = std::bit_ceil(trials.size());
  for (std::size_t i = 0; i < ages && kept < most; ++i) {
    std::size_t t = 0;
    for (std::size_t bit = 1, mirrored = ages / 2; mirrored > 0; bit *= 2, mirrored /= 2)
      if (i & bit) t += mirrored;
    if (t < trials.size()) take(t);
  }
  std::vector<ResultRow> thinned;
  for (std::size_t t = 0; t < trials.size(); ++t)
    for (std::size_t i = 0; keep[t] && i < trials[t].size; ++i)
      thinned.push_back(std::move(rows[trials[t].begin + i]));
  return thinned;
}

}  // namespace faretto
