// The options that `faretto worker` and the process that it starts, `faretto-worker run`, share:
// where the scheduler is, who the worker is, where its files go. Thread safety: none; for one
// thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/command_line/arguments.h"
#include "base/result.h"
#include "protocol/scheduler_location.h"

namespace faretto {

Arguments& AddWorkerOptions(Arguments& arguments);

struct WorkerPlace {
  SchedulerLocation scheduler;
  std::string name;
  std::filesystem::path folder;  // the study folder, or what stands for it on this machine
};

// kInvalid: no scheduler is named, or two are, or one without its public key.
Result<WorkerPlace> WorkerPlaceOf(const Arguments& arguments);

// What `faretto-worker run` has to be told beside the name: the shared options as they were given.
std::vector<std::string> WorkerOptionsToPassOn(const Arguments& arguments);

}  // namespace faretto
