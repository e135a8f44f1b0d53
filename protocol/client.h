// Connections to a scheduler. SchedulerClient: one command or query. WorkerConnection: a worker's
// lasting connection, which survives schedulers that restart.
//
//   auto client = SchedulerClient::Open({.dir = "runs/orl-faces"});
//   auto reply = client->Call(StatusRequest(), 5);
//
// A reply {"type":"error"} comes back as an Error of the kind that its "exit" names.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "study/machine.h"

namespace faretto {

// How a scheduler is found: by study folder (scheduler.json is read, again whenever it does not
// answer), or by endpoint and the scheduler's public key file.
struct SchedulerLocation {
  std::filesystem::path dir = {};
  std::string endpoint = {};                   // "tcp://host:port"; used when `dir` is empty
  std::filesystem::path server_key_file = {};  // with `endpoint`
  std::filesystem::path client_key_file = {};  // secret file; empty: DIR/keys/local.secret
};

// For one-off commands and queries. Thread safety: none; one thread uses it.
class SchedulerClient {
 public:
  // kFailed if no scheduler runs in the folder; no message is sent yet.
  static Result<SchedulerClient> Open(const SchedulerLocation& location);
  SchedulerClient(SchedulerClient&&) noexcept;
  SchedulerClient& operator=(SchedulerClient&&) noexcept;
  ~SchedulerClient();

  // Sends the request and waits for its reply; a command that got no reply within `timeout_s` is
  // kFailed, and may or may not have been done.
  Result<Json> Call(Json request, double timeout_s);

 private:
  struct Impl;
  explicit SchedulerClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A worker's connection. An own thread does all of the talking, so that heartbeats go on while the
// caller trains. A numbered request is sent again until the reply with its number comes, from
// whichever scheduler the folder has by then; replies of lower incarnations than the highest seen
// are dropped.
// Thread safety: Request from one thread at a time; everything else from any thread.
class WorkerConnection {
 public:
  // What the scheduler wants of the assignment under way.
  enum class Signal {
    kSuperseded,  // the lease is lost: drop the assignment, report nothing
    kStop,        // the trial was stopped: end it with HandBackRequest
    kDrain,       // the scheduler goes: checkpoint, hand back, say goodbye
  };
  struct Options {
    SchedulerLocation scheduler = {};
    std::string worker = {};    // name, unique in the study: [A-Za-z0-9_.-]+
    std::string instance = {};  // differs for every process that takes the name; empty: made up
    // Requests are numbered from the next one on. A supervisor that speaks for a process that died
    // (same worker, same instance) starts far above what that process can have used.
    std::int64_t first_number = 0;
    double resend_s = 2;     // no reply for this long: look for the scheduler and send again
    double give_up_s = 600;  // no sign of any scheduler for this long: kFailed
  };

  // Starts the thread; the scheduler need not run yet. kInvalid: a bad name or key file.
  static Result<std::unique_ptr<WorkerConnection>> Open(Options options);
  ~WorkerConnection();
  WorkerConnection(const WorkerConnection&) = delete;
  WorkerConnection& operator=(const WorkerConnection&) = delete;

  // Blocks until the reply comes: any "type" but "error" is a value. Errors: kInterrupted after
  // Abort; kFailed when no scheduler was heard for give_up_s, or another version answers.
  Result<Json> Request(Json request);

  // From now on a heartbeat leaves every `period_s` (a third of the lease), carrying the counter's
  // present value; any change of it counts as progress. `on_signal` is called on the connection's
  // thread, once for each kind of signal; it must only set a flag. `progress` must live until
  // ClearHeartbeat or the destructor.
  void SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                    double period_s, std::function<void(Signal)> on_signal);
  // No call of on_signal is under way or follows when this returns.
  void ClearHeartbeat();

  // Ends a waiting Request and all later ones with kInterrupted. Async-signal-safe.
  void Abort();
  // The reverse of Abort: a worker that drains still has to hand back and say goodbye.
  void Resume();

  const std::string& instance() const;
  // A Request failed because no scheduler was heard for give_up_s.
  bool gave_up() const;

 private:
  struct Impl;
  explicit WorkerConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace faretto
