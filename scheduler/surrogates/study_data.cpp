#include "scheduler/surrogates/study_data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "study/rungs.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

// For rows that lack a constraint's metric at a rung where others have it: they violate it by more
// than all that have it. Where nobody has it, the metric is reported at a higher rung only.
class MissingMetrics {
 public:
  // `violation`: positive beyond the bound; nothing where the metric is missing.
  MissingMetrics(const std::vector<ResultRow>& rows,
                 const std::function<std::optional<double>(const ResultRow&)>& violation) {
    for (const ResultRow& row : rows) {
      const auto value = violation(row);
      if (!value || !std::isfinite(*value)) continue;
      const auto [rung, fresh] = rungs_.try_emplace(row.rung, Range{*value, *value});
      rung->second.least = std::min(rung->second.least, *value);
      rung->second.most = std::max(rung->second.most, *value);
    }
  }

  std::optional<double> At(std::size_t rung) const {
    const auto found = rungs_.find(rung);
    if (found == rungs_.end()) return std::nullopt;
    const Range& range = found->second;
    const double spread = range.most > range.least ? range.most - range.least : 1;
    return std::max(range.most, 0.0) + spread / 2;
  }

 private:
  struct Range {
    double least, most;
  };
  std::map<std::size_t, Range> rungs_;
};

void AddConstraint(const Constraint& constraint, const std::vector<ResultRow>& rows,
                   std::vector<Target>& targets) {
  const auto add = [&](double bound, double sign, const char* side) {
    const auto violation = [&](const ResultRow& row) -> std::optional<double> {
      const auto found = row.report->values.find(constraint.metric);
      if (found == row.report->values.end()) return std::nullopt;
      return sign * (found->second - bound);
    };
    const MissingMetrics missing(rows, violation);
    targets.push_back(MakeTarget(
        constraint.metric + side, rows,
        [&](const ResultRow& row) {
          const auto value = violation(row);
          return value ? value : missing.At(row.rung);
        },
        0));
  };
  if (constraint.at_most) add(*constraint.at_most, 1, " at most");
  if (constraint.at_least) add(*constraint.at_least, -1, " at least");
}

void AddMetrics(const StudySpec& spec, const std::vector<ResultRow>& rows, StudyData& data) {
  for (std::size_t k = 0; k < spec.objectives.size(); ++k) {
    const Objective& objective = spec.objectives[k];
    std::vector<double> values;
    for (const ResultRow& row : rows) values.push_back(row.objectives[k]);
    const LogScale scale(objective, values);
    Target target = MakeTarget(objective.name, rows, [&](const ResultRow& row) {
      return std::optional(scale.To(row.objectives[k]));
    });
    if (const auto reference = MinimizedReference(objective))
      target.reference = scale.To(*reference);
    data.objectives.push_back(std::move(target));
  }
  const auto varies = [](const Target& target) {
    return std::any_of(target.rungs.begin(), target.rungs.end(),
                       [](const Target::Rung& rung) { return rung.varies; });
  };
  // An objective that is the same everywhere is left out: the search would follow its uncertainty
  // alone.
  if (std::any_of(data.objectives.begin(), data.objectives.end(), varies))
    std::erase_if(data.objectives, [&](const Target& target) { return !varies(target); });
  for (const Constraint& constraint : spec.constraints)
    AddConstraint(constraint, rows, data.constraints);
}

