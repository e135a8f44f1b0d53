// The command line of `faretto-worker`. Thread safety: pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/client.h"

namespace faretto {

struct ProgramOptions {
  enum class Command { kHelp, kRun, kCheck };
  Command command = Command::kHelp;
  std::filesystem::path study;  // check

  // run
  SchedulerLocation scheduler;
  std::string name;
  std::string instance;          // empty: made up
  std::filesystem::path folder;  // the study folder, or what stands for it here
  std::filesystem::path scratch;
  double checkpoint_every_s = 60;
  double give_up_s = 300;
  double abandon_grace_s = 60;
  int status_fd = -1;
};

// What --help prints.
std::string WorkerHelp();

// kInvalid: wrong usage.
Result<ProgramOptions> ParseProgramOptions(const std::vector<std::string>& args);

}  // namespace faretto
