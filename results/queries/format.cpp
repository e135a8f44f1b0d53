#include "results/queries/format.h"

#include <algorithm>
#include <utility>

#include "base/names.h"
#include "base/number_text.h"

namespace faretto {
namespace {

// With more parameters than this a table shows them in one column.
constexpr std::size_t kMaxParamColumns = 8;

std::string JsonText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return NumberText(value.get<double>());
  return DumpJson(value);
}

std::string ShortJsonText(const Json& value) {
  return value.is_number_float() ? ShortNumber(value.get<double>()) : JsonText(value);
}

std::vector<std::string> ParamNames(const StudyView& study) {
  std::vector<std::string> names;
  for (const Parameter& parameter : study.spec.space.parameters()) names.push_back(parameter.name);
  return names;
}

std::string WholeConfiguration(const Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items()) {
    text += (text.empty() ? "" : " ") + name + "=" + ShortJsonText(value);
  }
  return text;
}

// The configuration in one column or in one for each parameter; "-" where one is inactive.
struct ParamColumns {
  explicit ParamColumns(const StudyView& study) : names(ParamNames(study)) {}

  bool split() const { return names.size() <= kMaxParamColumns; }

  void AddTo(Table& table) const {
    if (!split()) table.columns.push_back({"configuration", false});
    if (split()) {
      for (const std::string& name : names) table.columns.push_back({name, false});
    }
  }
  void AddTo(std::vector<std::string>& cells, const Json& params) const {
    if (!split()) {
      cells.push_back(WholeConfiguration(params));
      return;
    }
    for (const std::string& name : names) {
      const auto found = params.find(name);
      cells.push_back(found == params.end() ? "-" : ShortJsonText(*found));
    }
  }

  std::vector<std::string> names;
};

// Every metric of the rows; objectives come first.
std::vector<std::string> MetricsOf(const StudyView& study, const std::vector<TrialRow>& rows) {
  std::vector<std::string> names;
  for (const std::string& name : MetricNames(study)) {
    const bool used = std::any_of(rows.begin(), rows.end(),
                                  [&](const TrialRow& row) { return row.values.contains(name); });
    if (used) names.push_back(name);
  }
  return names;
}