// The sum of what each constraint is missed by, in units of its standard deviation.
void AddTotalViolation(const StudySpec& spec, const std::vector<ResultRow>& rows, StudyData& data) {
  std::vector<Target> sides;
  for (const Constraint& constraint : spec.constraints) AddConstraint(constraint, rows, sides);
  std::vector<double> total(rows.size(), 0);
  std::vector<std::size_t> known(rows.size(), 0);
  for (const Target& side : sides) {
    for (const Target::Rung& rung : side.rungs) {
      const double zero = -rung.mean / rung.sd;
      for (std::size_t i = 0; i < rung.rows.size(); ++i) {
        const auto row = static_cast<std::size_t>(rung.rows[i]);
        total[row] += std::max(0.0, rung.values[static_cast<Index>(i)] - zero);
        ++known[row];
      }
    }
  }
  // A result that lacks a metric that nobody has there is worse than all that have it.
  const double worst = *std::max_element(total.begin(), total.end()) + 1;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (known[i] < sides.size()) total[i] = worst;
  data.objectives.push_back(MakeTarget("total violation", rows, [&](const ResultRow& row) {
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

// One row a trial, whatever its rung.
void AddCost(std::vector<ResultRow> rows, StudyData& data) {
  for (ResultRow& row : rows) row.rung = 0;
  Target target = MakeTarget("cost", rows, [&](const ResultRow& row) -> std::optional<double> {
    const bool last = &row == &rows.back() || (&row + 1)->trial != row.trial;
    return last ? LogUnitCost(*row.trial) : std::nullopt;
  });
  if (!target.rungs.front().rows.empty()) data.cost = std::move(target);
}

Eigen::MatrixXd Encode(const FeatureMap& features, const std::vector<const Trial*>& trials) {
  Eigen::MatrixXd x(static_cast<Index>(features.columns()), static_cast<Index>(trials.size()));
  for (std::size_t i = 0; i < trials.size(); ++i)
    features.Encode(trials[i]->configuration, x.col(static_cast<Index>(i)).data());
  return x;
}

bool IsUnderWay(const Trial& trial) {
  return trial.state == TrialState::kRunning || trial.state == TrialState::kWaiting;
}

// For each trial of data.known, its values below the target's highest rung.
void AddKnown(const StudyData& data, Target& target) {
  std::map<TrialId, KnownBelow> known;
  for (std::size_t k = 0; k + 1 < target.rungs.size(); ++k) {
    const Target::Rung& rung = target.rungs[k];
    for (std::size_t i = 0; i < rung.rows.size(); ++i) {
      KnownBelow& values = known[data.trial_of[static_cast<std::size_t>(rung.rows[i])]];
      values.resize(k, std::numeric_limits<double>::quiet_NaN());
      values.push_back(rung.values[static_cast<Index>(i)]);
    }
  }
  target.known.assign(static_cast<std::size_t>(data.known.cols()), {});
  for (std::size_t i = 0; i < data.finished.size(); ++i) {
    const auto found = known.find(data.finished[i]);
    if (found != known.end()) target.known[i] = found->second;
  }
}

void CollectTrials(const StudyView& view, const FeatureMap& features,
                   const std::vector<ResultRow>& rows, StudyData& data) {
  std::vector<const Trial*> known, outcomes;
  std::vector<double> failed;
  for (const ResultRow& row : rows) {
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
    if (!with_result.contains(trial.id) && IsUnderWay(trial)) {
      known.push_back(&trial);
      data.pending.push_back(trial.id);
    }
    if (has_failed || trial.HighestReport()) {
      outcomes.push_back(&trial);
      failed.push_back(has_failed ? 1 : 0);
      any_failed = any_failed || has_failed;
    }
  }
  std::size_t highest = 0;
  std::vector<bool> has_highest(known.size(), false);
  for (const ResultRow& row : rows) highest = std::max(highest, row.rung);
  for (std::size_t i = 0, k = 0; i < rows.size(); ++i) {
    if (i > 0 && rows[i].trial != rows[i - 1].trial) ++k;
    if (rows[i].rung == highest) has_highest[k] = true;
  }
  const std::int64_t top = view.spec.top_resource();
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool under_way = IsUnderWay(*known[i]);
    data.at_top.push_back((under_way && known[i]->target >= top) ||
                          known[i]->ReportAt(top) != nullptr);
    if (under_way && !has_highest[i]) data.under_way.push_back(static_cast<Index>(i));
  }
  data.known = Encode(features, known);
  if (!any_failed) return;
  // The newest outcomes tell what fails, and the process of failures must not dominate the time of
  // a suggestion. A region that fails and was avoided for so long is tried again.
  constexpr std::size_t kMostOutcomes = 500;
  if (outcomes.size() > kMostOutcomes) {
    outcomes.erase(outcomes.begin(), outcomes.end() - kMostOutcomes);
    failed.erase(failed.begin(), failed.end() - kMostOutcomes);
  }
  data.outcomes = Encode(features, outcomes);
  data.failed = Eigen::Map<VectorXd>(failed.data(), static_cast<Index>(failed.size()));
}

}  // namespace

std::size_t TrialsToLearnFrom(const StudyView& view) {
  std::set<TrialId> trials;
  for (const ResultRow& row : CollectResultRows(view, ComparisonRungs(view.spec.algorithm)))
    trials.insert(row.trial->id);
  return trials.size();
}

StudyData CollectStudyData(const StudyView& view, const FeatureMap& features, std::size_t most) {
  StudyData data;
  data.rungs = ComparisonRungs(view.spec.algorithm);
  std::vector<ResultRow> all = CollectResultRows(view, data.rungs);
  data.results = all.size();
  const std::vector<ResultRow> rows = ThinResultRows(std::move(all), most);
  std::vector<const Trial*> trials;
  for (const ResultRow& row : rows) {
    trials.push_back(row.trial);
    data.trial_of.push_back(row.trial->id);
  }
  data.observed = Encode(features, trials);
  CollectTrials(view, features, rows, data);
  const bool any_feasible =
      std::find(data.feasible.begin(), data.feasible.end(), true) != data.feasible.end();
  if (any_feasible || rows.empty()) {
    AddMetrics(view.spec, rows, data);
  } else {
    AddTotalViolation(view.spec, rows, data);
  }
  for (Target& target : data.objectives) AddKnown(data, target);
  for (Target& target : data.constraints) AddKnown(data, target);
  if (view.spec.algorithm.cost == "reported") AddCost(rows, data);
  return data;
}

}  // namespace faretto
