#include "results/store/folder_guard.h"

#include <system_error>
#include <utility>

#include "results/store/sqlite.h"
#include "results/store/study_folder.h"

namespace faretto {
namespace fs = std::filesystem;

FolderGuard::FolderGuard(const fs::path& dir, std::string vfs)
    : dir_(fs::absolute(dir)), vfs_(std::move(vfs)) {
  std::error_code code;
  for (fs::path place = dir_; !fs::exists(place, code) && place != place.parent_path();
       place = place.parent_path()) {
    missing_folders_.push_back(place);
  }
  had_store_ = DatabaseExists(dir_ / kStoreFile, vfs_);
  had_study_ = fs::exists(dir_ / kStudyFile, code);
}

FolderGuard::~FolderGuard() {
  if (keep_) return;
  std::error_code code;
  if (!had_store_) RemoveDatabase(dir_ / kStoreFile, vfs_);
  if (!had_study_) fs::remove(dir_ / kStudyFile, code);
  for (const fs::path& folder : missing_folders_) {
    if (!fs::remove(folder, code)) break;
  }
}

}  // namespace faretto
