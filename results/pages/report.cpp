#include "results/pages/report.h"

#include <cstdio>
#include <ctime>
#include <map>
#include <vector>

#include "base/number_text.h"
#include "results/pages/html.h"
#include "results/pages/report_charts.h"
#include "results/pages/report_style.h"
#include "results/pages/report_tables.h"
#include "results/queries/queries.h"
#include "results/queries/table.h"

namespace faretto {
namespace {

struct Facts {
  std::string html;

  // `value` is HTML already.
  void Add(const std::string& name, const std::string& value, bool big = false) {
    html += "<div><dt>" + Escape(name) + "</dt><dd" + (big ? " class=\"big\"" : "") + ">" + value +
            "</dd></div>\n";
  }
};

std::string Section(const std::string& title, const std::string& lead, const std::string& content) {
  return "<section>\n<h2>" + Escape(title) + "</h2>\n" +
         (lead.empty() ? "" : "<p>" + lead + "</p>\n") + content + "</section>\n";
}

std::string Duration(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  char text[64];
  if (whole < 60) return ShortNumber(static_cast<double>(whole)) + " s";
  if (whole < 3600) {
    std::snprintf(text, sizeof text, "%lld min %02lld s", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
  }
  return text;
}

std::string Moment(double unix_s) {
  const auto seconds = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  char text[64] = "";
  if (!gmtime_r(&seconds, &parts)) return "";
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

std::string OfBudget(double used, const std::optional<double>& budget) {
  return ShortNumber(used) +
         (budget ? " <span class=\"soft\">of " + ShortNumber(*budget) + "</span>" : "");
}

std::string StateCounts(const StudyState& state) {
  std::map<TrialState, int> counts;
  for (const Trial& trial : state.trials()) ++counts[trial.state];
  std::string text;
  for (const auto& [trial_state, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            std::string(TrialStateName(trial_state));
  }
  return text.empty() ? "none yet" : text;
}

std::string BoundText(const Constraint& constraint) {
  std::string text = Escape(constraint.metric);
  if (constraint.at_least) text += " ≥ " + ShortNumber(*constraint.at_least);
  if (constraint.at_most) text += " ≤ " + ShortNumber(*constraint.at_most);
  return text;
}

std::string StudyFacts(const StudyView& study, const Front& front) {
  const StudySpec& spec = study.spec;
  const StudyState& state = study.state;
  Facts facts;
  facts.Add("on the front", std::to_string(front.trials.size()), true);
  if (front.hypervolume) facts.Add("hypervolume", ShortNumber(*front.hypervolume), true);
  const auto trial_budget = state.budget().trials;
  facts.Add(
      "trials",
      OfBudget(static_cast<double>(state.budgeted_trials()),
               trial_budget ? std::optional(static_cast<double>(*trial_budget)) : std::nullopt),
      true);
  facts.Add("resource spent", OfBudget(state.spent_resource(), state.budget().resource), true);
  std::string objectives;
  for (const Objective& objective : spec.objectives) {
    objectives += (objectives.empty() ? "" : "<br>") + Escape(objective.name) +
                  (objective.direction == Direction::kMinimize ? " ↓" : " ↑");
  }
  facts.Add("objectives", objectives);
  std::string constraints;
  for (const Constraint& constraint : spec.constraints) {
    constraints += (constraints.empty() ? "" : "<br>") + BoundText(constraint);
  }
  if (!constraints.empty()) facts.Add("constraints", constraints);
  facts.Add("algorithm", Escape(spec.algorithm.searcher.empty() ? "a searcher chosen for it"
                                                                : spec.algorithm.searcher) +
                             " + " + Escape(spec.algorithm.fidelity));
  facts.Add("resource of a trial", ShortNumber(spec.algorithm.min_resource) + " to " +
                                       std::to_string(spec.top_resource()));
  if (spec.trainer.is_object()) {
    facts.Add("trainer", Escape(spec.trainer.value("type", std::string())));
  }
  facts.Add("parameters", std::to_string(spec.space.size()));
  facts.Add("seed", std::to_string(spec.seed));
  facts.Add("scheduler's live time", Duration(state.live_s()));
  facts.Add("states of trials", StateCounts(state));
  return "<section>\n<dl class=\"facts\">\n" + facts.html + "</dl>\n</section>\n";
}

std::string Header(const StudyView& study, const StudyHistory& history) {
  const bool finished = study.state.finished();
  std::string when;
  if (history.first_unix_s > 0) {
    when = Moment(history.first_unix_s) + " – " + Moment(history.last_unix_s);
  }
  std::string lead = finished ? Escape(study.state.finish_reason()) : "";
  if (!when.empty()) lead += (lead.empty() ? "" : " · ") + when;
  return "<header><h1>" + Escape(study.spec.name) + "<span class=\"badge" +
         (finished ? " done\">finished" : "\">not finished") + "</span></h1>\n<p class=\"lead\">" +
         lead + "</p></header>\n";
}

std::string FrontSection(const StudyView& study, const Front& front,
                         const std::vector<BaselineRow>& baselines) {
  std::string charts;
  const std::size_t m = front.objectives.size();
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = a + 1; b < m; ++b) charts += FrontChart(study, front, baselines, a, b);
  }
  if (charts.empty()) {
    if (m > 1) charts = "<p>No trial has reported its objectives yet.</p>\n";
    return charts.empty() ? "" : Section("Pareto front", "", charts);
  }
  return Section("Pareto front",
                 "Values at resource " + std::to_string(study.spec.top_resource()) +
                     " make the front; trials that did not get there are drawn with their values "
                     "at the highest one they reached. Point at a mark to see the trial.",
                 charts);
}

std::string FrontTableSection(const Front& front) {
  if (front.trials.empty()) return "";
  bool zero = false;
  bool intervals = false;
  for (const TrialRow& row : front.trials) {
    for (const Objective& objective : front.objectives) {
      const auto low = row.values.find(objective.name + "_low");
      if (low == row.values.end()) continue;
      intervals = true;
      zero = zero || low->second <= 0;
    }
  }
  std::string lead;
  if (intervals) lead = "In brackets: the 95 % interval.";
  if (zero)
    lead +=
        " An asterisk marks intervals that contain 0: there no difference between the groups is "
        "shown.";
  return Section("Members of the front", lead, FrontTableHtml(front));
}

std::string JobSection(const StudyView& study) {
  std::vector<Job> jobs;
  for (const Job& job : study.state.jobs()) {
    if (job.kind != AssignmentKind::kBaseline) jobs.push_back(job);
  }
  if (jobs.empty()) return "";
  return Section("Retrainings and evaluations", "", JobTableHtml(study, jobs));
}

}  // namespace

std::string HtmlReport(const StudyView& study, const StudyHistory& history) {
  // Without options the study's own objectives are compared, which cannot fail.
  const Result<Front> computed = StudyFront(study, {});
  const Front front = computed.ok() ? *computed : Front{};
  const std::vector<BaselineRow> baselines = Baselines(study);
  std::string body = Header(study, history) + StudyFacts(study, front) +
                     FrontSection(study, front, baselines) + FrontTableSection(front);
  if (!baselines.empty()) {
    body += Section("Reference lines", "", BaselineTableHtml(front, baselines));
  }
  if (const std::string chart = HypervolumeChart(study, history); !chart.empty()) {
    body += Section("Progress", "Hypervolume of the front over the resource spent.", chart);
  }
  body += JobSection(study);
  if (!study.state.trials().empty()) {
    body += Section("Trials", "Values at each trial's highest reported resource.",
                    TrialTableHtml(study, front));
  }
  if (!history.failures.empty()) {
    body += Section("Failures and losses", "", FailureTableHtml(history));
  }
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         Escape(study.spec.name) + " · Faretto</title>\n<style>" + kReportStyle +
         "</style>\n</head>\n<body>\n<main>\n" + body +
         "<footer>Made by Faretto. Nothing on this page is loaded from elsewhere.</footer>\n"
         "</main>\n</body>\n</html>\n";
}

}  // namespace faretto
