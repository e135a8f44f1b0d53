// "Did you mean": the nearest known name, for error messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faretto {

// The known name with the smallest edit distance to `name`, ignoring case; empty if none is near
// (more than half of the letters differ).
std::string NearestName(std::string_view name, const std::vector<std::string>& known);

// ` (did you mean "edge1"?)`, or ` (known: a, b, c)` when nothing is near.
std::string NameHint(std::string_view name, const std::vector<std::string>& known);

}  // namespace faretto
