// Messages between scheduler and workers or clients: one JSON object in one ZeroMQ frame
// (docs/protocol.md has an example of each). Requests are {"v":1,"op":...}; the connection adds who
// asks, the request's number and the highest incarnation seen. Replies are
// {"v":1,"incarnation":N,"number":n,"type":...}.
//
//   Result<Json> reply = connection.Request(ReportRequest(ref, 6, {{"error", 0.1}}, 4));
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "study/machine.h"

namespace faretto {

// Raised with every change that an older program would misread; both sides must agree.
inline constexpr int kProtocolVersion = 1;
// Larger messages are dropped. (Nesting is limited by ParseJson.)
inline constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;

// Requests of workers; they map one to one to Machine's methods. WorkerConnection adds worker,
// instance and number.
Json HelloRequest(const std::string& host, std::int64_t pid, const std::string& domain);
// Work, please. Answered when there is some: until then the request stays parked.
Json NextRequest();
Json HeartbeatRequest(const AssignmentRef& ref, std::int64_t progress);
Json ReportRequest(const AssignmentRef& ref, std::int64_t resource, const Metrics& values,
                   double cost);
// `file` is <trial>/<epoch>-<batch>-<fence>.ckpt below the domain's checkpoint folder; see
// CheckpointFile.
Json CheckpointRequest(const AssignmentRef& ref, std::int64_t resource, std::int64_t batch,
                       const std::string& file, const std::string& domain);
Json CheckpointDamagedRequest(TrialId trial, const std::string& file);
Json CompleteRequest(const AssignmentRef& ref, const Metrics& values);
Json FailRequest(const AssignmentRef& ref, const std::string& reason, const std::string& log);
Json HandBackRequest(const AssignmentRef& ref, const std::string& reason);
Json GoodbyeRequest(const std::string& reason);

// Requests of clients (the command line).
Json PingRequest();    // -> host, pid, study
Json StatusRequest();  // -> the numbers of Progress (scheduler/service/progress.h)
Json EnqueueRequest(const Json& params);
// `trials` in the form of study/import.h.
Json ImportRequest(const Json& trials);
Json RetryRequest(TrialId trial);
Json StopStudyRequest();
Json StopTrialRequest(TrialId trial);
Json RetrainRequest(TrialId trial, std::int64_t seeds, std::int64_t resource,
                    const std::string& split);
// A scheduler that wants the folder tells the one that has it to end.
Json TakeoverRequest(std::int64_t incarnation);

// The name of a checkpoint file below the checkpoint folder; the fence is the assignment's.
std::string CheckpointFile(TrialId trial, std::int64_t resource, std::int64_t batch,
                           std::int64_t fence);
// True for names that CheckpointFile makes: nothing else is ever opened or deleted.
bool IsCheckpointFile(std::string_view name);

// What does not change while a scheduler lives: the reply to hello.
struct Welcome {
  std::string study;
  Json trainer;         // paths are absolute
  Json objectives;      // [{"name":...,"direction":...}, ...]
  double lease_s = 15;  // an assignment without a heartbeat for this long is lost
  std::string domain;   // of the study folder; the worker has it if it can read the same nonce
};
Result<Welcome> ParseWelcome(const Json& reply);

// Reply {"type":"assignment", ...}: all that a worker needs to do it.
struct AssignmentMessage {
  struct FromCheckpoint {
    std::int64_t resource = 0;
    std::int64_t batch = 0;
    std::string file;
    std::string domain;
  };
  AssignmentRef ref;  // assignment and fence
  AssignmentKind kind = AssignmentKind::kTrain;
  TrialId trial = -1;
  std::int64_t job = -1;
  Json params;  // null for baselines without a configuration
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t seed = 0;
  std::int64_t horizon = 1;                  // epochs at which the learning-rate schedule ends
  std::optional<FromCheckpoint> checkpoint;  // continue here; nothing: start at 0
  std::string split;                         // jobs: evaluated at the end
  std::string name;                          // baselines: "pixels", ...
  std::optional<double> stall_s;             // without progress for this long it counts as stalled
};
Result<AssignmentMessage> ParseAssignment(const Json& reply);

}  // namespace faretto
