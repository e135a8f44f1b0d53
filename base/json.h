// JSON values and strict parsing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faretto {

// Objects keep the order of their keys, so that files and output read as they were written.
using Json = nlohmann::ordered_json;

// Parses one JSON document. Refused (ErrorKind::kInvalid, with line and column): text that is not
// JSON or not UTF-8, trailing text, a key that stands twice in one object, more than 64 levels of
// nesting, numbers beyond double.
Result<Json> ParseJson(std::string_view text);

// Can a double hold this number exactly? Integers beyond +-2^53 may not fit.
bool IsExact(const Json& number);

// The value as one line. Text that is not UTF-8 is replaced, never thrown on.
std::string DumpJson(const Json& value);

// The value with the keys of every object sorted: equal text means equal content.
std::string CanonicalJson(const Json& value);

// "a number", "text", "a list" ...: what `value` is, for error messages.
std::string_view JsonTypeName(const Json& value);

}  // namespace faretto
