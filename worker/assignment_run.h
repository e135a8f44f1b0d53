// One assignment, from the trainer's making to its last word: complete, fail, hand back, or (when
// the lease was lost) nothing.
//
// kind        splits opened              ends with
// train       train, validation          a report an epoch, a checkpoint, complete
// retrain     train, validation, split   metrics on split; the model in models/trial-N/seed-S/
// baseline    train, validation, split   metrics on split
// evaluate    train, validation, split   metrics on split of the newest checkpoint
//
// Checkpoints of training: at the target, at a drain, and every `checkpoint_every_s`. A damaged one
// is named to the scheduler and the assignment handed back: the next one starts from the one
// before.
//
// Thread safety: none; the thread that runs it is the training thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "protocol/worker_connection.h"
#include "trainers/trainer.h"
#include "worker/checkpoints.h"
#include "worker/control.h"

namespace faretto {

using TrainerMaker = std::function<Result<std::unique_ptr<Trainer>>(const Json& trainer)>;

// What stays the same from assignment to assignment; everything outlives it.
struct AssignmentContext {
  WorkerConnection& connection;
  Control& control;
  const Clock& clock;
  const Checkpoints& checkpoints;
  TrainerMaker make_trainer;
  std::string domain;                       // of the checkpoint folder
  std::filesystem::path models;             // retrained ones go below it
  std::filesystem::path scratch;            // emptied for each assignment
  double checkpoint_every_s = 60;           // between checkpoints while it trains
  std::function<std::string()> recent_log;  // the newest lines, for failures
  Json trainer;                             // the study's
};

// What a trainer did wrong is told to the scheduler and is no error; an error is the connection's.
Status RunAssignment(const AssignmentContext& context, const WorkAssigned& message);

}  // namespace faretto
