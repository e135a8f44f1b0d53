// The envelope of checkpoints: a file's content, and behind it (so that sealing needs no copy)
//
//   "FARETTOC"   8 bytes
//   version      4 bytes, little endian, 1
//   length       8 bytes, little endian: bytes of the content
//   checksum     32 hexadecimal digits: XXH3-128 of the content
//
// Thread safety: functions on files.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace faretto {

// Appends the envelope and syncs the file to disk.
Status SealFile(const std::filesystem::path& file);

// Checks the envelope and copies the content to `target`. kInvalid: there is no such file, or it is
// damaged, cut short, of another kind or version; kFailed: `target` cannot be written.
Status UnsealFile(const std::filesystem::path& file, const std::filesystem::path& target);

}  // namespace faretto
