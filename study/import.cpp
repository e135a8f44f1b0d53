#include "study/import.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/field_reader.h"
#include "study/rungs.h"

namespace faretto {
namespace {

Result<Metrics> ParseValues(const Json& json) {
  if (!json.is_object())
    return Invalid("values must be an object of numbers, it is " + std::string(JsonTypeName(json)));
  Metrics values;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) {
      return Invalid("the value of \"" + name + "\" must be a finite number, it is " +
                     DumpJson(value));
    }
    values[name] = value.get<double>();
  }
  return values;
}

Status CheckResource(const StudySpec& spec, std::int64_t resource) {
  if (resource >= 1 && resource <= spec.top_resource()) return Ok{};
  return Invalid("resource " + std::to_string(resource) + " is not from 1 to max_resource, " +
                 std::to_string(spec.top_resource()));
}

Status ParseReports(const StudySpec& spec, const Json& reports, ImportedTrial& trial) {
  if (!reports.is_array())
    return Invalid("reports must be a list, it is " + std::string(JsonTypeName(reports)));
  for (const Json& report : reports) {
    FARETTO_ASSIGN_OR_RETURN(ImportedResult result, ParseImportedResult(spec, report));
    if (!trial.results.empty() && result.resource <= trial.results.back().resource) {
      return Invalid("resource " + std::to_string(result.resource) + " comes after resource " +
                     std::to_string(trial.results.back().resource) + ": reports must rise");
    }
    trial.results.push_back(std::move(result));
  }
  return Ok{};
}

// An outside trial had a value for every active parameter. Filling in a default would be a guess.
Status CheckComplete(const StudySpec& spec, const Configuration& configuration,
                     const Json& params) {
  const Json whole = spec.space.ToJson(configuration);
  for (const auto& [name, value] : whole.items()) {
    if (!params.contains(name)) return Invalid("params has no value of \"" + name + "\"");
  }
  return Ok{};
}

Status CheckObjectives(const StudySpec& spec, const ImportedResult& highest) {
  for (const Objective& objective : spec.objectives) {
    if (highest.values.contains(objective.name)) continue;
    return Invalid("there is no value of the objective \"" + objective.name + "\" at resource " +
                   std::to_string(highest.resource));
  }
  return Ok{};
}

// The target of a trial of this study that trains up to `resource`: the next rung. (Under hyperband
// an imported trial belongs to no bracket, so there is none.)
std::int64_t SentTo(const StudySpec& spec, std::int64_t resource) {
  if (spec.algorithm.fidelity != "asha") return spec.top_resource();
  const std::vector<std::int64_t> rungs = AshaRungs(spec.algorithm);
  const auto next = std::lower_bound(rungs.begin(), rungs.end(), resource);
  return next != rungs.end() ? *next : spec.top_resource();
}

// The resource that a failed trial was sent to. `target`: as the file says, 0: not said. `highest`:
// of its results, 0: none.
Result<std::int64_t> FailedAt(const StudySpec& spec, std::int64_t target, std::int64_t highest) {
  if (target > 0) {
    FARETTO_RETURN_IF_ERROR(CheckResource(spec, target));
    if (target >= highest) return SentTo(spec, target);
    return Invalid("it failed at resource " + std::to_string(target) +
                   ", and yet there is a result at resource " + std::to_string(highest));
  }
  if (highest == spec.top_resource()) {
    return Invalid("it has failed, and yet there is a result at max_resource, " +
                   std::to_string(highest) + "; leave one of the two out");
  }
  return highest > 0 ? SentTo(spec, highest + 1) : spec.top_resource();
}

}  // namespace

Result<ImportedResult> ParseImportedResult(const StudySpec& spec, const Json& json) {
  if (!json.is_object())
    return Invalid("a report must be an object, it is " + std::string(JsonTypeName(json)));
  ImportedResult result;
  FieldReader fields(json, "");
  fields.Require("resource");
  fields.Integer("resource", result.resource, 1);
  const Json* values = fields.Require("values");
  fields.Number("cost", result.cost, 0);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  FARETTO_RETURN_IF_ERROR(CheckResource(spec, result.resource));
  FARETTO_ASSIGN_OR_RETURN(result.values, ParseValues(*values));
  return result;
}

Result<ImportedTrial> ParseImportedTrial(const StudySpec& spec, const Json& json) {
  if (!json.is_object())
    return Invalid("it must be an object, it is " + std::string(JsonTypeName(json)));
  FieldReader fields(json, "");
  const Json* params = fields.Require("params");
  const Json* reports = fields.Find("reports");
  std::string failure;
  fields.Text("failure", failure);
  std::int64_t target = 0;
  fields.Integer("target", target, 1);
  FARETTO_RETURN_IF_ERROR(fields.Finish());

  ImportedTrial trial;
  FARETTO_ASSIGN_OR_RETURN(trial.configuration, spec.space.FromJson(*params));
  FARETTO_RETURN_IF_ERROR(CheckComplete(spec, trial.configuration, *params));
  if (reports) FARETTO_RETURN_IF_ERROR(ParseReports(spec, *reports, trial));
  const std::int64_t highest = trial.results.empty() ? 0 : trial.results.back().resource;
  if (!failure.empty()) {
    trial.failure = failure;
    FARETTO_ASSIGN_OR_RETURN(trial.target, FailedAt(spec, target, highest));
    return trial;
  }
  if (trial.results.empty()) return Invalid("it has neither values nor a failure");
  trial.target = highest;
  FARETTO_RETURN_IF_ERROR(CheckObjectives(spec, trial.results.back()));
  return trial;
}

Result<std::vector<ImportedTrial>> ParseImport(const StudySpec& spec, const Json& trials) {
  if (!trials.is_array())
    return Invalid("an import must be a list of trials, it is " +
                   std::string(JsonTypeName(trials)));
  std::vector<ImportedTrial> imported;
  std::map<std::string, std::size_t> seen;
  for (const Json& json : trials) {
    const std::string which = "trial " + std::to_string(imported.size() + 1) + " of the import";
    auto trial = ParseImportedTrial(spec, json);
    if (!trial.ok()) return trial.error().In(which);
    const auto [earlier, fresh] =
        seen.emplace(spec.space.CanonicalKey(trial->configuration), imported.size() + 1);
    if (!fresh) {
      return Invalid(which + " has the configuration of trial " + std::to_string(earlier->second));
    }
    imported.push_back(std::move(*trial));
  }
  return imported;
}

}  // namespace faretto
