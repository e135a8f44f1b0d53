#include "scheduler/surrogates/study_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "objectives/dominance.h"
#include "study/rungs.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

struct Row {
  const Trial* trial;
  const TrialReport* report;
  std::vector<double> objectives;
};

// Results at the rungs, and the newest beyond the highest one that was reached. What lies below the
// lowest rung cannot be compared with anything.
std::vector<const TrialReport*> ReportsToLearnFrom(const Trial& trial,
                                                   const std::vector<std::int64_t>& rungs) {
  std::vector<const TrialReport*> reports;
  for (const std::int64_t rung : rungs)
    if (const TrialReport* report = trial.ReportAt(rung)) reports.push_back(report);
  const TrialReport* highest = trial.HighestReport();
  if (highest && highest->resource >= rungs.front() &&
      (reports.empty() || reports.back()->resource < highest->resource))
    reports.push_back(highest);
  return reports;
}

std::vector<Row> CollectRows(const StudyView& view) {
  const std::vector<std::int64_t> rungs = ComparisonRungs(view.spec.algorithm);
  std::vector<Row> rows;
  for (const Trial& trial : view.state.trials()) {
    if (trial.state == TrialState::kFailed) continue;
    for (const TrialReport* report : ReportsToLearnFrom(trial, rungs)) {
      if (auto values = MinimizedValues(view.spec.objectives, report->values))
        rows.push_back({&trial, report, std::move(*values)});
    }
  }
  return rows;
}

// Front, newest, and the rest evenly by age.
std::vector<Row> Thin(std::vector<Row> rows, std::size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<Point> points;
  for (const Row& row : rows) points.push_back(row.objectives);
  std::vector<bool> keep(rows.size(), false);
  std::size_t kept = 0;
  const auto take = [&](std::size_t i) {
    if (kept < most && !keep[i]) {
      keep[i] = true;
      ++kept;
    }
  };
  const std::vector<std::size_t> front = NonDominated(points);
  const std::size_t front_step = front.size() / std::max<std::size_t>(1, most / 2) + 1;
  for (std::size_t i = 0; i < front.size(); i += front_step) take(front[i]);
  for (std::size_t i = rows.size() - most / 4; i < rows.size(); ++i) take(i);
  const double step = static_cast<double>(rows.size()) / static_cast<double>(most - kept + 1);
  for (double i = 0; i < static_cast<double>(rows.size()); i += step)
    take(static_cast<std::size_t>(i));
  std::vector<Row> thinned;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (keep[i]) thinned.push_back(std::move(rows[i]));
  return thinned;
}

void Standardise(Target& target) {
  const Index n = target.values.size();
  if (n == 0) return;
  // The largest value is taken out first: squares of 1e200 would be infinite.
  const double scale = target.values.cwiseAbs().maxCoeff();
  if (scale > 0) target.values /= scale;
  target.mean = target.values.mean() * scale;
  const VectorXd centred = target.values.array() - target.values.mean();
  const double sd = std::sqrt(centred.squaredNorm() / static_cast<double>(n));
  if (sd > 1e-12) {
    target.sd = sd * scale;
    target.values = centred / sd;
  } else {
    target.sd = scale > 0 ? scale : 1;
    target.values = VectorXd::Zero(n);
  }
}

Target MakeTarget(std::string name, const std::vector<Row>& rows,
                  const std::function<std::optional<double>(const Row&)>& value) {
  Target target;
  target.name = std::move(name);
  std::vector<double> values;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto v = value(rows[i]);
    if (!v || !std::isfinite(*v)) continue;
    target.rows.push_back(static_cast<Index>(i));
    values.push_back(*v);
  }
  target.values = Eigen::Map<VectorXd>(values.data(), static_cast<Index>(values.size()));
  Standardise(target);
  return target;
}

