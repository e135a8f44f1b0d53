#include "results/exchange/optuna_storage.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "results/queries/format.h"
#include "results/store/sqlite.h"

namespace faretto {
namespace {

// As `optuna.create_study` of Optuna 5.0.0 makes them; the schema's version has been v3.2.0.a since
// Optuna 3.2.
constexpr const char* kTables = R"(
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
CREATE TABLE version_info (version_info_id INTEGER NOT NULL, schema_version INTEGER,
  library_version VARCHAR(256), PRIMARY KEY (version_info_id), CHECK (version_info_id=1));
CREATE TABLE studies (study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL,
  PRIMARY KEY (study_id));
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL, direction VARCHAR(8) NOT NULL,
  study_id INTEGER NOT NULL, objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id),
  UNIQUE (study_id, objective), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL, study_id INTEGER,
  "key" VARCHAR(512), value_json TEXT, PRIMARY KEY (study_system_attribute_id),
  UNIQUE (study_id, "key"), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_user_attributes (study_user_attribute_id INTEGER NOT NULL, study_id INTEGER,
  "key" VARCHAR(512), value_json TEXT, PRIMARY KEY (study_user_attribute_id),
  UNIQUE (study_id, "key"), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE trials (trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER,
  state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME,
  PRIMARY KEY (trial_id), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE TABLE trial_heartbeats (trial_heartbeat_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,
  heartbeat DATETIME NOT NULL, PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id),
  FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL,
  trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,
  intermediate_value_type VARCHAR(7) NOT NULL, PRIMARY KEY (trial_intermediate_value_id),
  UNIQUE (trial_id, step), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_params (param_id INTEGER NOT NULL, trial_id INTEGER, param_name VARCHAR(512),
  param_value FLOAT, distribution_json TEXT, PRIMARY KEY (param_id), UNIQUE (trial_id, param_name),
  FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL, trial_id INTEGER,
  "key" VARCHAR(512), value_json TEXT, PRIMARY KEY (trial_system_attribute_id),
  UNIQUE (trial_id, "key"), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL, trial_id INTEGER,
  "key" VARCHAR(512), value_json TEXT, PRIMARY KEY (trial_user_attribute_id),
  UNIQUE (trial_id, "key"), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,
  objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL,
  PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective),
  FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
INSERT INTO alembic_version VALUES ('v3.2.0.a');
INSERT INTO version_info VALUES (1, 12, '5.0.0');
)";

constexpr std::int64_t kStudyId = 1;

template <class... Values>
Status Insert(Statement& statement, const Values&... values) {
  int column = 0;
  (statement.Bind(++column, values), ...);
  return statement.Run();
}

// A trial in Optuna's terms.
struct Row {
  const Trial* trial = nullptr;
  std::string_view state;
  const TrialReport* report = nullptr;  // the one that `values` and attributes come from
  std::vector<double> values;           // one an objective, or none

  std::int64_t id() const { return trial->id + 1; }
  bool finished() const { return state == "COMPLETE" || state == "PRUNED" || state == "FAIL"; }
};

std::vector<double> ValuesOf(const StudyView& study, const TrialReport* report) {
  std::vector<double> values;
  if (!report || !MinimizedValues(study.spec.objectives, report->values)) return values;
  for (const Objective& objective : study.spec.objectives)
    values.push_back(report->values.at(objective.name));
  return values;
}

// COMPLETE is what can stand on StudyFront's front, so that `study.best_trials` is that front.
// PRUNED has a value only where Optuna gives it one: with a single objective, the last one.
Row RowOf(const StudyView& study, const Trial& trial) {
  Row row;
  row.trial = &trial;
  row.report = trial.HighestReport();
  if (trial.state == TrialState::kFailed) {
    row.state = "FAIL";
    return row;
  }
  const TrialReport* top = trial.ReportAt(study.spec.top_resource());
  row.values = ValuesOf(study, top);
  if (!row.values.empty()) {
    row.state = "COMPLETE";
    row.report = top;
    return row;
  }
  switch (trial.state) {
    case TrialState::kWaiting: row.state = "WAITING"; break;
    case TrialState::kRunning: row.state = "RUNNING"; break;
    case TrialState::kPaused:
    case TrialState::kStopped:
      row.state = "PRUNED";
      if (study.spec.objectives.size() == 1) row.values = ValuesOf(study, row.report);
      break;
    case TrialState::kCompleted:
    case TrialState::kFailed: row.state = "FAIL"; break;  // an objective is missing
  }
  return row;
}

// "2026-01-31 12:00:00.000000", UTC, in the range that Python's datetime can take.
std::string TimeText(double unix_s) {
  const auto microseconds = static_cast<std::int64_t>(std::clamp(unix_s, 0.0, 2.5e11) * 1e6);
  const std::time_t seconds = microseconds / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%06d",
                static_cast<int>(microseconds % 1'000'000));
  return text;
}

// The number with 15 significant digits, all that a double keeps of a decimal number.
double Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", value);
  return std::strtod(text, nullptr);
}

