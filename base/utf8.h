// Is it text?
#pragma once

#include <string_view>

namespace faretto {

bool IsUtf8(std::string_view text);

}  // namespace faretto
