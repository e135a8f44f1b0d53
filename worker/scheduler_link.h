// What the worker needs of its connection to a scheduler: WorkerConnection (protocol/client.h), or
// a scripted one in tests. Thread safety: as WorkerConnection.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/json.h"
#include "base/result.h"
#include "protocol/client.h"

namespace faretto {

class SchedulerLink {
 public:
  virtual ~SchedulerLink() = default;
  virtual Result<Json> Request(Json request) = 0;
  virtual void SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                            double period_s,
                            std::function<void(WorkerConnection::Signal)> on_signal) = 0;
  virtual void ClearHeartbeat() = 0;
  // Ends a waiting Request, and all that follow until Resume, with kInterrupted.
  virtual void Abort() = 0;
  virtual void Resume() = 0;
};

class ConnectionLink final : public SchedulerLink {
 public:
  explicit ConnectionLink(WorkerConnection& connection) : connection_(connection) {}
  Result<Json> Request(Json request) override { return connection_.Request(std::move(request)); }
  void SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                    double period_s,
                    std::function<void(WorkerConnection::Signal)> on_signal) override {
    connection_.SetHeartbeat(ref, progress, period_s, std::move(on_signal));
  }
  void ClearHeartbeat() override { connection_.ClearHeartbeat(); }
  void Abort() override { connection_.Abort(); }
  void Resume() override { connection_.Resume(); }

 private:
  WorkerConnection& connection_;
};

}  // namespace faretto
