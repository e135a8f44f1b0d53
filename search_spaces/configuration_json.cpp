// Configurations from and to {"edge1": "2", "lr_sgd": 0.1}.
#include "base/names.h"
#include "search_spaces/json_path.h"
#include "search_spaces/space.h"

namespace faretto {
namespace {

// "it is active only where optimizer is one of "SGD""
std::string WhyInactive(const Space& space, std::size_t i, const Configuration& c) {
  for (const Condition& condition : space.conditions()) {
    if (condition.parameter != i) continue;
    for (const auto& [parent, values] : condition.active_when) {
      const Parameter& p = space.parameters()[parent];
      std::string list;
      bool holds = false;
      for (double value : values) {
        list += (list.empty() ? "" : ", ") + Shown(p.ToJson(value));
        holds = holds || p.Same(c.values[parent], value);
      }
      if (!holds) return "it is active only where " + Shown(p.name) + " is " + list;
    }
  }
  return "";
}

}  // namespace

Json Space::ToJson(const Configuration& c) const {
  Json json = Json::object();
  auto& object = json.get_ref<Json::object_t&>();
  object.reserve(size());
  for (std::size_t i = 0; i < size(); ++i)
    if (c.active(i)) object.emplace_back(parameters_[i].name, parameters_[i].ToJson(c.values[i]));
  return json;
}

Result<Configuration> Space::FromJson(const Json& params) const {
  if (!params.is_object())
    return ErrorAt("", "expected an object of parameters and values, found " + Found(params));
  for (const auto& [name, value] : params.items()) {
    if (Find(name)) continue;
    std::vector<std::string> known;
    for (const Parameter& parameter : parameters_) known.push_back(parameter.name);
    return ErrorAt("", "unknown parameter " + Shown(name) + NameHint(name, known));
  }
  Configuration c;
  c.values.resize(size(), kInactive);
  for (std::size_t i : order_) {
    const Parameter& parameter = parameters_[i];
    const auto given = params.find(parameter.name);
    if (!IsActive(i, c)) {
      if (given == params.end()) continue;
      return ErrorAt("", Shown(parameter.name) +
                             " is inactive here and must be left out: " + WhyInactive(*this, i, c));
    }
    if (given != params.end()) {
      FARETTO_ASSIGN_OR_RETURN(c.values[i], parameter.FromJson(*given));
    } else if (parameter.default_value) {
      c.values[i] = *parameter.default_value;
    } else {
      return ErrorAt("", Shown(parameter.name) + " is missing and has no default; it takes " +
                             parameter.Describe());
    }
  }
  if (IsForbidden(c))
    return ErrorAt("", "the combination " + DumpJson(ToJson(c)) +
                           " is forbidden by a clause of the space; change one of its values");
  return c;
}

}  // namespace faretto
