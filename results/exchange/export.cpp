#include "results/exchange/export.h"

#include <algorithm>
#include <utility>

#include "base/names.h"
#include "base/number_text.h"
#include "results/exchange/optuna_storage.h"
#include "results/queries/format.h"
#include "results/queries/queries.h"
#include "results/queries/table.h"
#include "study/budget_json.h"

namespace faretto {
namespace {

std::string CellText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? NumberText(value.get<double>()) : DumpJson(value);
}

// One row of the csv: a trial with one of its reports, or without any.
std::vector<std::string> Row(const Trial& trial, const TrialReport* report,
                             const std::vector<std::string>& metrics, const StudyView& study) {
  std::vector<std::string> cells = {std::to_string(trial.id),
                                    std::string(TrialStateName(trial.state)),
                                    trial.origin,
                                    std::to_string(trial.seed),
                                    trial.failure ? trial.failure->reason : "",
                                    report ? std::to_string(report->resource) : "",
                                    report ? NumberText(report->cost) : ""};
  for (const std::string& metric : metrics) {
    const bool has = report && report->values.contains(metric);
    cells.push_back(has ? NumberText(report->values.at(metric)) : "");
  }
  for (const Parameter& parameter : study.spec.space.parameters()) {
    const auto found = trial.params.find(parameter.name);
    cells.push_back(found == trial.params.end() ? "" : CellText(*found));
  }
  return cells;
}

std::string Csv(const StudyView& study) {
  const std::vector<std::string> metrics = MetricNames(study);
  Table table;
  for (const char* name : {"id", "state", "origin", "seed", "failure", "resource", "cost"}) {
    table.columns.push_back({name});
  }
  for (const std::string& metric : metrics) table.columns.push_back({"values." + metric});
  for (const Parameter& parameter : study.spec.space.parameters()) {
    table.columns.push_back({"params." + parameter.name});
  }
  for (const Trial& trial : study.state.trials()) {
    if (trial.reports.empty()) table.rows.push_back(Row(trial, nullptr, metrics, study));
    for (const TrialReport& report : trial.reports) {
      table.rows.push_back(Row(trial, &report, metrics, study));
    }
  }
  return table.ToCsv();
}

Json TrialsJson(const StudyView& study) {
  Json list = Json::array();
  for (const TrialRow& row : TrialRows(study)) {
    const Trial& trial = *study.state.FindTrial(row.id);
    Json json = TrialJson(row);
    json["suggestion"] = trial.suggestion < 0 ? Json() : Json(trial.suggestion);
    json["bracket"] = trial.bracket < 0 ? Json() : Json(trial.bracket);
    json["reports"] = ReportsJson(trial);
    list.push_back(std::move(json));
  }
  return list;
}

Json FailuresJson(const StudyHistory& history) {
  Json list = Json::array();
  for (const FailureRecord& failure : history.failures) {
    list.push_back({{"sequence", failure.sequence},
                    {"unix_s", failure.unix_s},
                    {"trial", failure.trial < 0 ? Json() : Json(failure.trial)},
                    {"job", failure.job < 0 ? Json() : Json(failure.job)},
                    {"kind", failure.kind},
                    {"reason", failure.reason},
                    {"log", failure.log},
                    {"final", failure.final}});
  }
  return list;
}

Json WholeJson(const StudyView& study, const StudyHistory& history) {
  Json json = {{"version", kJsonVersion},
               {"study", study.spec.source},
               {"identity", StudyIdentity(study.spec)},
               {"budget", ToJson(study.state.budget())},
               {"spent_resource", study.state.spent_resource()},
               {"live_s", study.state.live_s()},
               {"finished", study.state.finished()},
               {"trials", TrialsJson(study)},
               {"jobs", Json::array()},
               {"failures", FailuresJson(history)}};
  for (const Job& job : study.state.jobs()) json["jobs"].push_back(JobJson(job));
  if (const auto front = StudyFront(study, {}); front.ok()) {
    json["pareto"] = FrontDocument(study, *front, Baselines(study)).json;
  }
  return json;
}

// The only list of formats.
constexpr std::pair<std::string_view, ExportFormat> kFormats[] = {
    {"csv", ExportFormat::kCsv}, {"json", ExportFormat::kJson}, {"optuna", ExportFormat::kOptuna}};

}  // namespace

Result<ExportFormat> ExportFormatFromName(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
    names.emplace_back(known);
  }
  return Invalid("--format: unknown form \"" + std::string(name) + "\"" +
                 NameHint(std::string(name), names));
}

Result<std::string> ExportStudy(const StudyView& study, const StudyHistory& history,
                                ExportFormat format) {
  if (format == ExportFormat::kOptuna) return OptunaStorage(study, history);
  if (format == ExportFormat::kCsv) return Csv(study);
  return WholeJson(study, history).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faretto
