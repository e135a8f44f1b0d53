// For tests that read files of the source tree.
#pragma once

#include <filesystem>

namespace faretto {

std::filesystem::path SourceFolder();

}  // namespace faretto
