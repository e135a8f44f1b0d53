// Parameters as they stand in a study file.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "search_spaces/parameter.h"

namespace faretto {

// One entry of "parameters"; `path` is its place, for errors.
Result<Parameter> ParseParameter(const Json& json, const std::string& path);
// The entry that ParseParameter reads back as the same parameter.
Json ParameterJson(const Parameter& parameter);

}  // namespace faretto
