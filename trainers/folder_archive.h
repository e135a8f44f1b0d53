// A folder as one file, for checkpoints of programs: one line of JSON
//
//   {"version":1,"state":{...},"files":[{"path":"a/b.pt","size":12,"executable":false},...]}
//
// and then the contents in that order. Limits: regular files and folders with UTF-8 names, at most
// 100,000 files; links, sockets and empty folders are not kept (a link is an error). Thread safety:
// functions on files.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

// `state` is any object that Unpack gives back. kFailed: what cannot be read, written or kept.
Status PackFolder(const std::filesystem::path& folder, const Json& state,
                  const std::filesystem::path& file);

// Replaces the content of `folder` by the archive's. kInvalid for a file that PackFolder did not
// make; the folder may then be half filled.
Result<Json> UnpackFolder(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace faretto
