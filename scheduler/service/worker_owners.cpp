#include "scheduler/service/worker_owners.h"

#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/json.h"

namespace faretto {
namespace fs = std::filesystem;

Result<WorkerOwners> WorkerOwners::Load(const fs::path& dir) {
  WorkerOwners owners(dir / "keys" / "workers.json");
  std::error_code code;
  if (!fs::exists(owners.file_, code)) return owners;
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(owners.file_));
  const Result<Json> json = ParseJson(text);
  if (!json.ok() || !json->is_object())
    return Failed(owners.file_.string() + " is damaged: remove it, and names are free again");
  for (const auto& [worker, key] : json->items()) {
    if (key.is_string()) owners.keys_[worker] = key.get<std::string>();
  }
  return owners;
}

Result<bool> WorkerOwners::MaySpeak(const std::string& worker, const std::string& key,
                                    const std::function<bool(const std::string& key)>& authorised) {
  const auto found = keys_.find(worker);
  if (found != keys_.end() && found->second == key) return true;
  if (found != keys_.end() && authorised(found->second)) return false;
  keys_[worker] = key;
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(file_, Json(keys_).dump(1) + "\n"));
  return true;
}

}  // namespace faretto
