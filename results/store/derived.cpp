#include "results/store/derived.h"

#include <utility>

namespace faretto {
namespace {

// -1 stands for "none" in events and for NULL in tables.
std::optional<std::int64_t> OrNull(std::int64_t id) {
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<std::string_view> Reason(const std::optional<Failure>& failure) {
  return failure ? std::optional<std::string_view>(failure->reason) : std::nullopt;
}

std::optional<std::string_view> Log(const std::optional<Failure>& failure) {
  return failure ? std::optional<std::string_view>(failure->log) : std::nullopt;
}

std::int64_t Flag(bool value) { return value ? 1 : 0; }

// Numbers stay numbers, text is text without quotes, anything else is JSON.
void BindJson(Statement& statement, int index, const Json& value) {
  if (value.is_number_integer()) {
    statement.Bind(index, value.get<std::int64_t>());
  } else if (value.is_number()) {
    statement.Bind(index, value.get<double>());
  } else {
    statement.Bind(index, value.is_string() ? value.get<std::string>() : DumpJson(value));
  }
}

// The assignment that an event speaks of; -1 if none.
struct AssignmentOf {
  AssignmentId operator()(const AssignmentCompleted& e) const { return e.assignment; }
  AssignmentId operator()(const AssignmentFailed& e) const { return e.assignment; }
  AssignmentId operator()(const AssignmentReturned& e) const { return e.assignment; }
  AssignmentId operator()(const LeaseExpired& e) const { return e.assignment; }
  template <class Other>
  AssignmentId operator()(const Other&) const {
    return -1;
  }
};

}  // namespace

// Writes what one event changed.
struct DerivedTables::Writer {
  DerivedTables& tables;
  const Event& event;
  const StudyState& state;

  Status UpdateTrial(const Trial& trial) {
    return tables.update_trial_.Bind(1, TrialStateName(trial.state))
        .Bind(2, trial.target)
        .Bind(3, trial.reached)
        .Bind(4, trial.attempts)
        .Bind(5, trial.losses)
        .Bind(6, Reason(trial.failure))
        .Bind(7, Log(trial.failure))
        .Bind(8, trial.id)
        .Run();
  }

  Status UpdateTrial(TrialId id) {
    const Trial* trial = state.FindTrial(id);
    return trial ? UpdateTrial(*trial) : Ok{};
  }

  Status UpdateAllTrials() {
    for (const Trial& trial : state.trials()) FARETTO_RETURN_IF_ERROR(UpdateTrial(trial));
    return Ok{};
  }

  Status UpdateJob(std::int64_t id) {
    if (id < 0 || id >= static_cast<std::int64_t>(state.jobs().size())) return Ok{};
    const Job& job = state.jobs()[static_cast<std::size_t>(id)];
    return tables.update_job_.Bind(1, JobStateName(job.state))
        .Bind(2, job.attempts)
        .Bind(3, Reason(job.failure))
        .Bind(4, Log(job.failure))
        .Bind(5, job.id)
        .Run();
  }

  Status EndAssignment(AssignmentId id, std::string_view how, std::string_view reason,
                       std::string_view log) {
    return tables.end_assignment_.Bind(1, how)
        .Bind(2, reason)
        .Bind(3, log)
        .Bind(4, event.live_s)
        .Bind(5, event.unix_s)
        .Bind(6, id)
        .Run();
  }

  Status End(AssignmentId id, std::string_view how, std::string_view reason = "",
             std::string_view log = "") {
    FARETTO_RETURN_IF_ERROR(EndAssignment(id, how, reason, log));
    if (!tables.assignment_) return Ok{};
    FARETTO_RETURN_IF_ERROR(UpdateTrial(tables.assignment_->trial));
    return UpdateJob(tables.assignment_->job);
  }

  Status operator()(const TrialCreated& e) {
    const Trial& trial = *state.FindTrial(e.trial);
    FARETTO_RETURN_IF_ERROR(tables.insert_trial_.Bind(1, e.trial)
                                .Bind(2, TrialStateName(trial.state))
                                .Bind(3, DumpJson(e.params))
                                .Bind(4, e.origin)
                                .Bind(5, OrNull(e.suggestion))
                                .Bind(6, OrNull(e.bracket))
                                .Bind(7, std::to_string(e.seed))
                                .Bind(8, trial.target)
                                .Bind(9, e.diagnostics.is_null()
                                             ? std::nullopt
                                             : std::optional<std::string>(DumpJson(e.diagnostics)))
                                .Bind(10, event.unix_s)
                                .Run());
    for (const auto& [name, value] : e.params.items()) {
      tables.insert_param_.Bind(1, e.trial).Bind(2, name);
      BindJson(tables.insert_param_, 3, value);
      FARETTO_RETURN_IF_ERROR(tables.insert_param_.Run());
    }
    return Ok{};
  }

