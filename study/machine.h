// The deterministic core: commands and the time come in, events come out; state is the fold of the
// events. No clock, socket, disk, thread or searcher in here. Four shells drive it: the ZeroMQ
// service, the simulator, ask-tell, replay.
//
//   Outcome outcome = DriveSuggestions(machine, machine.RequestWork({"w0", 7}, ...), suggest, now);
//   store.Append(outcome.events);                              // durable before the reply leaves
//   if (const auto* work = outcome.As<WorkAssigned>()) ...
//
// `now` is the live time in seconds (monotonic, continued over restarts: Start says from where).
// Events are applied before they are returned; a shell that cannot store them must end. Thread
// safety: none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "study/basis_state.h"
#include "study/event.h"
#include "study/reply.h"
#include "study/state.h"
#include "study/suggestion.h"

namespace faretto {

// Who asks, and the number that the client chose for this request (rising by client). A repeat gets
// the stored reply.
struct Request {
  std::string client;
  std::int64_t number = 0;
};

// Nothing to give now: ask again when the state has changed.
struct Parked {};
// Call Suggest on BasisView, then AnswerSuggestion; DriveSuggestions (study/suggestion_driver.h)
// does.
struct NeedsSuggestion {};

// What a step made: events to store, and what to tell who asked. std::monostate: nobody asked.
struct Outcome {
  std::vector<Event> events;
  std::variant<std::monostate, Reply, Parked, NeedsSuggestion> answer;

  bool parked() const { return std::holds_alternative<Parked>(answer); }
  bool needs_suggestion() const { return std::holds_alternative<NeedsSuggestion>(answer); }
  // The reply if there is one, and it is a T.
  template <class T>
  const T* As() const {
    const Reply* reply = std::get_if<Reply>(&answer);
    return reply ? std::get_if<T>(reply) : nullptr;
  }
};

struct StartInfo {
  std::string host;
  std::int64_t pid = 0;
  std::string build;
  std::string instruction_set;
  std::string user;
};

struct WorkerHello {
  std::string worker;
  std::string instance;
  std::string host;
  std::int64_t pid = 0;
  std::string domain;
};

class Machine {
 public:
  // How long a lease lives without a heartbeat, of which workers send one every third of it: two
  // may get lost. A convention: short enough to find a dead worker soon, long enough for a network
  // that hangs.
  static constexpr double kLeaseS = 15;

  explicit Machine(StudySpec spec);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const StudySpec& spec() const { return spec_; }
  const StudyState& state() const { return state_; }
  StudyView view() const { return {spec_, state_}; }

  // Keeps what BasisView needs for a shell that computes suggestions beside the machine's steps;
  // before Replay and Start.
  void KeepBasis() { keep_basis_ = true; }
  // Takes over the state of a record; before Start only, and instead of Replay. False, and nothing
  // is done, where what a suggestion knows lies in the past: with lookahead, or while one is open.
  // Then the record has to be replayed.
  bool Resume(const StudyState& state);
  // Folds a stored event; before Start only.
  Status Replay(const Event& event);

  // A scheduler start: next incarnation, budget, retry and limits as they stand in the file now,
  // baselines requested once (names from the trainer's description), every live deadline restarted,
  // a finished study reopened when its budget has grown.
  Outcome Start(const StartInfo& info, const std::vector<std::string>& baselines, double now);

  // A worker that introduces itself. The same name with another instance: the process before it is
  // gone, its assignments are lost at once.
  Outcome Hello(const Request& request, const WorkerHello& hello, double now);
  Outcome Goodbye(const Request& request, const std::string& worker, const std::string& reason,
                  double now);

