// A space from and to the study file.
#include <algorithm>
#include <unordered_map>

#include "base/names.h"
#include "search_spaces/condition_order.h"
#include "search_spaces/json_path.h"
#include "search_spaces/parameter_json.h"
#include "search_spaces/space.h"
#include "search_spaces/space_entries.h"
#include "search_spaces/space_search.h"

namespace faretto {
namespace {

using NamedValues = std::vector<std::pair<std::size_t, std::vector<double>>>;

class NameTable {
 public:
  explicit NameTable(const std::vector<Parameter>& parameters) : parameters_(parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) index_.emplace(parameters[i].name, i);
  }
  Result<std::size_t> Find(const std::string& name, const std::string& path) const {
    const auto found = index_.find(name);
    if (found != index_.end()) return found->second;
    std::vector<std::string> known;
    for (const Parameter& parameter : parameters_) known.push_back(parameter.name);
    return ErrorAt(path, "unknown parameter " + Shown(name) + NameHint(name, known));
  }

 private:
  const std::vector<Parameter>& parameters_;
  std::unordered_map<std::string, std::size_t> index_;
};

Result<std::vector<double>> ParseValues(const Json& json, const std::string& path,
                                        const Parameter& parameter) {
  if (json.is_array() && json.empty())
    return ErrorAt(path, "an empty list of values; name at least one");
  const std::vector<Json> list = ValueList(json);
  std::vector<double> values;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const auto value = parameter.FromJson(list[k]);
    if (!value.ok()) return value.error().In(json.is_array() ? JoinPath(path, k) : path);
    if (std::find(values.begin(), values.end(), *value) == values.end()) values.push_back(*value);
  }
  return values;
}

// {"optimizer": ["SGD"], "layers": 2}
Result<NamedValues> ParseNamedValues(const Json& json, const std::string& path,
                                     const std::vector<Parameter>& parameters,
                                     const NameTable& names) {
  if (!json.is_object() || json.empty())
    return ErrorAt(path, "expected an object like {\"parameter\": [values]}, found " + Found(json));
  NamedValues named;
  for (const auto& [name, list] : json.items()) {
    const std::string where = JoinPath(path, name);
    FARETTO_ASSIGN_OR_RETURN(const std::size_t i, names.Find(name, where));
    FARETTO_ASSIGN_OR_RETURN(std::vector<double> values, ParseValues(list, where, parameters[i]));
    named.emplace_back(i, std::move(values));
  }
  return named;
}

Result<Condition> ParseCondition(const SpaceEntry& entry, const std::vector<Parameter>& parameters,
                                 const NameTable& names) {
  FARETTO_RETURN_IF_ERROR(CheckObject(entry.json, entry.path, {"parameter", "active_when"}));
  FARETTO_ASSIGN_OR_RETURN(const std::string child,
                           RequireText(entry.json, entry.path, "parameter"));
  Condition condition;
  FARETTO_ASSIGN_OR_RETURN(condition.parameter,
                           names.Find(child, JoinPath(entry.path, "parameter")));
  FARETTO_ASSIGN_OR_RETURN(const Json* parents, Require(entry.json, entry.path, "active_when"));
  const std::string where = JoinPath(entry.path, "active_when");
  FARETTO_ASSIGN_OR_RETURN(condition.active_when,
                           ParseNamedValues(*parents, where, parameters, names));
  for (const auto& [parent, values] : condition.active_when)
    if (parent == condition.parameter)
      return ErrorAt(JoinPath(where, child), "a parameter cannot depend on itself; remove it");
  return condition;
}

Result<std::vector<Parameter>> ParseParameters(const SpaceEntries& entries) {
  std::vector<Parameter> parameters;
  std::unordered_map<std::string, std::string> paths;
  for (const SpaceEntry& entry : entries.parameters) {
    FARETTO_ASSIGN_OR_RETURN(Parameter parameter, ParseParameter(entry.json, entry.path));
    const auto [first, added] = paths.emplace(parameter.name, entry.path);
    if (!added)
      return ErrorAt(JoinPath(entry.path, "name"), "the name " + Shown(parameter.name) +
                                                       " is taken by " + first->second +
                                                       "; every parameter needs its own");
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Json NamedValuesJson(const NamedValues& named, const std::vector<Parameter>& parameters) {
  Json json = Json::object();
  for (const auto& [i, values] : named) {
    Json list = Json::array();
    for (double value : values) list.push_back(parameters[i].ToJson(value));
    json[parameters[i].name] = std::move(list);
  }
  return json;
}

}  // namespace

Result<Space> Space::Parse(const Json& json) {
  FARETTO_ASSIGN_OR_RETURN(SpaceEntries entries, CollectEntries(json));
  Space space;
  FARETTO_ASSIGN_OR_RETURN(space.parameters_, ParseParameters(entries));
  FARETTO_RETURN_IF_ERROR(AdaptPreset(entries, space.parameters_));
  const NameTable names(space.parameters_);
  for (const SpaceEntry& entry : entries.conditions) {
    FARETTO_ASSIGN_OR_RETURN(Condition condition, ParseCondition(entry, space.parameters_, names));
    space.conditions_.push_back(std::move(condition));
  }
  for (const SpaceEntry& entry : entries.forbidden) {
    ForbiddenClause clause;
    FARETTO_ASSIGN_OR_RETURN(clause.values,
                             ParseNamedValues(entry.json, entry.path, space.parameters_, names));
    space.forbidden_.push_back(std::move(clause));
  }
  FARETTO_RETURN_IF_ERROR(space.Finish());
  return space;
}

Status Space::Finish() {
  FARETTO_ASSIGN_OR_RETURN(order_, ParentsFirst(parameters_, conditions_));
  conditions_of_.resize(parameters_.size());
  for (std::size_t c = 0; c < conditions_.size(); ++c)
    conditions_of_[conditions_[c].parameter].push_back(c);
  const SpaceSearch search(*this);
  const SpaceSearch::Outcome outcome = search.FindAny();
  if (outcome.gave_up)
    return ErrorAt("forbidden",
                   "these clauses are too entangled to tell whether they leave a configuration; "
                   "use fewer of them");
  if (!outcome.found)
    return ErrorAt("forbidden", "these clauses forbid every configuration; remove one of them");
  witness_ = *outcome.found;
  finite_ = search.IsFinite();
  PrepareKeys();
  return Ok{};
}

Json Space::ToJson() const {
  Json json = {{"parameters", Json::array()}};
  for (const Parameter& parameter : parameters_)
    json["parameters"].push_back(ParameterJson(parameter));
  for (const Condition& condition : conditions_)
    json["conditions"].push_back(
        {{"parameter", parameters_[condition.parameter].name},
         {"active_when", NamedValuesJson(condition.active_when, parameters_)}});
  for (const ForbiddenClause& clause : forbidden_)
    json["forbidden"].push_back(NamedValuesJson(clause.values, parameters_));
  return json;
}

}  // namespace faretto