void AddConstraint(const Constraint& constraint, const std::vector<Row>& rows,
                   std::vector<Target>& targets) {
  const auto metric = [&](const Row& row) -> std::optional<double> {
    const auto found = row.report->values.find(constraint.metric);
    return found == row.report->values.end() ? std::nullopt : std::optional(found->second);
  };
  const auto add = [&](double bound, double sign, const char* side) {
    targets.push_back(
        MakeTarget(constraint.metric + side, rows, [&](const Row& row) -> std::optional<double> {
          const auto value = metric(row);
          return value ? std::optional(sign * (*value - bound)) : std::nullopt;
        }));
  };
  if (constraint.at_most) add(*constraint.at_most, 1, " at most");
  if (constraint.at_least) add(*constraint.at_least, -1, " at least");
}

void AddMetrics(const StudySpec& spec, const std::vector<Row>& rows, StudyData& data) {
  for (std::size_t k = 0; k < spec.objectives.size(); ++k) {
    const Objective& objective = spec.objectives[k];
    data.objectives.push_back(MakeTarget(
        objective.name, rows, [k](const Row& row) { return std::optional(row.objectives[k]); }));
    if (objective.reference) {
      const double sign = objective.direction == Direction::kMaximize ? -1 : 1;
      data.objectives.back().reference = sign * *objective.reference;
    }
  }
  for (const Constraint& constraint : spec.constraints)
    AddConstraint(constraint, rows, data.constraints);
}

// The sum of what each constraint is missed by, in units of its standard deviation.
void AddTotalViolation(const StudySpec& spec, const std::vector<Row>& rows, StudyData& data) {
  std::vector<Target> sides;
  for (const Constraint& constraint : spec.constraints) AddConstraint(constraint, rows, sides);
  std::vector<double> total(rows.size(), 0);
  std::vector<std::size_t> known(rows.size(), 0);
  for (const Target& side : sides) {
    for (std::size_t i = 0; i < side.rows.size(); ++i) {
      const double zero = side.Standardised(0);
      const auto row = static_cast<std::size_t>(side.rows[i]);
      total[row] += std::max(0.0, side.values[static_cast<Index>(i)] - zero);
      ++known[row];
    }
  }
  // A result that lacks a metric is worse than all that have it.
  const double worst = *std::max_element(total.begin(), total.end()) + 1;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (known[i] < sides.size()) total[i] = worst;
  data.objectives.push_back(MakeTarget("violation", rows, [&](const Row& row) {
    return std::optional(total[static_cast<std::size_t>(&row - rows.data())]);
  }));
  data.feasible.assign(data.feasible.size(), true);
}

// Costs of all reports of a trial belong to the resource it has reached.
std::optional<double> LogUnitCost(const Trial& trial) {
  double sum = 0;
  for (const TrialReport& report : trial.reports) sum += report.cost;
  const TrialReport* highest = trial.HighestReport();
  if (!highest || !(sum > 0) || !std::isfinite(sum)) return std::nullopt;
  return std::log(sum / static_cast<double>(std::max<std::int64_t>(1, highest->resource)));
}

void AddCost(const std::vector<Row>& rows, StudyData& data) {
  Target target = MakeTarget("cost", rows, [&](const Row& row) -> std::optional<double> {
    const bool last = &row == &rows.back() || (&row + 1)->trial != row.trial;
    return last ? LogUnitCost(*row.trial) : std::nullopt;
  });
  if (!target.rows.empty()) data.cost = std::move(target);
}

GpInputs Encode(const FeatureMap& features, const std::vector<const Trial*>& trials,
                bool with_resource) {
  GpInputs inputs;
  inputs.x.resize(static_cast<Index>(features.columns()), static_cast<Index>(trials.size()));
  for (std::size_t i = 0; i < trials.size(); ++i)
    features.Encode(trials[i]->configuration, inputs.x.col(static_cast<Index>(i)).data());
  if (with_resource) inputs.t = VectorXd::Ones(static_cast<Index>(trials.size()));
  return inputs;
}

