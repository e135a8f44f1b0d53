// What lies in a study folder. Thread safety: pure functions of the file system.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace faretto {

inline constexpr char kStoreFile[] = "trials.db";
inline constexpr char kReadersCopyFile[] = "snapshot.db";
inline constexpr char kStudyFile[] = "study.json";

// Does the folder hold a study's store?
bool HoldsStudy(const std::filesystem::path& dir);

// Removes a study's own files (store, study.json, scheduler.json, checkpoints/, logs/, report.html)
// and nothing else; keys/ stays. kInvalid if the folder exists, is not empty and holds no study; Ok
// if there is nothing. The caller makes sure that no scheduler runs there.
Status RemoveStudy(const std::filesystem::path& dir);

// NFS, Lustre, GPFS, BeeGFS and the like, where SQLite's shared memory does not work. A path that
// does not exist yet is judged by its nearest parent.
bool OnNetworkFileSystem(const std::filesystem::path& path);

}  // namespace faretto
