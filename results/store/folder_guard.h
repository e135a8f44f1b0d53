// Leaves nothing behind when a study could not be made. For this folder's sources only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace faretto {

// Made before anything is written; on destruction removes what has appeared since, unless told to
// keep it. Only empty folders are removed.
class FolderGuard {
 public:
  FolderGuard(const std::filesystem::path& dir, std::string vfs);
  ~FolderGuard();
  FolderGuard(const FolderGuard&) = delete;
  FolderGuard& operator=(const FolderGuard&) = delete;

  void Keep() { keep_ = true; }

 private:
  std::filesystem::path dir_;
  std::string vfs_;
  std::vector<std::filesystem::path> missing_folders_;  // innermost first
  bool had_store_ = false;
  bool had_study_ = false;
  bool keep_ = false;
};

}  // namespace faretto
