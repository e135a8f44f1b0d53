// Built-in spaces: {"preset": "dpn"}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace faretto {

// The preset's "space" object; nothing if there is none of that name.
std::optional<Json> PresetSpace(std::string_view name);
std::vector<std::string> PresetNames();

}  // namespace faretto
