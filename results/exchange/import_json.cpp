#include <algorithm>

#include "base/names.h"
#include "results/exchange/import_rows.h"

namespace faretto {
namespace {

// Other keys, which exports have, are ignored.
const std::vector<std::string>& KnownKeys() {
  static const std::vector<std::string> keys = {"params",
                                                "resource",
                                                "values",
                                                "cost",
                                                "reports",
                                                "state",
                                                "failure",
                                                "failed",
                                                "reason",
                                                "target",
                                                "id",
                                                "seed",
                                                "origin",
                                                "attempts",
                                                "losses",
                                                "bracket",
                                                "suggestion",
                                                "diagnostics",
                                                "constraint_violation"};
  return keys;
}

const Json* Find(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string ReasonOf(const Json& trial) {
  for (const char* key : {"failure", "failed", "reason"}) {
    const Json* field = Find(trial, key);
    if (field && field->is_object()) field = Find(*field, "reason");
    if (field && field->is_string() && !field->get_ref<const std::string&>().empty())
      return field->get<std::string>();
  }
  return "failed elsewhere";
}

// In exports `failure` may be that of an earlier attempt, after which the trial went on: then it
// has not failed.
bool HasFailed(const Json& trial) {
  if (const Json* state = Find(trial, "state")) return *state == "failed";
  const Json* failed = Find(trial, "failed");
  if (failed && failed->is_boolean()) return failed->get<bool>();
  return failed || Find(trial, "failure");
}

Json ReportOf(const Json& from, const Json& resource) {
  Json report = {{"resource", resource}, {"values", from["values"]}};
  if (const Json* cost = Find(from, "cost")) report["cost"] = *cost;
  return report;
}

Status ReadReports(const StudySpec& spec, const Json& trial, Json& reports) {
  const Json* list = Find(trial, "reports");
  if (list && !list->is_array()) return Invalid("reports must be a list");
  if (list && !list->empty()) {
    for (const Json& report : *list) {
      if (!report.is_object() || !Find(report, "resource") || !Find(report, "values"))
        return Invalid("every report needs a resource and values");
      reports.push_back(ReportOf(report, report["resource"]));
    }
    return Ok{};
  }
  const Json* values = Find(trial, "values");
  if (!values || (values->is_object() && values->empty())) return Ok{};
  const Json* resource = Find(trial, "resource");
  reports.push_back(ReportOf(trial, resource ? *resource : Json(spec.top_resource())));
  return Ok{};
}

Result<ImportRow> ReadTrial(const StudySpec& spec, const Json& trial) {
  if (!trial.is_object())
    return Invalid("it must be an object, it is " + std::string(JsonTypeName(trial)));
  for (const auto& [key, value] : trial.items()) {
    if (std::find(KnownKeys().begin(), KnownKeys().end(), key) == KnownKeys().end())
      return Invalid("\"" + key + "\" is not a known key" + NameHint(key, KnownKeys()));
  }
  ImportRow row;
  const Json* params = Find(trial, "params");
  if (!params || !params->is_object()) return Invalid("it needs \"params\", an object");
  row.params = *params;
  if (const Json* id = Find(trial, "id")) row.id = DumpJson(*id);
  FARETTO_RETURN_IF_ERROR(ReadReports(spec, trial, row.reports));
  if (const Json* state = Find(trial, "state")) {
    if (!state->is_string()) return Invalid("state must be text");
    FARETTO_RETURN_IF_ERROR(CheckStateName(state->get<std::string>()));
  }
  if (HasFailed(trial)) {
    if (const Json* target = Find(trial, "target")) row.target = *target;
    const Json* resource = Find(trial, "resource");
    row.Fail(ReasonOf(trial), resource ? *resource : Json());
  }
  return row;
}

}  // namespace

Result<ImportRows> ImportRowsOfJson(const StudySpec& spec, std::string_view text) {
  FARETTO_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const Json* trials = json.is_object() ? Find(json, "trials") : &json;
  if (!trials || !trials->is_array())
    return Invalid("the file must hold a list of trials, or an object with a list \"trials\"");
  ImportRows rows;
  for (std::size_t i = 0; i < trials->size(); ++i)
    rows.Add("trial " + std::to_string(i + 1), ReadTrial(spec, (*trials)[i]));
  return rows;
}

}  // namespace faretto
