// Keeps one worker process alive: starts it, keeps its output, says why it died, starts it again.
//
//   Supervisor supervisor({.command = {"faretto-worker", "run", ...}, .logs = DIR/logs, ...});
//   return supervisor.Run();
//
// A death (signal or non-zero exit) while it holds an assignment is told to the scheduler as that
// assignment's failure, with the last lines of output. Output goes to <trial>-<assignment>.log
// (baseline-<assignment>.log) while there is an assignment, else to worker-<name>.log.
//
// Thread safety: one thread makes and runs it; SIGTERM, SIGUSR1 and SIGINT are blocked in it from
// Run on and handed to the process.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/line_reader.h"
#include "base/process.h"
#include "protocol/worker_status.h"

namespace faretto {

struct SupervisorOptions {
  std::string name;                  // the worker's
  std::vector<std::string> command;  // --instance NAME and --status-fd N are put behind it
  std::filesystem::path logs;        // folder; made if it is not there
  // Tells the scheduler that the process `instance` died over an assignment; may take a while.
  std::function<Status(const std::string& instance, const AssignmentRef& ref,
                       const std::string& reason, const std::string& log)>
      report_failure;
  // One line for people at each change.
  std::function<void(const std::string& line)> say;
};

class Supervisor {
 public:
  // Deaths in a row without an assignment after which it gives up.
  static constexpr int kMaxIdleDeaths = 3;

  explicit Supervisor(SupervisorOptions options);

  // Until the worker ends by itself (0), cannot be kept alive or was given up (1), was started
  // wrongly (2), or was killed by a second Ctrl-C (130).
  int Run();

 private:
  struct Life {
    Process process;
    LineReader output;
    LineReader status;
    std::string instance;
    std::optional<WorkerStatus::Held> held = {};
    bool had_assignment = false;
  };

  Result<Life> Start();
  ProcessEnd Follow(Life& life);
  void TakeOutput(Life& life);
  void TakeStatus(Life& life);
  void TakeSignals(Life& life);
  void SetHeld(Life& life, const std::optional<WorkerStatus::Held>& held);
  // The exit status if this was the end.
  std::optional<int> Judge(const Life& life, const ProcessEnd& end);
  void ReportDeath(const Life& life, const std::string& reason);
  std::string LogName(const std::optional<WorkerStatus::Held>& held) const;

  SupervisorOptions options_;
  FileDescriptor signals_;
  std::ofstream log_;
  RecentLines recent_{30};
  bool told_to_end_ = false;
  int idle_deaths_ = 0;
};

}  // namespace faretto
