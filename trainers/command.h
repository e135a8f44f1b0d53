// Trainer `command`: any program trains (docs/trainers.md).
//
//   {"type":"command","command":["python3","train.py"],"metrics":["error"],"env":{"A":"b"}}
//
// The program is started once for each stretch of training, in the study file's folder
// ("working_directory", put in when paths are resolved; a relative path of the program is meant
// from there), with
//
//   FARETTO_TRIAL, FARETTO_SEED    the trial's number, and the seed of all its random draws
//   FARETTO_RESOURCE               train up to here ...
//   FARETTO_PREVIOUS_RESOURCE      ... from here, with what the checkpoint folder holds; 0: anew
//   FARETTO_CHECKPOINT_DIR         its own folder, kept with the trial
//   FARETTO_RESULTS_FD             write one line of JSON here after each epoch:
//                                  {"resource":2,"error":0.1}, optional "cost", null = not known
//   FARETTO_PARAMS_FILE            JSON: trial, seed, params, resource, previous_resource, horizon,
//                                  splits, checkpoint_folder
//
// Its values are those of the validation split, at FARETTO_RESOURCE at the latest. Reports at or
// below FARETTO_PREVIOUS_RESOURCE are ignored, so that an epoch may be repeated. The program can be
// stopped (SIGTERM, 10 s, then SIGKILL) and the checkpoint folder copied at any time: report an
// epoch first, then write its checkpoint under another name and rename it. See folder_archive.h for
// what is kept. Whatever it leaves running in its process group is killed when it ends.
//
// Thread safety: none.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "trainers/trainer.h"

namespace faretto {

// kInvalid, with the path in the trainer object, for options that cannot be used.
Result<std::unique_ptr<Trainer>> MakeCommand(const Json& trainer);

// Whether the program is there.
Status CheckCommandData(const Json& trainer);

}  // namespace faretto
