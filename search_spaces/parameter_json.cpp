#include "search_spaces/parameter_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_set>

#include "base/names.h"
#include "search_spaces/json_path.h"
#include "search_spaces/number_text.h"

namespace faretto {
namespace {

const std::vector<std::string> kTypeNames = {"categorical", "ordinal", "int", "float"};

Result<ParameterType> ParseType(const Json& json, const std::string& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string name, RequireText(json, path, "type"));
  const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), name);
  if (found == kTypeNames.end())
    return ErrorAt(JoinPath(path, "type"),
                   "unknown type " + Shown(name) + NameHint(name, kTypeNames));
  return static_cast<ParameterType>(found - kTypeNames.begin());
}

// 1 and 1.0 are the same choice; 1, "1" and true are three.
std::string ChoiceKey(const Json& choice) {
  return choice.is_number() ? ExactText(choice.get<double>()) : DumpJson(choice);
}

Status ParseChoices(const Json& json, const std::string& path, Parameter& parameter) {
  FARETTO_ASSIGN_OR_RETURN(const Json* choices, Require(json, path, "choices"));
  const std::string where = JoinPath(path, "choices");
  if (!choices->is_array()) return ErrorAt(where, "expected a list, found " + Found(*choices));
  if (choices->empty()) return ErrorAt(where, "there are no choices; give at least one");
  std::unordered_set<std::string> seen;
  for (std::size_t k = 0; k < choices->size(); ++k) {
    const Json& choice = (*choices)[k];
    if (!choice.is_string() && !choice.is_number() && !choice.is_boolean())
      return ErrorAt(JoinPath(where, k),
                     "a choice is text, a number or a boolean, found " + Found(choice));
    if (choice.is_number()) FARETTO_RETURN_IF_ERROR(NumberAt(choice, JoinPath(where, k)));
    if (!seen.insert(ChoiceKey(choice)).second)
      return ErrorAt(JoinPath(where, k), "the choice " + Shown(choice) + " stands twice");
    parameter.choices.push_back(choice);
  }
  return Ok{};
}

Result<double> ParseBound(const Json& json, const std::string& path, const char* key,
                          ParameterType type) {
  FARETTO_ASSIGN_OR_RETURN(const Json* member, Require(json, path, key));
  const std::string where = JoinPath(path, key);
  FARETTO_ASSIGN_OR_RETURN(const double bound, NumberAt(*member, where));
  if (type == ParameterType::kInt && (bound != std::floor(bound) || std::abs(bound) > 0x1p53))
    return ErrorAt(where,
                   "an int parameter takes integers from -2^53 to 2^53, found " + Shown(*member));
  return bound;
}

Status ParseLog(const Json& json, const std::string& path, Parameter& parameter) {
  const auto member = json.find("log");
  if (member == json.end()) return Ok{};
  if (!member->is_boolean())
    return ErrorAt(JoinPath(path, "log"), "expected true or false, found " + Found(*member));
  parameter.log = member->get<bool>();
  if (parameter.log && parameter.low <= 0)
    return ErrorAt(JoinPath(path, "low"),
                   "a log range needs a low above 0, found " + Shown(*json.find("low")));
  return Ok{};
}

Status ParseStep(const Json& json, const std::string& path, Parameter& parameter) {
  const auto member = json.find("step");
  if (member == json.end()) return Ok{};
  const std::string where = JoinPath(path, "step");
  FARETTO_ASSIGN_OR_RETURN(const double step, NumberAt(*member, where));
  if (step <= 0) return ErrorAt(where, "a step must be above 0, found " + Shown(*member));
  if (parameter.log) return ErrorAt(where, "log and step exclude each other; remove one of them");
  if (parameter.type == ParameterType::kInt && (step != std::floor(step) || step > 0x1p53))
    return ErrorAt(where,
                   "an int parameter takes an integer step up to 2^53, found " + Shown(*member));
  // Neighbours on the grid must differ in the 12 digits that tell configurations apart.
  const double size = std::max(std::abs(parameter.low), std::abs(parameter.high));
  if (parameter.type == ParameterType::kFloat && step <= 1e-11 * size)
    return ErrorAt(where, "the step " + Shown(*member) +
                              " is too fine for numbers of this size, which are told apart by 12 "
                              "digits; make it larger");
  parameter.step = step;
  return Ok{};
}

