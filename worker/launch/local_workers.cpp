#include "worker/launch/local_workers.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <vector>

#include "base/clock.h"
#include "base/process.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr int kPollMs = 50;

fs::path LogOf(const fs::path& dir, int index) {
  return dir / "logs" / ("local-" + std::to_string(index) + ".log");
}

Result<Process> StartWorker(const fs::path& dir, int index) {
  const int log =
      ::open(LogOf(dir, index).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  ProcessSpec spec;
  spec.command = {ProgramBeside("faretto").string(), "worker",      "--dir", dir.string(), "--name",
                  "local-" + std::to_string(index),  "--give-up-s", "15"};
  // Ctrl-C reaches the scheduler only, which tells its workers to drain.
  spec.own_group = true;
  if (log >= 0) spec.descriptors = {{STDOUT_FILENO, log}, {STDERR_FILENO, log}};
  auto process = Process::Start(spec);
  if (log >= 0) ::close(log);
  return process;
}

}  // namespace

fs::path ProgramBeside(const std::string& name) {
  std::error_code code;
  const fs::path self = fs::read_symlink("/proc/self/exe", code);
  return self.parent_path() / name;
}

LocalWorkers::LocalWorkers(fs::path dir, int count, std::function<void()> on_all_gone)
    : dir_(std::move(dir)), on_all_gone_(std::move(on_all_gone)) {
  std::error_code code;
  fs::create_directories(dir_ / "logs", code);
  thread_ = std::thread([this, count] { Watch(count); });
}

void LocalWorkers::Watch(int count) {
  std::vector<Process> processes;
  for (int i = 0; i < count; ++i) {
    auto process = StartWorker(dir_, i);
    if (process.ok()) {
      processes.push_back(std::move(*process));
    } else {
      std::ofstream(LogOf(dir_, i), std::ios::app) << process.error().message << "\n";
    }
  }
  const SystemClock clock;
  double deadline = -1;
  bool told = false;
  while (true) {
    if (asked_to_leave_.exchange(false)) {
      for (Process& process : processes) process.Signal(SIGTERM);
    }
    bool running = false;
    for (Process& process : processes) running = !process.Poll() || running;
    const double grace = grace_s_.load();
    if (grace >= 0) {
      if (deadline < 0) deadline = clock.MonotonicS() + grace;
      if (!running || clock.MonotonicS() >= deadline) return;  // destructors kill the rest
    } else if (!running && !told) {
      told = true;
      on_all_gone_();
    }
    ::poll(nullptr, 0, kPollMs);
  }
}

void LocalWorkers::End(double grace_s) {
  if (!thread_.joinable()) return;
  grace_s_ = grace_s;
  thread_.join();
}

std::string LocalWorkers::LastWords() const {
  std::string last;
  std::ifstream in(LogOf(dir_, 0));
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace faretto