// The largest value of a step grid. Optuna divides the range in decimal digits, so that the binary
// noise of the last value must not show where the grid is a decimal one.
double LastValue(const Parameter& parameter) {
  const double last = parameter.ValueAt(*parameter.cardinality() - 1);
  const bool decimal = parameter.type == ParameterType::kFloat &&
                       Decimal(parameter.low) == parameter.low &&
                       Decimal(*parameter.step) == *parameter.step &&
                       std::abs(Decimal(last) - last) <= 4e-16 * std::abs(last);
  return decimal ? Decimal(last) : last;
}

double HighOf(const Parameter& parameter) {
  return parameter.step ? LastValue(parameter) : parameter.high;
}

std::string DistributionText(const Parameter& parameter) {
  Json json;
  if (parameter.has_choices()) {
    json = {{"name", "CategoricalDistribution"}, {"attributes", {{"choices", parameter.choices}}}};
  } else if (parameter.type == ParameterType::kInt) {
    json = {{"name", "IntDistribution"},
            {"attributes",
             {{"log", parameter.log},
              {"step", static_cast<std::int64_t>(parameter.step.value_or(1))},
              {"low", static_cast<std::int64_t>(parameter.low)},
              {"high", static_cast<std::int64_t>(HighOf(parameter))}}}};
  } else {
    json = {{"name", "FloatDistribution"},
            {"attributes",
             {{"step", parameter.step ? Json(*parameter.step) : Json()},
              {"low", parameter.low},
              {"high", HighOf(parameter)},
              {"log", parameter.log}}}};
  }
  return DumpJson(json);
}

Status WriteStudy(Database& database, const StudyView& study) {
  FARETTO_ASSIGN_OR_RETURN(Statement name, database.Prepare("INSERT INTO studies VALUES (?, ?)"));
  FARETTO_RETURN_IF_ERROR(Insert(name, kStudyId, study.spec.name));
  FARETTO_ASSIGN_OR_RETURN(
      Statement direction,
      database.Prepare("INSERT INTO study_directions VALUES (NULL, ?1, ?2, ?3)"));
  Json names = Json::array();
  for (const Objective& objective : study.spec.objectives) {
    const bool maximize = objective.direction == Direction::kMaximize;
    FARETTO_RETURN_IF_ERROR(Insert(direction, maximize ? "MAXIMIZE" : "MINIMIZE", kStudyId,
                                   static_cast<std::int64_t>(names.size())));
    names.push_back(objective.name);
  }
  FARETTO_ASSIGN_OR_RETURN(
      Statement system,
      database.Prepare("INSERT INTO study_system_attributes VALUES (NULL, ?, ?, ?)"));
  FARETTO_RETURN_IF_ERROR(Insert(system, kStudyId, "study:metric_names", DumpJson(names)));
  FARETTO_ASSIGN_OR_RETURN(
      Statement user, database.Prepare("INSERT INTO study_user_attributes VALUES (NULL, ?, ?, ?)"));
  FARETTO_RETURN_IF_ERROR(
      Insert(user, kStudyId, "faretto_version", DumpJson(Json(FARETTO_VERSION))));
  return Insert(user, kStudyId, "study_file", DumpJson(study.spec.source));
}

Status WriteTrials(Database& database, const std::vector<Row>& rows, const StudyHistory& history) {
  FARETTO_ASSIGN_OR_RETURN(Statement trial,
                           database.Prepare("INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?)"));
  for (const Row& row : rows) {
    const TrialTimes& times = history.times.at(static_cast<std::size_t>(row.trial->id));
    std::optional<std::string> start;
    if (times.started_unix_s) start = TimeText(*times.started_unix_s);
    if (!start && row.state != "WAITING") start = TimeText(times.created_unix_s);
    std::optional<std::string> end;
    if (row.finished()) end = std::max(*start, TimeText(times.newest_unix_s));
    FARETTO_RETURN_IF_ERROR(
        Insert(trial, row.id(), row.trial->id, kStudyId, row.state, start, end));
  }
  return Ok{};
}

Status WriteParams(Database& database, const Space& space, const std::vector<Row>& rows) {
  FARETTO_ASSIGN_OR_RETURN(Statement param,
                           database.Prepare("INSERT INTO trial_params VALUES (NULL, ?, ?, ?, ?)"));
  std::vector<std::string> distributions;
  for (const Parameter& parameter : space.parameters())
    distributions.push_back(DistributionText(parameter));
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < space.size(); ++i) {
      if (!row.trial->configuration.active(i)) continue;
      const Parameter& parameter = space.parameters()[i];
      double value = row.trial->configuration.values[i];
      if (!parameter.has_choices()) value = std::min(value, HighOf(parameter));
      FARETTO_RETURN_IF_ERROR(Insert(param, row.id(), parameter.name, value, distributions[i]));
    }
  }
  return Ok{};
}

