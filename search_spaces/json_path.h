// Sentences about places in a JSON file: "parameters[2].low: expected a number, found text "1"".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

// kInvalid; `path` may be empty.
Error ErrorAt(const std::string& path, const std::string& problem);

std::string JoinPath(const std::string& path, std::string_view key);
std::string JoinPath(const std::string& path, std::size_t index);

// The value as JSON text, shortened to about 60 bytes.
std::string Shown(const Json& value);
// `text "abc"`, `the number 3`, `an empty list`: what stands there.
std::string Found(const Json& value);

// An object without any key but the known ones.
Status CheckObject(const Json& value, const std::string& path,
                   const std::vector<std::string>& known);

// The member, which must be there. The pointer lives as long as `object`.
Result<const Json*> Require(const Json& object, const std::string& path, const std::string& key);
// The member as text that is not empty.
Result<std::string> RequireText(const Json& object, const std::string& path,
                                const std::string& key);
// A finite number; integers beyond +-2^53, which a double cannot hold exactly, are refused.
Result<double> NumberAt(const Json& value, const std::string& path);

}  // namespace faretto