  // Next assignment: pending jobs, waiting trials, then a suggestion. WorkAssigned, StudyOver, or
  // parked. `leased` false: ask-tell.
  Outcome RequestWork(const Request& request, const std::string& worker, bool leased, double now);
  // What the open suggestion knows: the view that Suggest is called on. The same as view() only
  // without lookahead and as long as nothing has happened since the request. With KeepBasis it may
  // be read on another thread while the machine goes on, until the next call of BasisView or
  // BasisAhead, or the answer.
  StudyView BasisView();
  // What suggestion `requested.suggestion`, one of the next, will know if those before it are
  // answered as expected (FutureBasis of the state says its basis). KeepBasis only.
  StudyView BasisAhead(const SuggestionRequested& requested, std::span<const EventBody> expected);
  // Identifies what is known at once (BasisState::fingerprint). KeepBasis only.
  std::uint64_t basis_fingerprint() const { return basis_->fingerprint(); }

  // The answer will take its time: the request that opened the suggestion is parked like others,
  // and the trial that the answer makes waits for whoever asks next.
  void DeferAnswer() { open_request_.reset(); }
  // Answer to the open suggestion. Needs another suggestion when this one came to nothing and more
  // is known by now. Parked: the request is parked, or was (DeferAnswer); ask for the parked ones
  // again.
  Outcome AnswerSuggestion(const Suggestion& suggestion, double now);

  // Extends the lease; no event. `progress` is any counter that changes with progress. False: the
  // lease is lost, because it ran out, the trial was stopped, or another worker has it.
  bool Heartbeat(const AssignmentRef& ref, std::int64_t progress, double now);
  // Metrics at a resource. Accepted or Superseded; kInvalid where a value is not finite.
  Outcome Report(const Request& request, const AssignmentRef& ref, std::int64_t resource,
                 const Metrics& values, double cost, double now);
  // CheckpointKept or Superseded.
  Outcome SaveCheckpoint(const Request& request, const AssignmentRef& ref, std::int64_t resource,
                         std::int64_t batch, const std::string& file, const std::string& domain,
                         double now);
  Outcome DamagedCheckpoint(const Request& request, TrialId trial, const std::string& file,
                            double now);
  // The target is reached (train: a report at it must stand), or the job is done with these values
  // on its split.
  Outcome Complete(const Request& request, const AssignmentRef& ref, const Metrics& values,
                   double now);
  Outcome Fail(const Request& request, const AssignmentRef& ref, const std::string& reason,
               const std::string& log, double now);
  Outcome HandBack(const Request& request, const AssignmentRef& ref, const std::string& reason,
                   double now);

  // Ask-tell's closing tell: report and completion as one step. And its final failure.
  Outcome Tell(TrialId trial, std::int64_t resource, const Metrics& values, double cost,
               double now);
  Outcome TellFailure(TrialId trial, const std::string& reason, double now);

  // People's commands: TrialEnqueued, TrialsImported, JobsRequested, Accepted. A refusal is an
  // Error without events.
  Outcome Enqueue(const Request& request, const Json& params, double now);
  // Results made elsewhere, in the form of study/import.h: all of them or none. Configurations that
  // the study has already are left as they are.
  Outcome Import(const Request& request, const Json& trials, double now);
  Outcome Retry(const Request& request, TrialId trial, double now);
  Outcome StopTrial(const Request& request, TrialId trial, double now);
  Outcome StopStudy(const Request& request, double now);
  Outcome Retrain(const Request& request, TrialId trial, std::int64_t seeds, std::int64_t resource,
                  const std::string& split, double now);

  // What the clock does: leases that ran out, stalls, limits, wall clock, the end of the study.
  Outcome Tick(double now);

  // Earliest time at which Tick could do something; infinity if none.
  double NextDeadline() const;

 private:
  friend class MachineStep;  // study/machine_step.h
  struct Lease {
    double deadline = 0;
    double last_progress_s = 0;
    std::int64_t progress = -1;
  };
  // The work request that waits for the open suggestion.
  struct OpenRequest {
    Request request;
    std::string worker;
    bool leased = true;
  };

  StudySpec spec_;
  StudyState state_;
  std::map<AssignmentId, Lease> leases_;  // soft: restarted by Start
  std::optional<OpenRequest> open_request_;
  bool answer_awaited_ = false;  // a shell was told that the open suggestion needs an answer
  bool keep_basis_ = false;
  std::unique_ptr<BasisState> basis_;  // while BasisView is not simply view()
};

}  // namespace faretto
