#include "results/queries/queries.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "base/names.h"
#include "objectives/pareto/front.h"
#include "objectives/pareto/hypervolume.h"
#include "results/queries/knee.h"
#include "study/trainer_catalog.h"

namespace faretto {
namespace {

TrialRow RowOf(const Trial& trial) {
  TrialRow row;
  row.id = trial.id;
  row.state = trial.state;
  row.params = trial.params;
  row.origin = trial.origin;
  row.seed = trial.seed;
  row.target = trial.target;
  row.attempts = trial.attempts;
  row.losses = trial.losses;
  row.failure = trial.failure;
  return row;
}

void SetValues(const StudySpec& spec, const TrialReport& report, TrialRow& row) {
  row.resource = report.resource;
  row.values = report.values;
  const double violation = ConstraintViolation(spec.constraints, report.values);
  if (!spec.constraints.empty() && std::isfinite(violation)) row.violation = violation;
}

// "error" or "ratio:max"; an objective of the study keeps its direction unless one is given.
Result<Objective> ParseObjective(const StudyView& study, const std::vector<std::string>& metrics,
                                 const std::string& text) {
  Objective objective;
  objective.name = text;
  std::optional<Direction> direction;
  const auto colon = text.rfind(':');
  const bool known = std::find(metrics.begin(), metrics.end(), text) != metrics.end();
  if (!known && colon != std::string::npos) {
    const std::string suffix = text.substr(colon + 1);
    if (suffix != "min" && suffix != "max") {
      return Invalid("--objectives: \"" + text + "\" must end in :min or :max");
    }
    objective.name = text.substr(0, colon);
    direction = suffix == "max" ? Direction::kMaximize : Direction::kMinimize;
  }
  if (std::find(metrics.begin(), metrics.end(), objective.name) == metrics.end()) {
    return Invalid("--objectives: unknown metric \"" + objective.name + "\"" +
                   NameHint(objective.name, metrics));
  }
  for (const Objective& own : study.spec.objectives) {
    if (own.name == objective.name) objective.direction = own.direction;
  }
  if (direction) objective.direction = *direction;
  return objective;
}

Result<std::vector<Objective>> ChooseObjectives(const StudyView& study,
                                                const std::vector<std::string>& names) {
  if (names.empty()) return study.spec.objectives;
  const std::vector<std::string> metrics = MetricNames(study);
  std::vector<Objective> objectives;
  for (const std::string& name : names) {
    FARETTO_ASSIGN_OR_RETURN(Objective objective, ParseObjective(study, metrics, name));
    for (const Objective& other : objectives) {
      if (other.name == objective.name) {
        return Invalid("--objectives names \"" + objective.name + "\" twice; name it once");
      }
    }
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

// The study's reference point for these objectives; nothing if one of them is not the study's.
std::optional<std::vector<double>> ReferenceFor(const StudyView& study,
                                                const std::vector<Objective>& objectives) {
  const auto& whole = study.state.reference_point();
  if (!whole || whole->size() != study.spec.objectives.size()) return std::nullopt;
  std::vector<double> reference;
  for (const Objective& objective : objectives) {
    for (std::size_t i = 0; i < whole->size(); ++i) {
      const Objective& own = study.spec.objectives[i];
      if (own.name == objective.name && own.direction == objective.direction) {
        reference.push_back((*whole)[i]);
      }
    }
  }
  if (reference.size() != objectives.size()) return std::nullopt;
  return reference;
}

// Nothing if the trial has no values there.
std::optional<TrialRow> RowAt(const StudySpec& spec, const Trial& trial, std::int64_t resource) {
  const TrialReport* report = trial.ReportAt(resource);
  if (!report) return std::nullopt;
  TrialRow row = RowOf(trial);
  SetValues(spec, *report, row);
  return row;
}

// Rows that are compared: trials that have not failed, at the chosen resource.
std::vector<TrialRow> Contenders(const StudyView& study, const FrontOptions& options) {
  std::vector<TrialRow> rows;
  for (const Trial& trial : study.state.trials()) {
    if (trial.state == TrialState::kFailed) continue;
    std::int64_t resource = options.resource.value_or(study.spec.top_resource());
    if (options.any_resource) {
      const TrialReport* highest = trial.HighestReport();
      if (!highest) continue;
      resource = highest->resource;
    }
    if (auto row = RowAt(study.spec, trial, resource)) rows.push_back(std::move(*row));
  }
  return rows;
}

}  // namespace

std::vector<TrialRow> TrialRows(const StudyView& study) {
  std::vector<TrialRow> rows;
  rows.reserve(study.state.trials().size());
  for (const Trial& trial : study.state.trials()) {
    rows.push_back(RowOf(trial));
    if (const TrialReport* highest = trial.HighestReport())
      SetValues(study.spec, *highest, rows.back());
  }
  return rows;
}

Result<Front> StudyFront(const StudyView& study, const FrontOptions& options) {
  Front front;
  FARETTO_ASSIGN_OR_RETURN(front.objectives, ChooseObjectives(study, options.objectives));
  std::vector<TrialRow> rows = Contenders(study, options);
  std::vector<FrontCandidate> candidates;
  for (const TrialRow& row : rows) candidates.push_back({row.id, row.values});
  front.compared = rows.size();
  front.unconstrained =
      static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const TrialRow& row) {
        const auto& constraints = study.spec.constraints;
        return std::any_of(
            constraints.begin(), constraints.end(),
            [&](const Constraint& constraint) { return !row.values.contains(constraint.metric); });
      }));
  const std::vector<std::int64_t> ids =
      ParetoFront(candidates, front.objectives, study.spec.constraints);
  const std::set<TrialId> members(ids.begin(), ids.end());
  std::erase_if(rows, [&](const TrialRow& row) { return !members.contains(row.id); });

