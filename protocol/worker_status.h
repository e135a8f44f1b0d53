// What `faretto-worker` tells its supervisor, `faretto worker`: a line on a pipe whenever its
// assignment changes, and its exit status.
//
//   assignment 12 13 7 train      (id, fence, trial, kind)
//   idle
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "study/machine.h"

namespace faretto {

struct WorkerStatus {
  // Nothing: it waits for work.
  struct Held {
    AssignmentRef ref;
    TrialId trial = -1;  // -1: a baseline
    AssignmentKind kind = AssignmentKind::kTrain;
  };
  std::optional<Held> held;
};

std::string EncodeWorkerStatus(const WorkerStatus& status);
// Nothing for a line that is none.
std::optional<WorkerStatus> DecodeWorkerStatus(const std::string& line);

// Exit statuses beside those of base/result.h, free of sysexits and shells.
inline constexpr int kExitStartAgain = 70;   // it could not get rid of a lost assignment
inline constexpr int kExitNoScheduler = 71;  // no scheduler for too long: starting again is in vain

}  // namespace faretto
