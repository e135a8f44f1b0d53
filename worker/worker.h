// The worker's loop: hello, then assignments one after the other until the study is finished, the
// worker drains, or the connection is lost.
//
//   Result<WorkerEnd> end = RunWorker(options, link, control, clock);
//
// Thread safety: one thread runs it, the training thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "protocol/worker_connection.h"
#include "protocol/worker_status.h"
#include "worker/assignment_run.h"
#include "worker/control.h"

namespace faretto {

struct WorkerOptions {
  std::string name;
  std::filesystem::path folder;   // checkpoints/ and models/ are in here
  std::filesystem::path scratch;  // made, and removed at the end
  std::string domain;             // of folder's checkpoints
  double checkpoint_every_s = 60;
  TrainerMaker make_trainer;
  std::function<std::string()> recent_log;
  // Called when an assignment begins, and when there is none any more.
  std::function<void(const WorkerStatus&)> on_status;
};

enum class WorkerEnd { kFinished, kDrained };

// Errors are those of the connection, or a machine that cannot hold a scratch folder.
Result<WorkerEnd> RunWorker(const WorkerOptions& options, WorkerConnection& connection,
                            Control& control, const Clock& clock);

}  // namespace faretto