// Optuna has intermediate values with a single objective only: its TPE sampler fails on others.
Status WriteValues(Database& database, const StudyView& study, const std::vector<Row>& rows) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement value,
      database.Prepare("INSERT INTO trial_values VALUES (NULL, ?, ?, ?, 'FINITE')"));
  FARETTO_ASSIGN_OR_RETURN(
      Statement intermediate,
      database.Prepare("INSERT INTO trial_intermediate_values VALUES (NULL, ?, ?, ?, 'FINITE')"));
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      FARETTO_RETURN_IF_ERROR(Insert(value, row.id(), static_cast<std::int64_t>(i), row.values[i]));
    }
    if (study.spec.objectives.size() != 1) continue;
    std::map<std::int64_t, double> steps;  // the newest report at each resource
    for (const TrialReport& report : row.trial->reports) {
      const std::vector<double> reported = ValuesOf(study, &report);
      if (!reported.empty()) steps[report.resource] = reported[0];
    }
    for (const auto& [step, reported] : steps)
      FARETTO_RETURN_IF_ERROR(Insert(intermediate, row.id(), step, reported));
  }
  return Ok{};
}

// [0.1, -0.9]: how far each bound is violated, feasible where it is not above 0. A missing metric
// violates by infinity, which Python's JSON has a word for.
std::string ConstraintsText(const std::vector<Constraint>& constraints, const Metrics& metrics) {
  std::string text;
  const auto add = [&](const std::string& metric, double sign, double bound) {
    const auto found = metrics.find(metric);
    const double violation = found == metrics.end() ? INFINITY : sign * (found->second - bound);
    const std::string_view infinite = violation > 0 ? "Infinity" : "-Infinity";
    text += text.empty() ? "" : ", ";
    text += std::isfinite(violation) ? DumpJson(Json(violation)) : infinite;
  };
  for (const Constraint& constraint : constraints) {
    if (constraint.at_most) add(constraint.metric, 1, *constraint.at_most);
    if (constraint.at_least) add(constraint.metric, -1, *constraint.at_least);
  }
  return "[" + text + "]";
}

std::map<std::string, Json> UserAttributes(const StudyView& study, const Row& row) {
  const Trial& trial = *row.trial;
  std::map<std::string, Json> attributes = {{"trial", trial.id},
                                            {"origin", trial.origin},
                                            {"seed", trial.seed},
                                            {"state", TrialStateName(trial.state)},
                                            {"reports", ReportsJson(trial)}};
  if (trial.state == TrialState::kFailed && trial.failure)
    attributes["failure"] = trial.failure->reason;
  if (!row.report) return attributes;
  attributes["resource"] = row.report->resource;
  std::set<std::string> shown;  // in the trial's own values
  if (!row.values.empty()) {
    for (const Objective& objective : study.spec.objectives) shown.insert(objective.name);
  }
  for (const auto& [metric, value] : row.report->values) {
    if (!shown.contains(metric)) attributes["values." + metric] = value;
  }
  return attributes;
}

Status WriteAttributes(Database& database, const StudyView& study, const std::vector<Row>& rows) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement user, database.Prepare("INSERT INTO trial_user_attributes VALUES (NULL, ?, ?, ?)"));
  FARETTO_ASSIGN_OR_RETURN(
      Statement system,
      database.Prepare("INSERT INTO trial_system_attributes VALUES (NULL, ?, ?, ?)"));
  for (const Row& row : rows) {
    for (const auto& [key, value] : UserAttributes(study, row))
      FARETTO_RETURN_IF_ERROR(Insert(user, row.id(), key, DumpJson(value)));
    const bool judged = row.report && (row.state == "COMPLETE" || row.state == "PRUNED");
    if (!judged || study.spec.constraints.empty()) continue;
    FARETTO_RETURN_IF_ERROR(Insert(system, row.id(), "constraints",
                                   ConstraintsText(study.spec.constraints, row.report->values)));
  }
  return Ok{};
}

}  // namespace

Result<std::string> OptunaStorage(const StudyView& study, const StudyHistory& history) {
  std::vector<Row> rows;
  for (const Trial& trial : study.state.trials()) rows.push_back(RowOf(study, trial));
  FARETTO_ASSIGN_OR_RETURN(Database database, Database::Open("", OpenMode::kReadWrite));
  FARETTO_RETURN_IF_ERROR(database.Execute(std::string("BEGIN;") + kTables));
  FARETTO_RETURN_IF_ERROR(WriteStudy(database, study));
  FARETTO_RETURN_IF_ERROR(WriteTrials(database, rows, history));
  FARETTO_RETURN_IF_ERROR(WriteParams(database, study.spec.space, rows));
  FARETTO_RETURN_IF_ERROR(WriteValues(database, study, rows));
  FARETTO_RETURN_IF_ERROR(WriteAttributes(database, study, rows));
  FARETTO_RETURN_IF_ERROR(database.Execute("COMMIT"));
  return database.Serialize();
}

}  // namespace faretto