void CollectTrials(const StudyView& view, const FeatureMap& features, const std::vector<Row>& rows,
                   StudyData& data) {
  std::vector<const Trial*> known, outcomes;
  std::vector<double> failed;
  for (const Row& row : rows) {
    if (known.empty() || known.back() != row.trial) {
      known.push_back(row.trial);
      data.finished.push_back(row.trial->id);
      data.feasible.push_back(true);
    }
    data.feasible.back() = ConstraintViolation(view.spec.constraints, row.report->values) == 0;
  }
  bool any_failed = false;
  const std::set<TrialId> with_result(data.finished.begin(), data.finished.end());
  for (const Trial& trial : view.state.trials()) {
    const bool has_failed = trial.state == TrialState::kFailed;
    if (!has_failed && !with_result.contains(trial.id) &&
        (trial.state == TrialState::kWaiting || trial.state == TrialState::kRunning)) {
      known.push_back(&trial);
      data.pending.push_back(trial.id);
    }
    if (has_failed || trial.HighestReport()) {
      outcomes.push_back(&trial);
      failed.push_back(has_failed ? 1 : 0);
      any_failed = any_failed || has_failed;
    }
  }
  for (const Trial* trial : known)
    data.at_top.push_back(
        (trial->target >= view.spec.top_resource() &&
         (trial->state == TrialState::kRunning || trial->state == TrialState::kWaiting)) ||
        trial->ReportAt(view.spec.top_resource()) != nullptr);
  data.known = Encode(features, known, data.with_resource);
  if (!any_failed) return;
  // The newest are enough to know what fails; a study does not fail for years.
  constexpr std::size_t kMostOutcomes = 500;
  if (outcomes.size() > kMostOutcomes) {
    outcomes.erase(outcomes.begin(), outcomes.end() - kMostOutcomes);
    failed.erase(failed.begin(), failed.end() - kMostOutcomes);
  }
  data.outcomes = Encode(features, outcomes, false);
  data.failed = Eigen::Map<VectorXd>(failed.data(), static_cast<Index>(failed.size()));
}

}  // namespace

double ResourcePosition(const StudySpec& spec, double resource) {
  const std::vector<std::int64_t> rungs = ComparisonRungs(spec.algorithm);
  const double low = std::log(static_cast<double>(rungs.front()));
  const double high = std::log(static_cast<double>(rungs.back()));
  if (!(high > low)) return 1;
  return std::clamp((std::log(std::max(resource, 1.0)) - low) / (high - low), 0.0, 1.0);
}

std::size_t TrialsToLearnFrom(const StudyView& view) {
  std::set<TrialId> trials;
  for (const Row& row : CollectRows(view)) trials.insert(row.trial->id);
  return trials.size();
}

StudyData CollectStudyData(const StudyView& view, const FeatureMap& features, std::size_t most) {
  StudyData data;
  std::vector<Row> all = CollectRows(view);
  data.results = all.size();
  const std::vector<Row> rows = Thin(std::move(all), most);
  const std::int64_t top = view.spec.top_resource();
  data.with_resource = std::any_of(rows.begin(), rows.end(),
                                   [&](const Row& row) { return row.report->resource != top; });
  std::vector<const Trial*> trials;
  for (const Row& row : rows) {
    trials.push_back(row.trial);
    data.trial_of.push_back(row.trial->id);
  }
  data.observed = Encode(features, trials, data.with_resource);
  if (data.with_resource) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      data.observed.t[static_cast<Index>(i)] =
          ResourcePosition(view.spec, static_cast<double>(rows[i].report->resource));
  }
  CollectTrials(view, features, rows, data);
  const bool any_feasible =
      std::find(data.feasible.begin(), data.feasible.end(), true) != data.feasible.end();
  if (any_feasible || rows.empty()) {
    AddMetrics(view.spec, rows, data);
  } else {
    AddTotalViolation(view.spec, rows, data);
  }
  if (view.spec.algorithm.cost == "reported") AddCost(rows, data);
  return data;
}

}  // namespace faretto
