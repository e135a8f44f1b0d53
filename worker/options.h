// The command line of `faretto-worker`. Thread safety: pure functions but for what they print.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/launch/worker_arguments.h"

namespace faretto {

inline constexpr char kWorkerProgram[] = "faretto-worker";

// What --help prints.
std::string WorkerHelp();

struct RunOptions {
  WorkerPlace place;
  std::string instance;  // empty: made up
  std::filesystem::path scratch;
  double checkpoint_every_s = 0;
  double give_up_s = 0;
  double abandon_grace_s = 0;
  int status_fd = -1;
};

// An exit code if the command is over: 0 after --help, 2 after an error was printed.
std::optional<int> ParseRunOptions(const std::vector<std::string>& args, RunOptions& options);
std::optional<int> ParseCheckOptions(const std::vector<std::string>& args,
                                     std::filesystem::path& study);

}  // namespace faretto