Table Records(const StudyView& study, const std::vector<TrialRow>& rows) {
  const std::vector<std::string> metrics = MetricsOf(study, rows);
  const std::vector<std::string> params = ParamNames(study);
  Table table;
  for (const char* name : {"id", "state", "resource", "origin", "seed", "failure"}) {
    table.columns.push_back({name});
  }
  const bool constrained = !study.spec.constraints.empty();
  for (const std::string& name : metrics) table.columns.push_back({"values." + name});
  for (const std::string& name : params) table.columns.push_back({"params." + name});
  if (constrained) table.columns.push_back({"constraint_violation"});
  for (const TrialRow& row : rows) {
    std::vector<std::string> cells = {
        std::to_string(row.id),       std::string(TrialStateName(row.state)),
        std::to_string(row.resource), row.origin,
        std::to_string(row.seed),     row.failure ? row.failure->reason : ""};
    for (const std::string& name : metrics) {
      const auto found = row.values.find(name);
      cells.push_back(found == row.values.end() ? "" : NumberText(found->second));
    }
    for (const std::string& name : params) {
      const auto found = row.params.find(name);
      cells.push_back(found == row.params.end() ? "" : JsonText(*found));
    }
    if (constrained) cells.push_back(row.violation ? NumberText(*row.violation) : "");
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Json TrialsJson(const std::vector<TrialRow>& rows) {
  Json list = Json::array();
  for (const TrialRow& row : rows) list.push_back(TrialJson(row));
  return list;
}

Table FrontTable(const StudyView& study, const Front& front) {
  const ParamColumns params(study);
  Table table;
  table.columns.push_back({"trial", true});
  for (const Objective& objective : front.objectives)
    table.columns.push_back({objective.name, false});
  table.columns.push_back({"resource", true});
  params.AddTo(table);
  for (const TrialRow& row : front.trials) {
    std::vector<std::string> cells = {std::to_string(row.id)};
    for (const Objective& objective : front.objectives) {
      cells.push_back(ValueWithInterval(row.values, objective.name));
    }
    cells.push_back(std::to_string(row.resource));
    params.AddTo(cells, row.params);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table BaselineTable(const Front& front, const std::vector<BaselineRow>& baselines) {
  Table table;
  table.columns.push_back({"reference line"});
  for (const Objective& objective : front.objectives) table.columns.push_back({objective.name});
  for (const BaselineRow& row : baselines) {
    std::vector<std::string> cells = {row.name};
    for (const Objective& objective : front.objectives) {
      const bool done = row.state == Job::State::kDone;
      cells.push_back(done ? ValueWithInterval(row.values, objective.name)
                           : std::string(JobStateName(row.state)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// The reference point in the metrics' own signs.
Json ReferenceJson(const Front& front) {
  Json json = Json::object();
  for (std::size_t i = 0; i < front.objectives.size(); ++i) {
    const bool maximize = front.objectives[i].direction == Direction::kMaximize;
    json[front.objectives[i].name] = maximize ? -(*front.reference)[i] : (*front.reference)[i];
  }
  return json;
}

std::string WhyEmpty(const Front& front) {
  if (!front.trials.empty()) return "";
  if (front.members > 0)
    return "none of the " + std::to_string(front.members) + " on the front fits the filter\n";
  if (front.compared == 0)
    return "no trial has a result at the resource that is compared; --resource any takes each at "
           "its highest\n";
  return front.compared > front.unconstrained
             ? "none of the " + std::to_string(front.compared) + " results meets the constraints\n"
             : "";
}

std::string FrontNotes(const Front& front, const std::vector<BaselineRow>& baselines,
                       const std::string& table) {
  std::string notes;
  const std::string lines = baselines.empty() ? "" : BaselineTable(front, baselines).ToText();
  if (!lines.empty()) notes += "\n" + lines;
  if ((table + lines).find("]*") != std::string::npos) {
    notes += "\n* the 95 % interval contains 0: no difference between the groups is shown\n";
  }
  if (front.hypervolume) {
    notes += "\nhypervolume " + ShortNumber(*front.hypervolume) + " (reference point";
    const Json reference = ReferenceJson(front);
    for (const auto& [name, value] : reference.items()) {
      notes += " " + name + "=" + ShortNumber(value.get<double>());
    }
    notes += ")\n";
    if (*front.hypervolume == 0 && !front.trials.empty())
      notes += "no trial is better than the reference point in every objective\n";
  } else {
    notes +=
        "\nno hypervolume: its reference point needs 10 trials at full resource, or "
        "objectives[].reference in the study file\n";
  }
  notes += WhyEmpty(front);
  if (front.unconstrained > 0)
    notes += std::to_string(front.unconstrained) +
             (front.unconstrained == 1 ? " result has" : " results have") +
             " no value of a constraint's metric and " +
             (front.unconstrained == 1 ? "counts" : "count") + " as infeasible\n";
  return notes;
}

Json FailureJson(const Failure& failure) {
  return {{"reason", failure.reason}, {"log", failure.log}};
}

}  // namespace

Result<OutputFormat> OutputFormatFromName(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "csv") return OutputFormat::kCsv;
  return Invalid("--format: unknown form \"" + std::string(name) + "\"" +
                 NameHint(std::string(name), {"table", "json", "csv"}));
}

std::string Render(const Document& document, OutputFormat format) {
  if (format == OutputFormat::kTable) return document.table.ToText() + document.notes;
  if (format == OutputFormat::kCsv) return document.records.ToCsv();
  Json json = {{"version", kJsonVersion}};
  json.update(document.json);
  return DumpJson(json) + "\n";
}

Json MetricsJson(const Metrics& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) json[name] = value;
  return json;
}

Json TrialJson(const TrialRow& row) {
  Json json = {{"id", row.id},
               {"state", TrialStateName(row.state)},
               {"params", row.params},
               {"resource", row.resource},
               {"values", MetricsJson(row.values)},
               {"origin", row.origin},
               {"seed", row.seed},
               {"target", row.target},
               {"attempts", row.attempts},
               {"losses", row.losses}};
  if (row.violation) json["constraint_violation"] = *row.violation;
  if (row.failure) json["failure"] = FailureJson(*row.failure);
  return json;
}

Json ReportsJson(const Trial& trial) {
  Json reports = Json::array();
  for (const TrialReport& report : trial.reports) {
    reports.push_back({{"resource", report.resource},
                       {"values", MetricsJson(report.values)},
                       {"cost", report.cost},
                       {"assignment", report.assignment}});
  }
  return reports;
}

Json JobJson(const Job& job) {
  Json json = {{"id", job.id},
               {"kind", AssignmentKindName(job.kind)},
               {"name", job.name},
               {"trial", job.trial < 0 ? Json() : Json(job.trial)},
               {"state", JobStateName(job.state)},
               {"seed", job.seed},
               {"resource", job.resource},
               {"split", job.split},
               {"values", MetricsJson(job.values)}};
  if (job.failure) json["failure"] = FailureJson(*job.failure);
  return json;
}

std::string ValueWithInterval(const Metrics& values, const std::string& metric) {
  const auto value = values.find(metric);
  if (value == values.end()) return "-";
  const auto low = values.find(metric + "_low");
  const auto high = values.find(metric + "_high");
  if (low == values.end() || high == values.end()) return ShortNumber(value->second);
  const bool contains_zero = low->second <= 0 && high->second >= 0;
  return ShortNumber(value->second) + " [" + ShortNumber(low->second) + ", " +
         ShortNumber(high->second) + "]" + (contains_zero ? "*" : "");
}

std::vector<std::string> NamedMetrics(const StudySpec& spec) {
  std::vector<std::string> names;
  for (const Objective& objective : spec.objectives) names.push_back(objective.name);
  for (const Constraint& constraint : spec.constraints)
    if (std::find(names.begin(), names.end(), constraint.metric) == names.end())
      names.push_back(constraint.metric);
  return names;
}

Document TrialsDocument(const StudyView& study, const std::vector<TrialRow>& rows) {
  const ParamColumns params(study);
  Document document;
  document.json = {{"trials", TrialsJson(rows)}};
  document.records = Records(study, rows);
  document.table.columns = {{"trial", true}, {"state"}, {"resource", true}};
  const std::vector<std::string> metrics = NamedMetrics(study.spec);
  for (const std::string& metric : metrics) document.table.columns.push_back({metric, true});
  const bool constrained = !study.spec.constraints.empty();
  if (constrained) document.table.columns.push_back({"constraint_violation", true});
  params.AddTo(document.table);
  document.table.columns.push_back({"origin"});
  for (const TrialRow& row : rows) {
    std::vector<std::string> cells = {std::to_string(row.id),
                                      std::string(TrialStateName(row.state)),
                                      std::to_string(row.resource)};
    for (const std::string& metric : metrics) {
      const auto value = row.values.find(metric);
      cells.push_back(value == row.values.end() ? "-" : ShortNumber(value->second));
    }
    if (constrained) cells.push_back(row.violation ? ShortNumber(*row.violation) : "-");
    params.AddTo(cells, row.params);
    cells.push_back(row.origin);
    document.table.rows.push_back(std::move(cells));
  }
  return document;
}

Document FrontDocument(const StudyView& study, const Front& front,
                       const std::vector<BaselineRow>& baselines) {
  Document document;
  document.table = FrontTable(study, front);
  document.records = Records(study, front.trials);
  document.notes = FrontNotes(front, baselines, document.table.ToText());
  document.json = {{"trials", TrialsJson(front.trials)}, {"objectives", Json::array()}};
  for (const Objective& objective : front.objectives) {
    const bool maximize = objective.direction == Direction::kMaximize;
    document.json["objectives"].push_back(
        {{"name", objective.name}, {"direction", maximize ? "maximize" : "minimize"}});
  }
  if (front.knee) document.json["knee"] = *front.knee;
  if (front.hypervolume) document.json["hypervolume"] = *front.hypervolume;
  if (front.reference) document.json["reference"] = ReferenceJson(front);
  if (baselines.empty()) return document;
  document.json["baselines"] = Json::array();
  for (const BaselineRow& row : baselines) {
    document.json["baselines"].push_back({{"name", row.name},
                                          {"state", JobStateName(row.state)},
                                          {"values", MetricsJson(row.values)}});
  }
  return document;
}

}  // namespace faretto
