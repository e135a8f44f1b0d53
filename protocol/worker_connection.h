// A worker's connection to a scheduler.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "protocol/requests.h"
#include "protocol/responses.h"
#include "protocol/scheduler_location.h"

namespace faretto {

// Thread safety: Request from one thread at a time; everything else from any thread.
class WorkerConnection {
 public:
  // What the scheduler wants of the assignment under way.
  enum class Signal {
    kSuperseded,  // the lease is lost: drop the assignment, report nothing
    kDrain,       // the scheduler goes: checkpoint, hand back, say goodbye
  };
  virtual ~WorkerConnection() = default;

  // Blocks until the response comes, which may be Draining. Errors: what the scheduler refused;
  // kInterrupted after Abort; kFailed when no scheduler was heard for too long, or another version
  // answers.
  virtual Result<Response> Request(const Operation& operation) = 0;

  // From now on a heartbeat leaves every `period_s` (a third of the lease), carrying the counter's
  // present value; any change of it counts as progress. `on_signal` is called on the connection's
  // thread, once for each kind of signal; it must only set a flag. `progress` must live until
  // ClearHeartbeat or the destructor.
  virtual void SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                            double period_s, std::function<void(Signal)> on_signal) = 0;
  // No call of on_signal is under way or follows when this returns.
  virtual void ClearHeartbeat() = 0;

  // Ends a waiting Request and all later ones with kInterrupted. Async-signal-safe.
  virtual void Abort() = 0;
  // The reverse of Abort: a worker that drains still has to hand back and say goodbye.
  virtual void Resume() = 0;

  // A Request failed because no scheduler was heard for too long.
  virtual bool gave_up() const = 0;
};

struct WorkerConnectionOptions {
  SchedulerLocation scheduler = {};
  std::string worker = {};    // name, unique in the study: [A-Za-z0-9_.-]+
  std::string instance = {};  // differs for every process that takes the name; empty: made up
  // Requests are numbered from the next one on. A supervisor that speaks for a process that died
  // (same worker, same instance) starts far above what that process can have used.
  std::int64_t first_number = 0;
  double resend_s = 2;     // no response for this long: look for the scheduler and send again
  double give_up_s = 600;  // no sign of any scheduler for this long: kFailed
};

// An own thread does all of the talking, so that heartbeats go on while the caller trains. A
// numbered request is sent again until the response with its number comes, from whichever scheduler
// the folder has by then; responses of lower incarnations than the highest seen are dropped. The
// scheduler need not run yet. kInvalid: a bad name or key file.
Result<std::unique_ptr<WorkerConnection>> OpenWorkerConnection(WorkerConnectionOptions options);

}  // namespace faretto
