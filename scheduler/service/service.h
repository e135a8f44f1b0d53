// The ZeroMQ shell around the study core: one scheduler process for one study folder. Events are
// durable before the replies that they cause leave; messages that wait together are committed
// together.
//
//   FARETTO_ASSIGN_OR_RETURN(auto service, Service::Start(spec, options, clock));
//   FARETTO_ASSIGN_OR_RETURN(ServiceEnd end, service->Run());
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "protocol/requests.h"
#include "protocol/responses.h"
#include "results/store/store.h"
#include "scheduler/service/progress.h"
#include "study/machine.h"
#include "study/study_spec.h"

namespace faretto {

struct ServiceOptions {
  std::filesystem::path dir;
  // Empty: a socket in the folder, for processes of this machine. "tcp://host:port" (port * = any
  // free one): encrypted, for clients with a key in DIR/keys.
  std::string bind;
  std::vector<std::string> baselines;  // names that the study's trainer can compute
  Json trainer;                        // handed to workers: paths are absolute
  StartInfo start;
  OpenOptions store;
  // Replace a scheduler that answers on this folder (it is told to end) instead of refusing.
  bool takeover = false;
  // Suggest of scheduler/suggest.
  std::function<Suggestion(const StudyView&, std::int64_t suggestion)> suggest;
  // Is a suggestion on this view a matter of milliseconds, so that it may be made between two
  // messages? Others are computed on a thread of their own. Without it every one is.
  std::function<bool(const StudyView&)> suggests_quickly;
  // Called on Run's thread after the state has changed, and once at the start. Must be quick.
  std::function<void(const Progress&)> on_progress;
  // Client requests (EnqueueRequest, RetrainRequest, ...) that are done before anything else: a
  // finished study would end before a client could connect. The first refusal ends the start.
  std::vector<Operation> first_requests;
  // How long the end waits for workers to say goodbye.
  double grace_s = 5;
};

struct ServiceEnd {
  enum class Kind {
    kFinished,     // the study is over; `reason` says why
    kInterrupted,  // RequestStop; can be resumed
  };
  Kind kind = Kind::kFinished;
  std::string reason;
  bool at_once = false;  // interrupted by a second RequestStop: workers were not waited for
};

// Thread safety: Run on one thread; progress() from any; RequestStop also from a signal handler.
class Service {
 public:
  // Takes the folder, opens the store, folds its events, binds the socket, writes scheduler.json:
  // workers may connect once this returns. kFailed: another scheduler has the folder (its host and
  // pid are named), busy port, unwritable folder; kInvalid: another study's folder.
  static Result<std::unique_ptr<Service>> Start(StudySpec spec, ServiceOptions options,
                                                const Clock& clock);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Serves until the study is over or RequestStop. kFailed: the store could not be written (full
  // disk), or a newer scheduler has taken the study over. What was acknowledged is kept, and the
  // folder is free for the next scheduler.
  Result<ServiceEnd> Run();

  // First call: workers are told to drain (checkpoint, hand back); Run returns when no assignment
  // is live. Second call: Run returns at once. Async-signal-safe.
  void RequestStop();

  // Where it listens, as in scheduler.json.
  const std::string& endpoint() const;
  std::int64_t incarnation() const;
  // Run failed because a newer scheduler has the study: its workers are that one's.
  bool superseded() const;
  // Responses to ServiceOptions::first_requests, in their order; known once Start has returned.
  const std::vector<Response>& first_responses() const;
  Progress progress() const;

 private:
  struct Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace faretto
