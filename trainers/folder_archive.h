// A folder as one tar file, for checkpoints of programs: `tar -tf` lists it. Its first entry,
// ".faretto-state.json", is not the folder's: it holds
//
//   {"version":2,"state":{...},"files":2}
//
// the caller's state and how many entries follow, each a file of the folder. Limits: regular files
// and folders with UTF-8 names, at most 100,000 files; links, sockets and empty folders are not
// kept (a link is an error). Of permissions only the owner's right to execute is kept. Thread
// safety: functions on files.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

// `state` is any object that Unpack gives back. kFailed: what cannot be read, written or kept.
Status PackFolder(const std::filesystem::path& folder, const Json& state,
                  const std::filesystem::path& file);

// Replaces the content of `folder` by the archive's. kInvalid for a file that PackFolder did not
// make; the folder may then be half filled. Version 1 is read as well: one line of JSON and then
// the contents, one behind the other.
Result<Json> UnpackFolder(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace faretto