Status ParseRange(const Json& json, const std::string& path, Parameter& parameter) {
  FARETTO_ASSIGN_OR_RETURN(parameter.low, ParseBound(json, path, "low", parameter.type));
  FARETTO_ASSIGN_OR_RETURN(parameter.high, ParseBound(json, path, "high", parameter.type));
  if (parameter.low > parameter.high)
    return ErrorAt(JoinPath(path, "low"), Shown(*json.find("low")) + " is above high, which is " +
                                              Shown(*json.find("high")) +
                                              "; low may be at most high");
  FARETTO_RETURN_IF_ERROR(ParseLog(json, path, parameter));
  return ParseStep(json, path, parameter);
}

Status ParseNormal(const Json& json, const std::string& path, Parameter& parameter) {
  FARETTO_RETURN_IF_ERROR(CheckObject(json, path, {"mean", "sd"}));
  Prior prior;
  FARETTO_ASSIGN_OR_RETURN(const Json* mean, Require(json, path, "mean"));
  FARETTO_ASSIGN_OR_RETURN(prior.mean, NumberAt(*mean, JoinPath(path, "mean")));
  if (prior.mean < parameter.low || prior.mean > parameter.high)
    return ErrorAt(JoinPath(path, "mean"), Shown(*mean) + " is outside of the range from " +
                                               ExactText(parameter.low) + " to " +
                                               ExactText(parameter.high));
  FARETTO_ASSIGN_OR_RETURN(const Json* sd, Require(json, path, "sd"));
  FARETTO_ASSIGN_OR_RETURN(prior.sd, NumberAt(*sd, JoinPath(path, "sd")));
  if (prior.sd <= 0)
    return ErrorAt(JoinPath(path, "sd"),
                   "a standard deviation must be above 0, found " + Shown(*sd));
  parameter.prior = std::move(prior);
  return Ok{};
}

Status ParseWeights(const Json& json, const std::string& path, Parameter& parameter) {
  if (json.is_object() && (json.contains("mean") || json.contains("sd")))
    return ErrorAt(path, "choices have \"weights\", one for each, no mean and sd");
  FARETTO_RETURN_IF_ERROR(CheckObject(json, path, {"weights"}));
  FARETTO_ASSIGN_OR_RETURN(const Json* list, Require(json, path, "weights"));
  const std::string where = JoinPath(path, "weights");
  if (!list->is_array()) return ErrorAt(where, "expected a list, found " + Found(*list));
  if (list->size() != parameter.choices.size())
    return ErrorAt(where, "must hold one weight for each of the " +
                              std::to_string(parameter.choices.size()) + " choices, it holds " +
                              std::to_string(list->size()));
  Prior prior;
  for (std::size_t k = 0; k < list->size(); ++k) {
    FARETTO_ASSIGN_OR_RETURN(const double weight, NumberAt((*list)[k], JoinPath(where, k)));
    if (weight <= 0 || weight > 1e100)
      return ErrorAt(JoinPath(where, k),
                     "a weight must be above 0 and at most 1e100, found " + Shown((*list)[k]));
    prior.weights.push_back(weight);
  }
  parameter.prior = std::move(prior);
  return Ok{};
}

Status ParsePrior(const Json& json, const std::string& path, Parameter& parameter) {
  const auto member = json.find("prior");
  if (member == json.end()) return Ok{};
  const std::string where = JoinPath(path, "prior");
  return parameter.has_choices() ? ParseWeights(*member, where, parameter)
                                 : ParseNormal(*member, where, parameter);
}

Json PriorJson(const Prior& prior) {
  if (!prior.weights.empty()) return {{"weights", prior.weights}};
  return {{"mean", prior.mean}, {"sd", prior.sd}};
}

std::string RangeText(const Parameter& parameter) {
  std::string text = " from " + ExactText(parameter.low) + " to " + ExactText(parameter.high);
  if (parameter.step) text += " in steps of " + ExactText(*parameter.step);
  return text;
}

