#include "worker/checkpoints.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/files.h"
#include "protocol/requests.h"
#include "worker/sealed_file.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

Status CheckName(const std::string& name) {
  if (IsCheckpointFile(name)) return Ok{};
  return Invalid("\"" + name + "\" is no name of a checkpoint");
}

Status SyncFolder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open() || ::fsync(fd.get()) != 0)
    return Failed("cannot sync the folder " + folder.string());
  return Ok{};
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder, std::string worker)
    : folder_(std::move(folder)), temporary_suffix_("." + std::move(worker) + ".tmp") {}

Status Checkpoints::Write(const std::string& name,
                          const std::function<Status(const fs::path&)>& save) const {
  FARETTO_RETURN_IF_ERROR(CheckName(name));
  const fs::path path = folder_ / name;
  const fs::path temporary = path.string() + temporary_suffix_;
  std::error_code code;
  const bool new_folder = !fs::exists(path.parent_path(), code);
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(path.parent_path()));
  Status written = save(temporary);
  if (written.ok()) written = SealFile(temporary);
  if (written.ok()) {
    fs::rename(temporary, path, code);
    if (code) written = Failed("cannot write " + path.string() + ": " + code.message());
  }
  if (!written.ok()) {
    fs::remove(temporary, code);
    return written;
  }
  if (new_folder) FARETTO_RETURN_IF_ERROR(SyncFolder(folder_));
  return SyncFolder(path.parent_path());
}

Status Checkpoints::Read(const std::string& name, const fs::path& target) const {
  FARETTO_RETURN_IF_ERROR(CheckName(name));
  return UnsealFile(folder_ / name, target);
}

void Checkpoints::Delete(const std::string& name) const {
  std::error_code code;
  if (CheckName(name).ok()) fs::remove(folder_ / name, code);
}

void Checkpoints::RemoveLeftovers() const {
  std::error_code code;
  std::vector<fs::path> leftovers;
  for (fs::recursive_directory_iterator at(folder_, code), end; !code && at != end;
       at.increment(code)) {
    if (at->path().filename().string().ends_with(temporary_suffix_)) leftovers.push_back(*at);
  }
  for (const fs::path& file : leftovers) fs::remove(file, code);
}

}  // namespace faretto
