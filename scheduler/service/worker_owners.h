// Which key owns which worker name: the first that uses a name, for as long as that key is
// authorised. Kept in DIR/keys/workers.json, so that a restart does not give names away. Thread
// safety: none.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"

namespace faretto {

class WorkerOwners {
 public:
  static Result<WorkerOwners> Load(const std::filesystem::path& dir);

  // May this key speak for the worker? A free name becomes the key's. kFailed: the file cannot be
  // written.
  Result<bool> MaySpeak(const std::string& worker, const std::string& key,
                        const std::function<bool(const std::string& key)>& authorised);

 private:
  explicit WorkerOwners(std::filesystem::path file) : file_(std::move(file)) {}

  std::filesystem::path file_;
  std::map<std::string, std::string> keys_;  // by worker
};

}  // namespace faretto
