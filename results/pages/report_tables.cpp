#include "results/pages/report_tables.h"

#include <algorithm>

#include "base/number_text.h"
#include "results/pages/html.h"
#include "results/queries/format.h"

namespace faretto {
namespace {

std::string Text(const std::string& text) {
  return text.empty() || text == "-" ? "<span class=\"soft\">–</span>" : Escape(text);
}

std::string ConfigurationHtml(const Json& params) {
  std::string html;
  for (const auto& [name, value] : params.items()) {
    const std::string text = value.is_string()         ? value.get<std::string>()
                             : value.is_number_float() ? ShortNumber(value.get<double>())
                                                       : DumpJson(value);
    html += (html.empty() ? "" : " &nbsp;") +
            ("<span class=\"soft\">" + Escape(name) + "</span> ") + Escape(text);
  }
  return html;
}

void AddObjectives(HtmlTable& table, const std::vector<Objective>& objectives) {
  for (const Objective& objective : objectives) table.columns.push_back({objective.name, true});
}

bool OnFront(const Front& front, TrialId id) {
  return std::any_of(front.trials.begin(), front.trials.end(),
                     [&](const TrialRow& row) { return row.id == id; });
}

}  // namespace

std::string FrontTableHtml(const Front& front) {
  HtmlTable table;
  table.columns = {{"trial", true}};
  AddObjectives(table, front.objectives);
  table.columns.push_back({"resource", true});
  table.columns.push_back({"configuration"});
  for (const TrialRow& row : front.trials) {
    const bool knee = front.knee == row.id && front.trials.size() > 2;
    std::vector<std::string> cells = {std::to_string(row.id) +
                                      (knee ? " <span class=\"soft\">knee</span>" : "")};
    for (const Objective& objective : front.objectives) {
      cells.push_back(Text(ValueWithInterval(row.values, objective.name)));
    }
    cells.push_back(std::to_string(row.resource));
    cells.push_back(ConfigurationHtml(row.params));
    table.rows.push_back(std::move(cells));
  }
  return table.ToHtml();
}

std::string BaselineTableHtml(const Front& front, const std::vector<BaselineRow>& baselines) {
  HtmlTable table;
  table.columns = {{"reference line"}, {"state"}};
  AddObjectives(table, front.objectives);
  for (const BaselineRow& row : baselines) {
    std::vector<std::string> cells = {Escape(row.name), std::string(JobStateName(row.state))};
    if (row.failure) cells[1] += ": " + Escape(row.failure->reason);
    for (const Objective& objective : front.objectives) {
      cells.push_back(Text(ValueWithInterval(row.values, objective.name)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table.ToHtml();
}

std::string JobTableHtml(const StudyView& study, const std::vector<Job>& jobs) {
  HtmlTable table;
  table.columns = {{"kind"}, {"trial", true}, {"seed", true}, {"split"}, {"state"}};
  AddObjectives(table, study.spec.objectives);
  for (const Job& job : jobs) {
    std::vector<std::string> cells = {std::string(AssignmentKindName(job.kind)),
                                      std::to_string(job.trial), std::to_string(job.seed),
                                      Escape(job.split), std::string(JobStateName(job.state))};
    if (job.failure) cells[4] += ": " + Escape(job.failure->reason);
    for (const Objective& objective : study.spec.objectives) {
      cells.push_back(Text(ValueWithInterval(job.values, objective.name)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table.ToHtml();
}

std::string TrialTableHtml(const StudyView& study, const Front& front) {
  HtmlTable table;
  table.columns = {{"trial", true}, {"state"}, {"resource", true}};
  AddObjectives(table, study.spec.objectives);
  table.columns.push_back({"origin"});
  table.columns.push_back({"configuration"});
  for (const TrialRow& row : TrialRows(study)) {
    const std::string id = std::to_string(row.id);
    const std::string state(TrialStateName(row.state));
    std::vector<std::string> cells = {
        OnFront(front, row.id) ? "<span class=\"on-front\">" + id + "</span>" : id,
        "<span class=\"state-" + state + "\">" + state + "</span>",
        row.resource > 0 ? std::to_string(row.resource) : Text("")};
    if (row.state == TrialState::kFailed && row.failure) {
      cells[1] += " <span class=\"soft\">" + Escape(row.failure->reason) + "</span>";
    }
    for (const Objective& objective : study.spec.objectives) {
      const auto value = row.values.find(objective.name);
      cells.push_back(Text(value == row.values.end() ? "" : ShortNumber(value->second)));
    }
    cells.push_back(Escape(row.origin));
    cells.push_back(ConfigurationHtml(row.params));
    table.rows.push_back(std::move(cells));
  }
  return table.ToHtml();
}

std::string FailureTableHtml(const StudyHistory& history) {
  HtmlTable table;
  table.columns = {{"event", true}, {"trial", true}, {"towards", true}, {"what"}, {"reason"}};
  for (const FailureRecord& failure : history.failures) {
    std::string reason = Escape(failure.reason);
    if (!failure.log.empty()) {
      reason = "<details><summary>" + reason + "</summary><pre>" + Escape(failure.log) +
               "</pre></details>";
    }
    table.rows.push_back({std::to_string(failure.sequence),
                          failure.trial < 0 ? Text("") : std::to_string(failure.trial),
                          std::to_string(failure.resource),
                          failure.kind + (failure.final ? ", for good" : ", tried again"), reason});
  }
  return table.ToHtml();
}

}  // namespace faretto
