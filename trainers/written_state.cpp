#include "trainers/written_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace faretto {
namespace fs = std::filesystem;
namespace {

// A file that is this new may have been written after the report that has just been read.
constexpr double kJustWrittenS = 0.05;
// Nobody pauses for so long while writing a checkpoint. A convention.
constexpr double kSettledS = 2;

}  // namespace

FolderLook LookAt(const fs::path& folder) {
  FolderLook look;
  std::vector<std::string> files;
  std::error_code code;
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (auto entry = fs::recursive_directory_iterator(folder, code);
       !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    struct stat status;
    if (::lstat(entry->path().c_str(), &status) != 0) continue;
    const timespec& written = status.st_mtim;
    files.push_back(entry->path().string() + " " + std::to_string(status.st_ino) + " " +
                    std::to_string(status.st_size) + " " + std::to_string(written.tv_sec) + "." +
                    std::to_string(written.tv_nsec));
    const double at =
        static_cast<double>(written.tv_sec) + 1e-9 * static_cast<double>(written.tv_nsec);
    look.age_s = std::min(look.age_s, now - at);
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) look.stamp += file + "\n";
  return look;
}

void WrittenState::Begin(std::int64_t resource, const Metrics& values, const FolderLook& look) {
  resource_ = newest_ = resource;
  values_ = newest_values_ = values;
  stamp_ = look.stamp;
}

void WrittenState::Report(std::int64_t resource, const Metrics& values, const FolderLook& look) {
  if (look.stamp != stamp_) {
    resource_ = newest_;
    values_ = newest_values_;
    if (look.age_s > kJustWrittenS) stamp_ = look.stamp;
  }
  newest_ = resource;
  newest_values_ = values;
}

void WrittenState::Look(const FolderLook& look, bool ended) {
  if (look.stamp == stamp_ || !(ended || look.age_s > kSettledS)) return;
  stamp_ = look.stamp;
  resource_ = newest_;
  values_ = newest_values_;
}

}  // namespace faretto
