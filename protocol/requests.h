// The requests of workers and clients, a struct each (docs/protocol.md has an example of each).
//
//   connection.Request(ReportRequest{work.ref, 6, {{"error", 0.1}}, 4});
//
// A new request is a struct here, its line in Operation, its encoding and decoding in requests.cpp,
// and a line in the dispatcher (scheduler/service/dispatch.cpp). Thread safety: plain values, pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "study/reply.h"

namespace faretto {

// Of workers; they map one to one to Machine's methods.
struct HelloRequest {
  static constexpr std::string_view kOp = "hello";
  std::string host;
  std::int64_t pid = 0;
  std::string domain;  // of its checkpoints
};
// Work, please. Answered when there is some: until then the request stays parked.
struct NextRequest {
  static constexpr std::string_view kOp = "next";
};
struct HeartbeatRequest {
  static constexpr std::string_view kOp = "heartbeat";
  AssignmentRef ref;
  std::int64_t progress = 0;  // any counter that changes with progress
};
struct ReportRequest {
  static constexpr std::string_view kOp = "report";
  AssignmentRef ref;
  std::int64_t resource = 0;
  Metrics values;
  double cost = 0;
};
struct CheckpointRequest {
  static constexpr std::string_view kOp = "checkpoint";
  AssignmentRef ref;
  std::int64_t resource = 0;
  std::int64_t batch = 0;
  std::string file;  // CheckpointFile
  std::string domain;
};
struct CheckpointDamagedRequest {
  static constexpr std::string_view kOp = "checkpoint_damaged";
  TrialId trial = 0;
  std::string file;
};
struct CompleteRequest {
  static constexpr std::string_view kOp = "complete";
  AssignmentRef ref;
  Metrics values;
};
struct FailRequest {
  static constexpr std::string_view kOp = "fail";
  AssignmentRef ref;
  std::string reason;
  std::string log;  // its last 64 KiB are kept
};
struct HandBackRequest {
  static constexpr std::string_view kOp = "hand_back";
  AssignmentRef ref;
  std::string reason;
};
struct GoodbyeRequest {
  static constexpr std::string_view kOp = "goodbye";
  std::string reason;
};

// Of clients (the command line).
struct PingRequest {
  static constexpr std::string_view kOp = "ping";
};
struct StatusRequest {
  static constexpr std::string_view kOp = "status";
};
// Which workers were heard of, and when: the record does not know.
struct WorkersRequest {
  static constexpr std::string_view kOp = "workers";
};
struct EnqueueRequest {
  static constexpr std::string_view kOp = "enqueue";
  Json params;
};
struct ImportRequest {
  static constexpr std::string_view kOp = "import";
  Json trials;  // in the form of study/import.h
};
struct RetryRequest {
  static constexpr std::string_view kOp = "retry";
  TrialId trial = 0;
};
struct StopRequest {
  static constexpr std::string_view kOp = "stop";
  std::optional<TrialId> trial;  // nothing: the study
};
struct RetrainRequest {
  static constexpr std::string_view kOp = "retrain";
  TrialId trial = 0;
  std::int64_t seeds = 1;
  std::int64_t resource = 0;
  std::string split;
};
// A scheduler that wants the folder tells the one that has it to end.
struct TakeoverRequest {
  static constexpr std::string_view kOp = "takeover";
  std::int64_t incarnation = 0;
};

using Operation =
    std::variant<HelloRequest, NextRequest, HeartbeatRequest, ReportRequest, CheckpointRequest,
                 CheckpointDamagedRequest, CompleteRequest, FailRequest, HandBackRequest,
                 GoodbyeRequest, PingRequest, StatusRequest, WorkersRequest, EnqueueRequest,
                 ImportRequest, RetryRequest, StopRequest, RetrainRequest, TakeoverRequest>;

// Is there an operation of this name?
bool IsOperation(std::string_view op);
std::string_view OperationName(const Operation& operation);
// Does a worker ask, or a client?
bool IsOfWorker(std::string_view op);
// What makes an event carries a number, which makes it count once; heartbeats and queries carry
// none.
bool IsNumbered(std::string_view op);

// {"op":...} and the fields of the operation; who asks is the connection's business.
Json EncodeOperation(const Operation& operation);
// Its inverse. kInvalid, naming the field: one that is missing, has the wrong type or is out of
// range. Text beyond its limit is cut.
Result<Operation> DecodeOperation(std::string_view op, const Json& body);

// The name of a checkpoint file below the checkpoint folder: <trial>/<epoch>-<batch>-<fence>.ckpt;
// the fence is the assignment's.
std::string CheckpointFile(TrialId trial, std::int64_t resource, std::int64_t batch,
                           std::int64_t fence);
// True for names that CheckpointFile makes: nothing else is ever opened or deleted.
bool IsCheckpointFile(std::string_view name);

}  // namespace faretto
