#include "base/field_reader.h"

#include <algorithm>
#include <cmath>

#include "base/names.h"
#include "base/number_text.h"

namespace faretto {

static constexpr char kInexact[] = "takes integers from -2^53 to 2^53, it is ";

FieldReader::FieldReader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
  if (!json.is_object()) {
    problem_ = (path_.empty() ? "the file" : path_) + " must be an object, it is " +
               std::string(JsonTypeName(json));
  }
}

std::string FieldReader::PathOf(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

void FieldReader::Problem(const std::string& name, const std::string& what) {
  if (problem_.empty()) problem_ = PathOf(name) + " " + what;
}

std::string FieldReader::MisspeltAs(const std::string& name) const {
  if (!json_.is_object()) return "";
  std::vector<std::string> unknown;
  for (const auto& [key, value] : json_.items())
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) unknown.push_back(key);
  const std::string nearest = NearestName(name, unknown);
  return nearest.empty() ? "" : " (is \"" + nearest + "\" meant to be it?)";
}

const Json* FieldReader::Find(const std::string& name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  if (!problem_.empty() || !json_.is_object()) return nullptr;
  const auto it = json_.find(name);
  return it == json_.end() || it->is_null() ? nullptr : &*it;
}

const Json* FieldReader::Require(const std::string& name) {
  const Json* field = Find(name);
  if (field == nullptr) Problem(name, "is missing" + MisspeltAs(name));
  return field;
}

void FieldReader::Text(const std::string& name, std::string& target) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  if (!field->is_string())
    return Problem(name, "must be text, it is " + std::string(JsonTypeName(*field)));
  target = field->get<std::string>();
  if (target.find('\0') != std::string::npos)
    Problem(name, "holds a NUL character, it is " + DumpJson(*field));
}

void FieldReader::TextList(const std::string& name, std::vector<std::string>& target) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  if (!field->is_array())
    return Problem(name, "must be a list of text, it is " + std::string(JsonTypeName(*field)));
  target.clear();
  for (const Json& entry : *field) {
    if (!entry.is_string()) return Problem(name, "must hold text, it holds " + DumpJson(entry));
    target.push_back(entry.get<std::string>());
  }
}

void FieldReader::Boolean(const std::string& name, bool& target) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  if (!field->is_boolean())
    return Problem(name, "must be true or false, it is " + DumpJson(*field));
  target = field->get<bool>();
}

void FieldReader::Number(const std::string& name, double& target, double at_least) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  if (!field->is_number())
    return Problem(name, "must be a number, it is " + std::string(JsonTypeName(*field)));
  if (!IsExact(*field)) return Problem(name, kInexact + DumpJson(*field));
  const double value = field->get<double>();
  if (!std::isfinite(value) || value < at_least) {
    return Problem(name, "must be a number of at least " + NumberText(at_least) + ", it is " +
                             DumpJson(*field));
  }
  target = value;
}

void FieldReader::Integer(const std::string& name, std::int64_t& target, std::int64_t at_least) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  constexpr double kExact = 0x1p53;
  const bool whole = field->is_number() && IsExact(*field) &&
                     std::abs(field->get<double>()) <= kExact &&
                     field->get<double>() == std::floor(field->get<double>());
  if (!whole || field->get<double>() < static_cast<double>(at_least)) {
    const bool large = field->is_number() && field->get<double>() >= kExact;
    return Problem(name, "must be a whole number of at least " + std::to_string(at_least) +
                             (large ? " and at most 2^53" : "") + ", it is " + DumpJson(*field));
  }
  target = static_cast<std::int64_t>(field->get<double>());
}

void FieldReader::OptionalNumber(const std::string& name, std::optional<double>& target,
                                 bool positive) {
  const Json* field = Find(name);
  if (field == nullptr) return;
  if (!field->is_number())
    return Problem(name, "must be a number, it is " + std::string(JsonTypeName(*field)));
  if (!IsExact(*field)) return Problem(name, kInexact + DumpJson(*field));
  const double value = field->get<double>();
  if (!std::isfinite(value) || (positive && value <= 0)) {
    return Problem(name, "must be above 0, it is " + DumpJson(*field));
  }
  target = value;
}

void FieldReader::OptionalInteger(const std::string& name, std::optional<std::int64_t>& target,
                                  std::int64_t at_least) {
  if (Find(name) == nullptr) return;
  std::int64_t value = 0;
  Integer(name, value, at_least);
  if (problem_.empty()) target = value;
}

Status FieldReader::Finish() {
  if (problem_.empty() && json_.is_object()) {
    for (const auto& [name, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        Problem(name, "is not a known key" + NameHint(name, known_));
        break;
      }
    }
  }
  if (problem_.empty()) return Ok{};
  return Invalid(problem_);
}

}  // namespace faretto
