#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"

namespace faretto {
namespace {

// What the record knows of a suggestion beside the trial itself.
struct Origin {
  std::int64_t basis = -1;
  Json diagnostics;
};

Result<Origin> OriginOf(const std::string& dir, const Trial& trial) {
  Origin origin;
  FARETTO_RETURN_IF_ERROR(EventsSince(dir, 0, [&](const Event& event) -> Status {
    if (const auto* requested = std::get_if<SuggestionRequested>(&event.body)) {
      if (requested->suggestion == trial.suggestion) origin.basis = requested->basis;
    } else if (const auto* created = std::get_if<TrialCreated>(&event.body)) {
      if (created->trial == trial.id) origin.diagnostics = created->diagnostics;
    }
    return Ok{};
  }));
  return origin;
}

Json EvaluationsJson(const StudyState& state, TrialId trial) {
  Json list = Json::array();
  for (const Job& job : state.jobs()) {
    if (job.trial != trial) continue;
    list.push_back({{"kind", AssignmentKindName(job.kind)},
                    {"seed", job.seed},
                    {"resource", job.resource},
                    {"split", job.split},
                    {"state", JobStateName(job.state)},
                    {"values", MetricsJson(job.values)}});
  }
  return list;
}

// Why the searcher proposed it, as rows: what was expected of the objectives, then whatever else it
// recorded.
void AddReasons(const Json& diagnostics, std::vector<std::vector<std::string>>& facts) {
  if (!diagnostics.is_object()) return;
  const auto text = [](const Json& value) {
    return value.is_number_float() ? ShortNumber(value.get<double>()) : DumpJson(value);
  };
  const Json mean = diagnostics.value("mean", Json::object());
  const Json sd = diagnostics.value("sd", Json::object());
  for (const auto& [name, value] : mean.items()) {
    facts.push_back(
        {"expected " + name, text(value) + ", standard deviation " + text(sd.value(name, Json()))});
  }
  for (const auto& [key, value] : diagnostics.items())
    if (key != "mean" && key != "sd") facts.push_back({key, text(value)});
}

// Objectives, what constraints are on, and whether they hold.
std::string ValuesText(const StudySpec& spec, const Metrics& values) {
  std::string text;
  for (const std::string& metric : NamedMetrics(spec))
    text += (text.empty() ? "" : ", ") + metric + " " + ValueWithInterval(values, metric);
  return text + (ConstraintViolation(spec.constraints, values) > 0 ? "; infeasible" : "");
}

// The reasons that the program gives itself are one word.
std::string FailureText(const std::string& reason) {
  if (reason == "nan")
    return reason + " (a value is not a finite number; it would be so again, so it is not retried)";
  if (reason == "collapsed")
    return reason + " (nobody is recognised; it would be so again, so it is not retried)";
  if (reason == "stalled") return reason + " (no sign of progress for limits.stall_s)";
  return reason;
}

Document TrialDocument(const StudyReader& study, const Trial& trial, const Origin& origin) {
  Document document;
  const std::vector<TrialRow> rows = TrialRows(study.view());
  Json& json = document.json;
  json = TrialJson(rows[static_cast<std::size_t>(trial.id)]);
  json["suggestion"] = trial.suggestion;
  json["basis"] = origin.basis;
  json["diagnostics"] = origin.diagnostics;
  json["reports"] = Json::array();
  for (const TrialReport& report : trial.reports) {
    json["reports"].push_back({{"resource", report.resource},
                               {"values", MetricsJson(report.values)},
                               {"cost", report.cost},
                               {"assignment", report.assignment}});
  }
  json["checkpoints"] = Json::array();
  for (const Checkpoint& checkpoint : trial.checkpoints)
    json["checkpoints"].push_back(checkpoint.file);
  json["evaluations"] = EvaluationsJson(study.state(), trial.id);

  document.table.columns = {{"fact"}, {"value"}};
  auto& facts = document.table.rows;
  facts = {{"trial", std::to_string(trial.id)},
           {"state", std::string(TrialStateName(trial.state))},
           {"origin", trial.origin},
           {"suggestion", std::to_string(trial.suggestion) + ", knowing the record up to event " +
                              std::to_string(origin.basis)},
           {"seed", std::to_string(trial.seed)}};
  if (trial.suggestion < 0) facts.erase(facts.begin() + 3);
  AddReasons(origin.diagnostics, facts);
  for (const auto& [name, value] : trial.params.items()) {
    facts.push_back({name, value.is_string() ? value.get<std::string>() : DumpJson(value)});
  }
  if (trial.failure) facts.push_back({"failure", FailureText(trial.failure->reason)});
  if (trial.attempts > 0) facts.push_back({"failed attempts", std::to_string(trial.attempts)});
  for (const TrialReport& report : trial.reports) {
    facts.push_back({"at resource " + std::to_string(report.resource),
                     ValuesText(study.spec(), report.values) +
                         (report.cost > 0 ? "; cost " + ShortNumber(report.cost) : "")});
  }
  for (const Job& job : study.state().jobs()) {
    if (job.trial != trial.id) continue;
    facts.push_back({std::string(AssignmentKindName(job.kind)) + " on " + job.split + ", seed " +
                         std::to_string(job.seed),
                     job.state == Job::State::kDone ? ValuesText(study.spec(), job.values)
                                                    : std::string(JobStateName(job.state))});
  }
  document.records = document.table;
  if (trial.failure && !trial.failure->log.empty())
    document.notes = "last lines of its log:\n" + trial.failure->log + "\n";
  return document;
}

Status Show(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  const auto id = arguments.Get<std::int64_t>("ID");
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_ASSIGN_OR_RETURN(const Trial* trial, FindTrialIn(arguments.Get("dir"), study, id));
  FARETTO_ASSIGN_OR_RETURN(const Origin origin, OriginOf(arguments.Get("dir"), *trial));
  return Print(Render(TrialDocument(study, *trial, origin), format));
}

}  // namespace

int ShowCommand(const CommandArguments& args) {
  Arguments arguments("show", "ID --dir DIR [--format table|json|csv]",
                      "Everything about one trial: configuration, why it was tried, all reports, "
                      "failures, evaluations.",
                      {"faretto show 17 --dir runs/orl-faces"});
  AddTrialId(arguments);
  AddFormat(AddDir(arguments));
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Show(arguments));
}

}  // namespace faretto
