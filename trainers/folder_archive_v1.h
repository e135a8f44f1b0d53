// Folder archives of version 1, which are read but no longer written: one line of JSON
//
//   {"version":1,"state":{...},"files":[{"path":"a/b.pt","size":12,"executable":false},...]}
//
// and then the contents in that order. For folder_archive.cpp only. Thread safety: functions on
// files.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

bool IsFolderArchiveV1(const std::filesystem::path& file);

// As UnpackFolder.
Result<Json> UnpackFolderV1(const std::filesystem::path& file, const std::filesystem::path& folder);

// For both versions. What is asked of a path in an archive: that it stays below the folder it is
// put in.
bool StaysInFolder(const std::string& path);
// Makes the folder, or removes what it holds.
Status MakeEmptyFolder(const std::filesystem::path& folder);
Error NotAFolderArchive(const std::filesystem::path& file);

}  // namespace faretto
