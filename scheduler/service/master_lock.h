// One scheduler for one study folder: an advisory lock on DIR/scheduler.lock, and on folders shared
// between machines, where locks may not hold, a ping of the scheduler that DIR/scheduler.json
// names. Thread safety: none.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace faretto {

class MasterLock {
 public:
  // kFailed, naming host and pid, if a scheduler has the folder. With `takeover` it is told to end,
  // and waited for.
  static Result<MasterLock> Take(const std::filesystem::path& dir, bool takeover);

  MasterLock(MasterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  MasterLock& operator=(MasterLock&&) = delete;
  ~MasterLock();

 private:
  explicit MasterLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace faretto