  Status operator()(const TrialPromoted& e) { return UpdateTrial(e.trial); }
  Status operator()(const TrialRetried& e) { return UpdateTrial(e.trial); }
  Status operator()(const CheckpointSaved& e) { return UpdateTrial(e.trial); }

  Status operator()(const TrialStopped& e) {
    if (tables.assignment_) {
      FARETTO_RETURN_IF_ERROR(EndAssignment(tables.assignment_->id, "stopped", "", ""));
    }
    return UpdateTrial(e.trial);
  }

  Status operator()(const Assigned& e) {
    FARETTO_RETURN_IF_ERROR(tables.insert_assignment_.Bind(1, e.assignment)
                                .Bind(2, AssignmentKindName(e.kind))
                                .Bind(3, OrNull(e.trial))
                                .Bind(4, OrNull(e.job))
                                .Bind(5, e.from)
                                .Bind(6, e.to)
                                .Bind(7, e.fence)
                                .Bind(8, e.worker)
                                .Bind(9, Flag(e.leased))
                                .Bind(10, event.live_s)
                                .Bind(11, event.unix_s)
                                .Run());
    FARETTO_RETURN_IF_ERROR(UpdateTrial(e.trial));
    return UpdateJob(e.job);
  }

  Status operator()(const Reported& e) {
    FARETTO_RETURN_IF_ERROR(tables.insert_report_.Bind(1, event.sequence)
                                .Bind(2, e.assignment)
                                .Bind(3, OrNull(e.trial))
                                .Bind(4, e.resource)
                                .Bind(5, e.cost)
                                .Bind(6, Flag(e.superseded))
                                .Bind(7, event.live_s)
                                .Bind(8, event.unix_s)
                                .Run());
    for (const auto& [metric, value] : e.values) {
      FARETTO_RETURN_IF_ERROR(
          tables.insert_value_.Bind(1, event.sequence).Bind(2, metric).Bind(3, value).Run());
    }
    return Ok{};
  }

  // In the tables it is a report without an assignment.
  Status operator()(const ResultImported& e) {
    if (e.failure.empty()) {
      FARETTO_RETURN_IF_ERROR((*this)(Reported{-1, e.trial, e.resource, e.values, e.cost, false}));
    }
    return UpdateTrial(e.trial);
  }

  Status operator()(const AssignmentCompleted& e) {
    FARETTO_RETURN_IF_ERROR(End(e.assignment, "completed"));
    if (!tables.assignment_ || tables.assignment_->job < 0) return Ok{};
    const Job& job = state.jobs()[static_cast<std::size_t>(tables.assignment_->job)];
    for (const auto& [metric, value] : e.values) {
      FARETTO_RETURN_IF_ERROR(tables.insert_evaluation_.Bind(1, job.id)
                                  .Bind(2, AssignmentKindName(job.kind))
                                  .Bind(3, job.name)
                                  .Bind(4, OrNull(job.trial))
                                  .Bind(5, std::to_string(job.seed))
                                  .Bind(6, job.split)
                                  .Bind(7, metric)
                                  .Bind(8, value)
                                  .Run());
    }
    return Ok{};
  }

  Status operator()(const AssignmentFailed& e) {
    return End(e.assignment, "failed", e.reason, e.log);
  }
  Status operator()(const AssignmentReturned& e) { return End(e.assignment, "returned", e.reason); }
  Status operator()(const LeaseExpired& e) { return End(e.assignment, "lost", e.reason); }

  Status operator()(const WorkerJoined& e) {
    return tables.join_worker_.Bind(1, e.worker)
        .Bind(2, e.instance)
        .Bind(3, e.host)
        .Bind(4, e.pid)
        .Bind(5, e.domain)
        .Bind(6, event.unix_s)
        .Run();
  }
  Status operator()(const WorkerLeft& e) {
    return tables.leave_worker_.Bind(1, event.unix_s).Bind(2, e.reason).Bind(3, e.worker).Run();
  }

