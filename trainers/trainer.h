// What the worker drives: one training method behind one small interface. A new trainer is one file
// pair and one line in trainers/registry.cpp.
//
// Life: Prepare -> (Load) -> Run ... Run -> Evaluate / Save / Export. One object serves one
// assignment. Thread safety: none; one thread uses it. Callbacks come on that thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"

namespace faretto {

// The processes that train one trial together. `rank` 0 talks to the scheduler.
struct TrainingGroup {
  int rank = 0;
  int size = 1;
};

struct TrialSetup {
  std::int64_t trial = 0;
  Json params;               // active parameters by name, JSON types of the study file
  std::uint64_t seed = 0;    // every random draw derives from it
  std::int64_t horizon = 1;  // resource (epochs) at which the learning-rate schedule ends
  std::vector<std::string>
      splits;  // the splits to open: {"train", "validation"} or with "test"; no other is touched
  std::filesystem::path folder;  // scratch folder of this assignment, exists
  TrainingGroup group;
};

// What a trainer tells while it runs.
struct RunCallbacks {
  // A sign of life (one batch done, a line of output).
  std::function<void()> on_progress;
  // Metrics at a resource, rising. Called at a batch boundary, so that Save is valid inside it.
  // `metrics` holds finite numbers only; `cost` is what this step cost in resource units (1 an
  // epoch, or simulated seconds).
  std::function<void(std::int64_t resource, const Metrics& metrics, double cost)> on_report;
  // Asked at every batch boundary; true: return kStopped at once.
  std::function<bool()> should_stop;
};

struct RunEnd {
  enum class Kind { kReached, kStopped, kFailed };
  Kind kind = Kind::kReached;
  std::int64_t resource = 0;  // whole epochs trained
  std::int64_t batch = 0;     // batches into the next epoch (kStopped)
  std::string reason;  // kFailed: "nan", "collapsed", "out of memory", "exit status 3", ...: what
                       // the trial did
  std::string log;     // kFailed: the last lines of output, of a trainer that runs a program
};

class Trainer {
 public:
  virtual ~Trainer() = default;

  // Opens the splits, builds everything at resource 0. Errors are data set or study file errors
  // (kInvalid).
  virtual Status Prepare(const TrialSetup& setup) = 0;
  // Trains from where the state is (0, or the loaded checkpoint) up to resource `to`.
  virtual Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) = 0;
  // Can a Run be stopped and continued at no cost? Then the worker saves checkpoints within epochs
  // too.
  virtual bool stops_cheaply() const { return true; }
  // Metrics of the present state on an opened split.
  virtual Result<Metrics> Evaluate(const std::string& split) = 0;
  // The resource that a Save would keep now, after a report at `reported` or a stop there. It is
  // lower where an outside program writes the state, which may lag behind its reports; 0: there is
  // nothing to save.
  virtual std::int64_t SavePoint(std::int64_t reported) { return reported; }
  // The whole state: model, optimizer, schedule position, random state, data order. Load after Save
  // in another process continues bit for bit on one thread of one machine.
  virtual Status Save(const std::filesystem::path& file) = 0;
  virtual Status Load(const std::filesystem::path& file) = 0;
  // Leaves model.safetensors and config.json in the folder.
  virtual Status Export(const std::filesystem::path& folder) = 0;
  // Computes a reference line ("pixels", "random_network"; named in the trainer's description) on
  // `split`. Needs Prepare; afterwards the trainer cannot be used for anything else.
  virtual Result<Metrics> Baseline(const std::string& name, const std::string& split) = 0;
};

// `trainer` is the study file's "trainer" object with all paths absolute. The registry is the only
// list of trainers.
Result<std::unique_ptr<Trainer>> MakeTrainer(const Json& trainer);

// Reads the splits that a search opens (train, validation) in full, images included, and says what
// is wrong with them.
Status CheckTrainerData(const Json& trainer);

}  // namespace faretto
