// What happened: the append-only record that state is the fold of. Encoding: one JSON object an
// event, in docs/store.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "study/trial.h"

namespace faretto {

// Each struct lists its fields once, in Visit; encoding and decoding both follow that list.
#define FARETTO_EVENT(name_text, ...)                  \
  static constexpr std::string_view kName = name_text; \
  template <class Visitor, class Self>                 \
  static void Visit(Visitor& visit, Self& self) {      \
    (void)visit;                                       \
    __VA_ARGS__                                        \
  }
#define FARETTO_FIELD(field) visit(#field, self.field);

struct SchedulerStarted {
  std::int64_t incarnation = 0;
  std::string host;
  std::int64_t pid = 0;
  std::string build;  // version and build type
  std::string
      instruction_set;  // suggestions repeat bit for bit on one build and one instruction set
  Json budget, retry, limits;  // as they stand in the study file from now on
  std::string user;            // who started it
  FARETTO_EVENT("scheduler_started",
                FARETTO_FIELD(incarnation) FARETTO_FIELD(host) FARETTO_FIELD(pid)
                    FARETTO_FIELD(build) FARETTO_FIELD(instruction_set) FARETTO_FIELD(budget)
                        FARETTO_FIELD(retry) FARETTO_FIELD(limits) FARETTO_FIELD(user))
};

struct WorkerJoined {
  std::string worker;
  std::string instance;  // differs for every process that takes the name
  std::string host;
  std::int64_t pid = 0;
  std::string domain;  // checkpoint domain
  FARETTO_EVENT("worker_joined", FARETTO_FIELD(worker) FARETTO_FIELD(instance) FARETTO_FIELD(host)
                                     FARETTO_FIELD(pid) FARETTO_FIELD(domain))
};

struct WorkerLeft {
  std::string worker;
  std::string reason;
  FARETTO_EVENT("worker_left", FARETTO_FIELD(worker) FARETTO_FIELD(reason))
};

struct SuggestionRequested {
  std::int64_t suggestion = 0;
  std::int64_t basis = 0;  // sequence number of the event up to which reports are known
  FARETTO_EVENT("suggestion_requested", FARETTO_FIELD(suggestion) FARETTO_FIELD(basis))
};

// Hyperparameters that a suggestion's surrogate model was fitted to; precedes the suggestion's
// answer. Later fits start from it.
struct ModelFitted {
  std::int64_t suggestion = 0;
  std::int64_t basis = 0;  // of the suggestion
  Json model;
  FARETTO_EVENT("model_fitted", FARETTO_FIELD(suggestion) FARETTO_FIELD(basis) FARETTO_FIELD(model))
};

// Nothing could be proposed: the policy waits for results, the budget does not allow more, or the
// space is used up.
struct SuggestionDeclined {
  std::int64_t suggestion = 0;
  std::string reason;
  bool final = false;  // no later report can change it
  FARETTO_EVENT("suggestion_declined",
                FARETTO_FIELD(suggestion) FARETTO_FIELD(reason) FARETTO_FIELD(final))
};

// The answer came too late: what it asks for has been done or forbidden since its basis (the trial
// was stopped, the configuration enqueued, the study stopped). It counts as answered; the next
// suggestion knows why.
struct SuggestionIgnored {
  std::int64_t suggestion = 0;
  std::string reason;
  Json answer;  // AnswerJson of study/suggestion_events.h
  FARETTO_EVENT("suggestion_ignored",
                FARETTO_FIELD(suggestion) FARETTO_FIELD(reason) FARETTO_FIELD(answer))
};

struct TrialCreated {
  TrialId trial = 0;
  std::int64_t suggestion = -1;
  Json params;
  std::string origin;
  std::int64_t resource = 0;
  std::int64_t bracket = -1;
  std::uint64_t seed = 0;
  Json diagnostics;
  FARETTO_EVENT("trial_created",
                FARETTO_FIELD(trial) FARETTO_FIELD(suggestion) FARETTO_FIELD(params)
                    FARETTO_FIELD(origin) FARETTO_FIELD(resource) FARETTO_FIELD(bracket)
                        FARETTO_FIELD(seed) FARETTO_FIELD(diagnostics))
};

struct TrialPromoted {
  TrialId trial = 0;
  std::int64_t suggestion = -1;
  std::int64_t resource = 0;
  Json diagnostics;
  FARETTO_EVENT("trial_promoted", FARETTO_FIELD(trial) FARETTO_FIELD(suggestion)
                                      FARETTO_FIELD(resource) FARETTO_FIELD(diagnostics))
};

struct Assigned {
  AssignmentId assignment = 0;
  AssignmentKind kind = AssignmentKind::kTrain;
  TrialId trial = -1;
  std::int64_t job = -1;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t fence = 0;
  std::string worker;
  bool leased = true;
  FARETTO_EVENT("assigned",
                FARETTO_FIELD(assignment) FARETTO_FIELD(kind) FARETTO_FIELD(trial)
                    FARETTO_FIELD(job) FARETTO_FIELD(from) FARETTO_FIELD(to) FARETTO_FIELD(fence)
                        FARETTO_FIELD(worker) FARETTO_FIELD(leased))
};

struct Reported {
  AssignmentId assignment = 0;
  TrialId trial = -1;
  std::int64_t resource = 0;
  Metrics values;
  double cost = 0;
  bool superseded = false;  // came after its lease ended: kept for the record only
  FARETTO_EVENT("reported", FARETTO_FIELD(assignment) FARETTO_FIELD(trial) FARETTO_FIELD(resource)
                                FARETTO_FIELD(values) FARETTO_FIELD(cost) FARETTO_FIELD(superseded))
};

struct CheckpointSaved {
  AssignmentId assignment = 0;
  TrialId trial = -1;
  std::int64_t resource = 0;
  std::int64_t batch = 0;
  std::int64_t fence = 0;
  std::string file;
  std::string domain;
  FARETTO_EVENT("checkpoint", FARETTO_FIELD(assignment) FARETTO_FIELD(trial) FARETTO_FIELD(resource)
                                  FARETTO_FIELD(batch) FARETTO_FIELD(fence) FARETTO_FIELD(file)
                                      FARETTO_FIELD(domain))
};

// Named by a worker that could not read it: the one before is used.
struct CheckpointDamaged {
  TrialId trial = -1;
  std::string file;
  FARETTO_EVENT("checkpoint_damaged", FARETTO_FIELD(trial) FARETTO_FIELD(file))
};

struct AssignmentCompleted {
  AssignmentId assignment = 0;
  Metrics values;  // jobs: metrics on the job's split
  FARETTO_EVENT("assignment_completed", FARETTO_FIELD(assignment) FARETTO_FIELD(values))
};

// The configuration's doing: crash, out of memory, NaN, collapsed, stalled.
struct AssignmentFailed {
  AssignmentId assignment = 0;
  std::string reason;
  std::string log;
  bool final = false;  // not tried again
  FARETTO_EVENT("assignment_failed", FARETTO_FIELD(assignment) FARETTO_FIELD(reason)
                                         FARETTO_FIELD(log) FARETTO_FIELD(final))
};

// Handed back with notice (drain, walltime, requeue): free.
struct AssignmentReturned {
  AssignmentId assignment = 0;
  std::string reason;
  FARETTO_EVENT("assignment_returned", FARETTO_FIELD(assignment) FARETTO_FIELD(reason))
};

// Lost without notice.
struct LeaseExpired {
  AssignmentId assignment = 0;
  std::string reason;
  bool final = false;  // lost too often: the trial fails
  FARETTO_EVENT("lease_expired",
                FARETTO_FIELD(assignment) FARETTO_FIELD(reason) FARETTO_FIELD(final))
};

// A result that was made elsewhere; follows the trial_created of its trial (origin "imported").
// Rising resource; one with `failure` has no values and is the trial's last.
struct ResultImported {
  TrialId trial = 0;
  std::int64_t resource = 0;
  Metrics values;
  double cost = 0;
  std::string failure;
  FARETTO_EVENT("result_imported",
                FARETTO_FIELD(trial) FARETTO_FIELD(resource) FARETTO_FIELD(values)
                    FARETTO_FIELD(cost) FARETTO_FIELD(failure))
};

struct TrialStopped {
  TrialId trial = 0;
  FARETTO_EVENT("trial_stopped", FARETTO_FIELD(trial))
};

struct TrialRetried {
  TrialId trial = 0;
  FARETTO_EVENT("trial_retried", FARETTO_FIELD(trial))
};

struct JobRequested {
  std::int64_t job = 0;
  AssignmentKind kind = AssignmentKind::kBaseline;
  TrialId trial = -1;
  std::string name;
  std::uint64_t seed = 0;
  std::int64_t resource = 0;
  std::string split;
  FARETTO_EVENT("job_requested",
                FARETTO_FIELD(job) FARETTO_FIELD(kind) FARETTO_FIELD(trial) FARETTO_FIELD(name)
                    FARETTO_FIELD(seed) FARETTO_FIELD(resource) FARETTO_FIELD(split))
};

struct ReferencePointSet {
  Json values;  // one number an objective, to be minimised (maximised ones negated)
  FARETTO_EVENT("reference_point_set", FARETTO_FIELD(values))
};

struct StopRequested {
  FARETTO_EVENT("stop_requested", (void)self;)
};

struct StudyFinished {
  std::string reason;
  FARETTO_EVENT("study_finished", FARETTO_FIELD(reason))
};

struct StudyReopened {
  FARETTO_EVENT("study_reopened", (void)self;)
};

using EventBody =
    std::variant<SchedulerStarted, WorkerJoined, WorkerLeft, SuggestionRequested,
                 SuggestionDeclined, TrialCreated, TrialPromoted, Assigned, Reported,
                 CheckpointSaved, CheckpointDamaged, AssignmentCompleted, AssignmentFailed,
                 AssignmentReturned, LeaseExpired, TrialStopped, TrialRetried, JobRequested,
                 ReferencePointSet, StopRequested, StudyFinished, StudyReopened, ResultImported,
                 ModelFitted, SuggestionIgnored>;

// The request that made an event, kept so that a repeat gets the stored reply.
struct RequestRecord {
  std::string client;
  std::int64_t number = 0;
  Json reply;
};

struct Event {
  std::int64_t sequence = 0;  // 1, 2, ...
  double live_s = 0;          // live time of the scheduler, summed over resumes; never falls
  double unix_s = 0;          // for people
  EventBody body;
  std::optional<RequestRecord> request;
};

std::string_view EventName(const EventBody& body);
// {"type": "assigned", ...fields...}; sequence, times and request stand in columns of their own.
Json EncodeEventBody(const EventBody& body);
Result<EventBody> DecodeEventBody(const Json& json);

}  // namespace faretto
