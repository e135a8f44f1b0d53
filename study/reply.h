// What the core answers to a request, as types. The record keeps the newest reply of each client,
// and messages carry them, in the JSON form of docs/protocol.md.
//
//   if (const auto* work = std::get_if<WorkAssigned>(&reply)) Train(*work);
//
// Thread safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "study/trial.h"

namespace faretto {

// A worker's word on its assignment: valid only while `fence` is the live one.
struct AssignmentRef {
  AssignmentId assignment = 0;
  std::int64_t fence = 0;
};

// Done; there is nothing to say about it.
struct Accepted {};

// The checkpoint is kept. `unneeded`: files of the same domain that nothing needs any more.
struct CheckpointKept {
  std::vector<std::string> unneeded;
};

struct TrialEnqueued {
  TrialId trial = 0;
};

struct TrialsImported {
  std::int64_t imported = 0;
  std::int64_t known = 0;  // configurations that the study had already
};

struct JobsRequested {
  std::vector<std::int64_t> jobs;
};

// All that a worker needs to do an assignment. An outside program (ask-tell) is told `ref`, `kind`,
// `trial`, `from` and `to` only: it sees the state.
struct WorkAssigned {
  AssignmentRef ref;
  AssignmentKind kind = AssignmentKind::kTrain;
  TrialId trial = -1;     // -1: a baseline
  std::int64_t job = -1;  // -1: training
  Json params = nullptr;  // null for baselines without a configuration
  std::int64_t from = 0;  // resource
  std::int64_t to = 0;    // resource
  std::uint64_t seed = 0;
  std::int64_t horizon = 1;              // epochs at which the learning-rate schedule ends
  std::optional<Checkpoint> checkpoint;  // continue here; nothing: start at 0
  std::string name;                      // baselines: "pixels", ...
  std::string split;                     // jobs: evaluated at the end
};

// The study is over: there will be no more work.
struct StudyOver {
  std::string reason;
};

// The lease is lost, or another process has the worker's name: drop the assignment.
struct Superseded {};

// An Error: the request was refused, and nothing has changed.
using Reply = std::variant<Accepted, CheckpointKept, TrialEnqueued, TrialsImported, JobsRequested,
                           WorkAssigned, StudyOver, Superseded, Error>;

// {"type": "ok" | "assignment" | "finished" | "superseded" | "error", ...}
Json ReplyJson(const Reply& reply);
// Its inverse. kFailed: the JSON is no such reply. Fields that this version does not know are
// skipped, so that replies that an earlier version has stored can be read.
Result<Reply> ParseReply(const Json& json);

}  // namespace faretto
