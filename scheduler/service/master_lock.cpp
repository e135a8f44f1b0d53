#include "scheduler/service/master_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "base/process.h"
#include "protocol/client_connection.h"
#include "protocol/scheduler_file.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr double kPingS = 2;
constexpr double kGiveWayS = 15;
constexpr std::chrono::milliseconds kLookAgain{20};

std::string Who(const std::optional<SchedulerFile>& running) {
  if (!running) return "a scheduler";
  return "a scheduler (pid " + std::to_string(running->pid) + " on " + running->host + ")";
}

Error Refusal(const fs::path& dir, const std::optional<SchedulerFile>& running) {
  if (!running) {
    return Failed("another program on this machine (faretto run, scheduler or ask-tell) uses " +
                  dir.string() + ": end it first");
  }
  return Failed(Who(running) + " already serves " + dir.string() +
                ": stop it, or replace it with --takeover of run or scheduler");
}

std::optional<SchedulerFile> Running(const fs::path& dir) {
  Result<SchedulerFile> file = ReadSchedulerFile(dir);
  if (!file.ok()) return {};
  return std::move(file).value();
}

// A file system without locks (ENOLCK, ENOTSUP) leaves it to the ping.
bool TryLock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

bool WaitForLock(int fd) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(kGiveWayS);
  while (std::chrono::steady_clock::now() < end) {
    if (TryLock(fd)) return true;
    std::this_thread::sleep_for(kLookAgain);
  }
  return false;
}

bool Answers(const fs::path& dir) {
  Result<ClientConnection> connection = ClientConnection::Open({.dir = dir});
  return connection.ok() && connection->Request(PingRequest{}, kPingS).ok();
}

void TellToEnd(const fs::path& dir, const SchedulerFile& running) {
  Result<ClientConnection> connection = ClientConnection::Open({.dir = dir});
  // Whether it heard shows in the lock, or in the ping that follows.
  if (connection.ok()) (void)connection->Request(TakeoverRequest{running.incarnation + 1}, kPingS);
}

}  // namespace

Result<MasterLock> MasterLock::Take(const fs::path& dir, bool takeover) {
  const fs::path path = dir / "scheduler.lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return Failed("cannot write " + path.string() + ": " + std::strerror(errno));
  MasterLock lock(fd);
  bool locked = TryLock(fd);
  const std::optional<SchedulerFile> running = Running(dir);
  if (!locked && !takeover) return Refusal(dir, running);
  if (!locked) {
    if (running) TellToEnd(dir, *running);
    if (!WaitForLock(fd))
      return Failed(Who(running) + " serves " + dir.string() +
                    " and does not give way: end that process, then start again");
    return lock;
  }
  // The lock was free: on this machine nobody runs. Another machine may not see our locks.
  if (!running || running->host == HostName() || !Answers(dir)) return lock;
  if (!takeover) return Refusal(dir, running);
  TellToEnd(dir, *running);
  if (Answers(dir))
    return Failed(Who(running) + " serves " + dir.string() +
                  " and does not give way: end that process, then start again");
  return lock;
}

MasterLock::~MasterLock() {
  if (fd_ >= 0) ::close(fd_);  // releases the lock
}

}  // namespace faretto
