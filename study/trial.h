// A trial: one configuration and all that happened to it; keeps its id through retries and
// promotions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "objectives/pareto/objective.h"
#include "search_spaces/configuration.h"

namespace faretto {

using TrialId = std::int64_t;
using AssignmentId = std::int64_t;

// Origin of trials that were made elsewhere (`faretto import`).
inline constexpr std::string_view kImportedOrigin = "imported";

// waiting -> running -> (paused <-> running)* -> completed | stopped | failed
enum class TrialState { kWaiting, kRunning, kPaused, kCompleted, kStopped, kFailed };
std::string_view TrialStateName(TrialState state);  // "waiting", ...

struct TrialReport {
  std::int64_t resource = 0;
  Metrics values;
  double cost = 0;               // in resource units
  AssignmentId assignment = -1;  // -1: imported
};

// Valid once a `checkpoint` event names it.
struct Checkpoint {
  std::int64_t resource = 0;  // whole epochs
  std::int64_t batch = 0;     // batches into the next one
  std::int64_t fence = 0;
  std::string file;    // <trial>/<epoch>-<batch>-<fence>.ckpt below the domain's checkpoint folder
  std::string domain;  // who can read it
};

struct Failure {
  std::string reason;
  std::string log;  // last lines
};

struct Trial {
  TrialId id = 0;
  Configuration configuration;
  Json params;
  std::string key;               // canonical, see Space::CanonicalKey
  std::string origin;            // "sobol", "random", "default", "nsga2/crossover", "enqueued",
                                 // kImportedOrigin, ...
  std::int64_t suggestion = -1;  // the suggestion that made it; -1: enqueued or imported
  std::int64_t bracket = -1;     // hyperband: which bracket it belongs to
  std::uint64_t seed = 0;
  TrialState state = TrialState::kWaiting;
  std::int64_t target = 0;   // resource it was last sent to
  std::int64_t reached = 0;  // highest target that was closed
  std::vector<TrialReport>
      reports;  // rising resource within an assignment; superseded ones are not here
  std::vector<Checkpoint> checkpoints;  // oldest first; those that are still needed
  std::int64_t attempts = 0;            // failures for what the configuration did
  std::int64_t losses = 0;              // losses without notice since the last new checkpoint
  std::optional<Failure> failure;       // the newest one
  bool stopped_by_end = false;          // paused when the study ended; reopened with it
  AssignmentId assignment = -1;         // the live one
  bool outside = false;  // its newest assignment was ask-tell's: an outside program trains it

  // The newest report at exactly this resource; nullptr if there is none.
  const TrialReport* ReportAt(std::int64_t resource) const;
  // The newest report at the highest resource.
  const TrialReport* HighestReport() const;
  // Where an outside program (ask-tell) goes on: from what it has trained so far, not from results
  // that were made elsewhere.
  std::int64_t OutsidePoint() const;
  // Where its next assignment goes on: at the newest checkpoint, or where the outside program is.
  // A worker that cannot read the checkpoint begins earlier.
  std::int64_t NewestPoint() const;
};

enum class AssignmentKind { kTrain, kRetrain, kBaseline, kEvaluate };
std::string_view AssignmentKindName(AssignmentKind kind);
Result<AssignmentKind> AssignmentKindFromName(std::string_view name);

// A retraining, reference line or evaluation that somebody asked for: done by an assignment, like
// training.
struct Job {
  enum class State { kPending, kRunning, kDone, kFailed };
  std::int64_t id = 0;
  AssignmentKind kind = AssignmentKind::kBaseline;
  TrialId trial = -1;  // retrain, evaluate
  std::string name;    // baseline: "pixels", "random_network", "default"
  std::uint64_t seed = 0;
  std::int64_t resource = 0;  // epochs to train; 0: none
  std::string split;          // split that is evaluated at the end
  State state = State::kPending;
  std::int64_t attempts = 0;  // failures
  std::int64_t losses = 0;    // without notice
  Metrics values;
  std::optional<Failure> failure;
};
std::string_view JobStateName(Job::State state);

// "Train trial 7 from resource 2 to 6", given to one worker under a lease.
struct Assignment {
  AssignmentId id = 0;
  AssignmentKind kind = AssignmentKind::kTrain;
  TrialId trial = -1;  // -1: a baseline
  std::int64_t job = -1;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t fence = 0;  // rises with every assignment; a report counts only under the live one
  std::string worker;
  bool leased = true;         // false: ask-tell, no deadline
  std::int64_t reported = 0;  // highest resource reported under it (from, before the first)
  double started_s = 0;       // live time
};

}  // namespace faretto