  const auto values = [&](const TrialRow& row) {
    return *MinimizedValues(front.objectives, row.values);
  };
  std::sort(rows.begin(), rows.end(), [&](const TrialRow& a, const TrialRow& b) {
    return std::pair(values(a), a.id) < std::pair(values(b), b.id);
  });
  std::vector<std::vector<double>> points;
  for (const TrialRow& row : rows) points.push_back(values(row));
  if (const auto knee = KneePoint(points)) front.knee = rows[*knee].id;
  front.reference = ReferenceFor(study, front.objectives);
  front.members = rows.size();
  front.trials = std::move(rows);
  if (options.hypervolume) MeasureFront(front);
  return front;
}

void MeasureFront(Front& front) {
  if (!front.reference) return;
  std::vector<Point> points;
  for (const TrialRow& row : front.trials)
    points.push_back(*MinimizedValues(front.objectives, row.values));
  front.hypervolume = Hypervolume(points, *front.reference);
}

Result<FrontOptions> ParseFrontOptions(const std::string& objectives, const std::string& resource) {
  FrontOptions options;
  for (std::size_t begin = 0; !objectives.empty() && begin <= objectives.size();) {
    const std::size_t end = std::min(objectives.find(',', begin), objectives.size());
    if (end == begin)
      return Invalid("--objectives has an empty name; write names with commas between");
    options.objectives.push_back(objectives.substr(begin, end - begin));
    begin = end + 1;
  }
  if (resource.empty()) return options;
  if (resource == "any") {
    options.any_resource = true;
    return options;
  }
  std::int64_t value = 0;
  const char* last = resource.data() + resource.size();
  const auto read = std::from_chars(resource.data(), last, value);
  if (read.ec != std::errc() || read.ptr != last || value < 1) {
    return Invalid("--resource must be a whole number from 1 or \"any\", it is \"" + resource +
                   "\"");
  }
  options.resource = value;
  return options;
}

std::vector<BaselineRow> Baselines(const StudyView& study) {
  std::vector<BaselineRow> rows;
  for (const Job& job : study.state.jobs()) {
    if (job.kind != AssignmentKind::kBaseline) continue;
    rows.push_back({job.name, job.state, job.values, job.failure});
  }
  return rows;
}

Status CheckSomethingTrained(const StudyState& state) {
  const auto& trials = state.trials();
  const bool any = std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state != TrialState::kFailed && !trial.reports.empty();
  });
  if (trials.empty() || any) return Ok{};
  const auto& failure = trials.back().failure;
  return Failed("no trial could be trained; the newest, " + std::to_string(trials.back().id) +
                ", failed with: " + (failure ? failure->reason : std::string("no reason")));
}

std::vector<std::string> MetricNames(const StudyView& study) {
  std::vector<std::string> names;
  for (const Objective& objective : study.spec.objectives) names.push_back(objective.name);
  std::set<std::string> others;
  for (const Constraint& constraint : study.spec.constraints) others.insert(constraint.metric);
  if (study.spec.trainer.is_object()) {
    const auto trainer = DescribeTrainer(study.spec.trainer, study.spec.space);
    if (trainer.ok()) others.insert(trainer->metrics.begin(), trainer->metrics.end());
  }
  for (const Trial& trial : study.state.trials()) {
    for (const TrialReport& report : trial.reports) {
      for (const auto& [name, value] : report.values) others.insert(name);
    }
  }
  for (const std::string& name : names) others.erase(name);
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

}  // namespace faretto
