#include "search_spaces/json_path.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/names.h"

namespace faretto {
namespace {

constexpr std::size_t kShownBytes = 60;

std::string Shortened(std::string text) {
  if (text.size() <= kShownBytes) return text;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

Error ErrorAt(const std::string& path, const std::string& problem) {
  return Invalid(path.empty() ? problem : path + ": " + problem);
}

std::string JoinPath(const std::string& path, std::string_view key) {
  return (path.empty() ? "" : path + ".") + Shortened(std::string(key));
}

std::string JoinPath(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::string Shown(const Json& value) { return Shortened(DumpJson(value)); }

std::string Found(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_number()) return "the number " + Shown(value);
  if (value.is_structured() && value.empty())
    return value.is_array() ? "an empty list" : "an empty object";
  return std::string(JsonTypeName(value)) + " " + Shown(value);
}

Status CheckObject(const Json& value, const std::string& path,
                   const std::vector<std::string>& known) {
  if (!value.is_object()) return ErrorAt(path, "expected an object, found " + Found(value));
  for (const auto& [key, member] : value.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return ErrorAt(JoinPath(path, key), "unknown key" + NameHint(key, known));
  }
  return Ok{};
}

Result<const Json*> Require(const Json& object, const std::string& path, const std::string& key) {
  const auto member = object.find(key);
  if (member == object.end())
    return ErrorAt(JoinPath(path, key), "this key is missing; it is required here");
  return &*member;
}

Result<std::string> RequireText(const Json& object, const std::string& path,
                                const std::string& key) {
  FARETTO_ASSIGN_OR_RETURN(const Json* member, Require(object, path, key));
  if (!member->is_string())
    return ErrorAt(JoinPath(path, key), "expected text, found " + Found(*member));
  std::string text = member->get<std::string>();
  if (text.empty()) return ErrorAt(JoinPath(path, key), "found empty text; give it a name");
  if (text.find('\0') != std::string::npos)
    return ErrorAt(JoinPath(path, key), "found a NUL character in " + Shown(*member));
  return text;
}

Result<double> NumberAt(const Json& value, const std::string& path) {
  if (!value.is_number()) return ErrorAt(path, "expected a number, found " + Found(value));
  const double number = value.get<double>();
  if (!std::isfinite(number))
    return ErrorAt(path, "expected a finite number, found " + Shown(value));
  if (!IsExact(value))
    return ErrorAt(path, "integers from -2^53 to 2^53 are allowed, found " + Shown(value));
  return number + 0.0;
}

}  // namespace faretto
