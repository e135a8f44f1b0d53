// File helpers whose errors are sentences.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faretto {

// The whole file. kInvalid if it does not exist or is a folder (the caller named it), kFailed if it
// cannot be read.
Result<std::string> ReadFile(const std::filesystem::path& path);

// Writes under a temporary name in the same folder, syncs, renames, and syncs the folder: after a
// crash the file is either the old one or the whole new one. On an error (full disk, no permission)
// the temporary file is removed.
Status WriteFileAtomically(const std::filesystem::path& path, std::string_view content);

// Makes the folder and its parents; kFailed with the reason if it cannot be written to.
Status EnsureWritableFolder(const std::filesystem::path& path);

}  // namespace faretto
