#include "results/store/study_folder.h"

#include <sys/vfs.h>

#include <cstdint>
#include <string>
#include <system_error>

namespace faretto {
namespace fs = std::filesystem;
namespace {

// statfs(2) f_type numbers.
constexpr std::uint64_t kNetworkTypes[] = {
    0x6969,      // NFS
    0x0bd00bd0,  // Lustre
    0x47504653,  // GPFS (Spectrum Scale)
    0x19830326,  // BeeGFS
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x517b,      // SMB
    0x00c36400,  // Ceph
    0x01021997,  // 9P
    0xaad7aaea,  // PanFS
    0x7461636f,  // OCFS2
    0x01161970,  // GFS2
    0x5346414f,  // AFS
};

}  // namespace

bool HoldsStudy(const fs::path& dir) {
  std::error_code code;
  const auto size = fs::file_size(dir / kStoreFile, code);
  return !code && size > 0;
}

Status RemoveStudy(const fs::path& dir) {
  std::error_code code;
  if (!fs::exists(dir, code)) return Ok{};
  if (!fs::is_directory(dir, code)) return Invalid(dir.string() + " is not a folder");
  if (!fs::exists(dir / kStoreFile, code)) {
    if (fs::is_empty(dir, code)) return Ok{};
    return Invalid("the folder " + dir.string() +
                   " holds no study, so nothing in it is removed; choose another folder");
  }
  // The store goes last: as long as it is there, a second try finds the study again.
  for (const char* name :
       {"checkpoints", "models", "logs", "report.html", "scheduler.json", kStudyFile,
        kReadersCopyFile, "trials.db-wal", "trials.db-shm", "trials.db-journal", kStoreFile}) {
    fs::remove_all(dir / name, code);
    if (code) return Failed("cannot remove " + (dir / name).string() + ": " + code.message());
  }
  return Ok{};
}

bool OnNetworkFileSystem(const fs::path& path) {
  std::error_code code;
  fs::path place = fs::absolute(path, code);
  while (!fs::exists(place, code) && place.has_parent_path() && place != place.parent_path()) {
    place = place.parent_path();
  }
  struct statfs facts {};
  if (::statfs(place.c_str(), &facts) != 0) return false;
  const auto type = static_cast<std::uint64_t>(static_cast<std::uint32_t>(facts.f_type));
  for (const std::uint64_t network : kNetworkTypes) {
    if (type == network) return true;
  }
  return false;
}

}  // namespace faretto