  Status operator()(const JobRequested& e) {
    return tables.insert_job_.Bind(1, e.job)
        .Bind(2, AssignmentKindName(e.kind))
        .Bind(3, OrNull(e.trial))
        .Bind(4, e.name)
        .Bind(5, std::to_string(e.seed))
        .Bind(6, e.resource)
        .Bind(7, e.split)
        .Run();
  }

  // The end of a study stops every paused trial, a reopening lets them go on.
  Status operator()(const StudyFinished&) { return UpdateAllTrials(); }
  Status operator()(const StudyReopened&) { return UpdateAllTrials(); }

  template <class Other>
  Status operator()(const Other&) {
    return Ok{};
  }
};

Result<DerivedTables> DerivedTables::Prepare(Database& database) {
  DerivedTables tables;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&tables.insert_trial_,
       "INSERT INTO trials (trial, state, params, origin, suggestion, bracket, seed, target,"
       " reached, attempts, losses, diagnostics, created_unix_s)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, ?9, ?10)"},
      {&tables.update_trial_,
       "UPDATE trials SET state = ?1, target = ?2, reached = ?3, attempts = ?4, losses = ?5,"
       " failure_reason = ?6, failure_log = ?7 WHERE trial = ?8"},
      {&tables.insert_param_, "INSERT INTO params (trial, name, value) VALUES (?1, ?2, ?3)"},
      {&tables.insert_report_,
       "INSERT INTO reports (sequence, assignment, kind, trial, resource, cost, superseded, live_s,"
       " unix_s) VALUES (?1, ?2, COALESCE((SELECT kind FROM assignments WHERE assignment = ?2),"
       " 'train'), ?3, ?4, ?5, ?6, ?7, ?8)"},
      {&tables.insert_value_,
       "INSERT INTO report_values (sequence, metric, value) VALUES (?1, ?2, ?3)"},
      {&tables.insert_assignment_,
       "INSERT INTO assignments (assignment, kind, trial, job, from_resource, to_resource, fence,"
       " worker, leased, state, started_live_s, started_unix_s)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'running', ?10, ?11)"},
      {&tables.end_assignment_,
       "UPDATE assignments SET state = ?1, reason = NULLIF(?2, ''), log = NULLIF(?3, ''),"
       " ended_live_s = ?4, ended_unix_s = ?5 WHERE assignment = ?6"},
      {&tables.join_worker_,
       "INSERT OR REPLACE INTO workers (worker, instance, host, pid, domain, present,"
       " joined_unix_s) VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)"},
      {&tables.leave_worker_,
       "UPDATE workers SET present = 0, left_unix_s = ?1, left_reason = ?2 WHERE worker = ?3"},
      {&tables.insert_job_,
       "INSERT INTO jobs (job, kind, trial, name, seed, resource, split, state, attempts)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending', 0)"},
      {&tables.update_job_,
       "UPDATE jobs SET state = ?1, attempts = ?2, failure_reason = ?3, failure_log = ?4"
       " WHERE job = ?5"},
      {&tables.insert_evaluation_,
       "INSERT INTO evaluations (job, kind, name, trial, seed, split, metric, value)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
      {&tables.put_request_,
       "INSERT OR REPLACE INTO requests (client, number, reply) VALUES (?1, ?2, ?3)"},
  };
  for (const auto& [statement, sql] : statements) {
    FARETTO_ASSIGN_OR_RETURN(*statement, database.Prepare(sql));
  }
  return tables;
}

void DerivedTables::Before(const Event& event, const StudyState& state) {
  AssignmentId id = std::visit(AssignmentOf{}, event.body);
  if (const auto* stopped = std::get_if<TrialStopped>(&event.body)) {
    const Trial* trial = state.FindTrial(stopped->trial);
    if (trial) id = trial->assignment;
  }
  const auto found = state.assignments().find(id);
  assignment_ = found == state.assignments().end() ? std::nullopt : std::optional(found->second);
}

Status DerivedTables::After(const Event& event, const StudyState& state) {
  if (event.request) {
    FARETTO_RETURN_IF_ERROR(put_request_.Bind(1, event.request->client)
                                .Bind(2, event.request->number)
                                .Bind(3, DumpJson(event.request->reply))
                                .Run());
  }
  return std::visit(Writer{*this, event, state}, event.body);
}

}  // namespace faretto