std::vector<std::string> TextChoices(const Parameter& parameter) {
  std::vector<std::string> texts;
  for (const Json& choice : parameter.choices)
    if (choice.is_string()) texts.push_back(choice.get<std::string>());
  return texts;
}

}  // namespace

Result<Parameter> ParseParameter(const Json& json, const std::string& path) {
  if (!json.is_object()) return ErrorAt(path, "expected an object, found " + Found(json));
  Parameter parameter;
  FARETTO_ASSIGN_OR_RETURN(parameter.name, RequireText(json, path, "name"));
  FARETTO_ASSIGN_OR_RETURN(parameter.type, ParseType(json, path));
  if (parameter.has_choices()) {
    FARETTO_RETURN_IF_ERROR(
        CheckObject(json, path, {"name", "type", "choices", "default", "prior"}));
    FARETTO_RETURN_IF_ERROR(ParseChoices(json, path, parameter));
  } else {
    FARETTO_RETURN_IF_ERROR(CheckObject(
        json, path, {"name", "type", "low", "high", "log", "step", "default", "prior"}));
    FARETTO_RETURN_IF_ERROR(ParseRange(json, path, parameter));
  }
  if (const auto member = json.find("default"); member != json.end()) {
    auto value = parameter.FromJson(*member);
    if (!value.ok()) return value.error().In(JoinPath(path, "default"));
    parameter.default_value = *value;
  }
  FARETTO_RETURN_IF_ERROR(ParsePrior(json, path, parameter));
  return parameter;
}

Json ParameterJson(const Parameter& parameter) {
  Json json = {{"name", parameter.name},
               {"type", kTypeNames[static_cast<std::size_t>(parameter.type)]}};
  if (parameter.has_choices()) {
    json["choices"] = parameter.choices;
  } else {
    const bool integer = parameter.type == ParameterType::kInt;
    const auto number = [&](double value) {
      return integer ? Json(static_cast<std::int64_t>(value)) : Json(value);
    };
    json["low"] = number(parameter.low);
    json["high"] = number(parameter.high);
    if (parameter.log) json["log"] = true;
    if (parameter.step) json["step"] = number(*parameter.step);
  }
  if (parameter.default_value) json["default"] = parameter.ToJson(*parameter.default_value);
  if (parameter.prior) json["prior"] = PriorJson(*parameter.prior);
  return json;
}

Json Parameter::ToJson(double value) const {
  if (has_choices()) return choices[static_cast<std::size_t>(value)];
  if (type == ParameterType::kInt) return static_cast<std::int64_t>(value);
  return value;
}

Result<double> Parameter::FromJson(const Json& value) const {
  if (has_choices()) {
    for (std::size_t k = 0; k < choices.size(); ++k) {
      const bool numbers = choices[k].is_number() && value.is_number();
      if (numbers ? choices[k].get<double>() == value.get<double>()
                  : choices[k].type() == value.type() && choices[k] == value)
        return static_cast<double>(k);
    }
  } else if (value.is_number()) {
    if (const auto taken = Snap(value.get<double>())) return *taken;
  }
  std::string hint;
  if (value.is_string() && has_choices()) {
    const std::string nearest = NearestName(value.get<std::string>(), TextChoices(*this));
    if (!nearest.empty()) hint = " (did you mean " + Shown(nearest) + "?)";
  }
  return Invalid(Shown(name) + " takes " + Describe() + ", found " + Found(value) + hint);
}

std::string Parameter::Describe() const {
  if (type == ParameterType::kInt) return "an integer" + RangeText(*this);
  if (type == ParameterType::kFloat) return "a number" + RangeText(*this);
  constexpr std::size_t kShown = 12;
  std::string list;
  for (std::size_t k = 0; k < choices.size() && k < kShown; ++k)
    list += (k > 0 ? ", " : "") + Shown(choices[k]);
  if (choices.size() > kShown) list += ", ... (" + std::to_string(choices.size()) + " choices)";
  return choices.size() == 1 ? list : "one of " + list;
}

}  // namespace faretto
