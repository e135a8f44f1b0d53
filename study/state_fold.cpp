// What each event does to the state.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "study/budget_json.h"
#include "study/state.h"

namespace faretto {

// Newest and previous are kept, and the newest at the start of the live assignment, so that a
// continuation can be redone.
static constexpr std::size_t kCheckpointsKept = 2;

// One overload an event type; each returns what is wrong with the event, or an empty text.
struct StudyState::Folder {
  StudyState& s;
  const Event& event;

  Trial* FindTrial(TrialId id) {
    return id >= 0 && id < static_cast<TrialId>(s.trials_.size())
               ? &s.trials_[static_cast<std::size_t>(id)]
               : nullptr;
  }
  Job* FindJob(std::int64_t id) {
    return id >= 0 && id < static_cast<std::int64_t>(s.jobs_.size())
               ? &s.jobs_[static_cast<std::size_t>(id)]
               : nullptr;
  }
  void SetState(Trial& trial, TrialState state) { s.SetState(trial, state); }
  void AddReport(Trial& trial, TrialReport report) {
    trial.reports.push_back(std::move(report));
    for (RungResults& rung : s.rungs_)
      if (rung.resource() == trial.reports.back().resource) rung.Update(trial);
  }
  void Changed() {
    ++s.data_version_;
    s.changed_at_ = event.sequence;
    s.decline_.reset();
  }
  // The open suggestion has its answer.
  void Answered() {
    s.answers_.push_back(event.sequence);
    s.open_suggestion_.reset();
  }
  // It led to nothing. If nothing has changed since its basis, the next one would not either.
  void Declined(const SuggestionDeclined& decline) {
    Answered();
    s.restart_lookahead_ = true;
    if (s.changed_at_ <= s.open_basis_) s.decline_ = decline;
  }
  // Takes the assignment out of the live ones.
  std::optional<Assignment> End(AssignmentId id) {
    const auto it = s.assignments_.find(id);
    if (it == s.assignments_.end()) return std::nullopt;
    Assignment assignment = it->second;
    s.assignments_.erase(it);
    if (Trial* trial = FindTrial(assignment.trial); trial && trial->assignment == id)
      trial->assignment = -1;
    Changed();
    return assignment;
  }

  std::string operator()(const SchedulerStarted& e) {
    s.incarnation_ = e.incarnation;
    auto budget = BudgetFromJson(e.budget);
    auto retry = RetryFromJson(e.retry);
    auto limits = LimitsFromJson(e.limits);
    if (!budget.ok() || !retry.ok() || !limits.ok())
      return "has a budget, retry or limits that cannot be read";
    s.budget_ = *budget;
    s.retry_ = *retry;
    s.limits_ = *limits;
    s.stop_requested_ = false;
    s.failures_in_a_row_ = {};
    Changed();
    return "";
  }

  std::string operator()(const WorkerJoined& e) {
    s.workers_[e.worker] = {e.worker, e.instance, e.host, e.pid, e.domain, true};
    return "";
  }

  std::string operator()(const WorkerLeft& e) {
    if (const auto it = s.workers_.find(e.worker); it != s.workers_.end())
      it->second.present = false;
    return "";
  }

  std::string operator()(const SuggestionRequested& e) {
    if (e.suggestion != s.next_suggestion_) return "is out of order";
    ++s.next_suggestion_;
    s.answers_.resize(static_cast<std::size_t>(e.suggestion), event.sequence);
    s.open_suggestion_ = e.suggestion;
    s.open_basis_ = e.basis;
    if (s.restart_lookahead_) s.lookahead_floor_ = e.basis;
    s.restart_lookahead_ = false;
    return "";
  }

  std::string operator()(const ModelFitted& e) {
    s.model_ = e;
    return "";
  }

  std::string operator()(const SuggestionDeclined& e) {
    Declined(e);
    return "";
  }

  std::string operator()(const SuggestionIgnored& e) {
    Declined({e.suggestion, e.reason, false});
    return "";
  }

  std::string operator()(const TrialCreated& e) {
    if (e.trial != static_cast<TrialId>(s.trials_.size())) return "is out of order";
    auto configuration = s.spec_->space.FromJson(e.params);
    if (!configuration.ok()) return "does not fit the space: " + configuration.error().message;
    Trial trial;
    trial.id = e.trial;
    trial.key = s.spec_->space.CanonicalKey(*configuration);
    if (!s.by_key_.emplace(trial.key, e.trial).second) return "repeats a configuration";
    trial.configuration = std::move(*configuration);
    trial.params = e.params;
    trial.origin = e.origin;
    trial.suggestion = e.suggestion;
    trial.bracket = e.bracket;
    trial.seed = e.seed;
    trial.target = e.resource;
    s.trials_.push_back(std::move(trial));
    for (RungResults& rung : s.rungs_) rung.Resize(s.trials_.size());
    s.waiting_.insert(e.trial);
    if (e.origin == kImportedOrigin) ++s.imported_trials_;
    if (e.suggestion >= 0) Answered();
    Changed();
    return "";
  }

  std::string operator()(const TrialPromoted& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial || trial->state != TrialState::kPaused) return "promotes a trial that is not paused";
    trial->target = e.resource;
    SetState(*trial, TrialState::kWaiting);
    Answered();
    Changed();
    return "";
  }

  std::string operator()(const Assigned& e) {
    if (e.assignment != s.next_assignment_) return "is out of order";
    ++s.next_assignment_;
    s.assignments_[e.assignment] = {e.assignment, e.kind,   e.trial,  e.job,  e.from,      e.to,
                                    e.fence,      e.worker, e.leased, e.from, event.live_s};
    if (e.job >= 0) {
      Job* job = FindJob(e.job);
      if (!job || job->state != Job::State::kPending) return "gives out a job that is not pending";
      job->state = Job::State::kRunning;
    } else {
      Trial* trial = FindTrial(e.trial);
      if (!trial || trial->state != TrialState::kWaiting)
        return "gives out a trial that is not waiting";
      SetState(*trial, TrialState::kRunning);
      trial->assignment = e.assignment;
      trial->outside = !e.leased;
    }
    return "";
  }

  std::string operator()(const Reported& e) {
    if (e.superseded) return "";
    const auto it = s.assignments_.find(e.assignment);
    if (it == s.assignments_.end()) return "reports under an assignment that is over";
    Assignment& assignment = it->second;
    if (assignment.kind == AssignmentKind::kTrain) {
      Trial* trial = FindTrial(assignment.trial);
      if (!trial) return "reports on an unknown trial";
      AddReport(*trial, {e.resource, e.values, e.cost, e.assignment});
      s.spent_resource_ +=
          static_cast<double>(std::max<std::int64_t>(0, e.resource - assignment.reported));
      Changed();
    }
    assignment.reported = std::max(assignment.reported, e.resource);
    return "";
  }

  std::string operator()(const CheckpointSaved& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial) return "names an unknown trial";
    trial->losses = 0;
    trial->checkpoints.push_back({e.resource, e.batch, e.fence, e.file, e.domain});
    while (trial->checkpoints.size() > kCheckpointsKept)
      trial->checkpoints.erase(trial->checkpoints.begin());
    return "";
  }

  std::string operator()(const CheckpointDamaged& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial) return "names an unknown trial";
    std::erase_if(trial->checkpoints, [&](const Checkpoint& c) { return c.file == e.file; });
    return "";
  }

  std::string operator()(const AssignmentCompleted& e) {
    const auto assignment = End(e.assignment);
    if (!assignment) return "ends an assignment that is not live";
    if (Job* job = FindJob(assignment->job)) {
      job->state = Job::State::kDone;
      job->values = e.values;
      return "";
    }
    Trial* trial = FindTrial(assignment->trial);
    trial->reached = assignment->to;
    trial->losses = 0;
    s.failures_in_a_row_ = {};
    SetState(*trial, assignment->to >= s.spec_->top_resource() ? TrialState::kCompleted
                                                               : TrialState::kPaused);
    return "";
  }

  std::string operator()(const AssignmentFailed& e) {
    const auto assignment = End(e.assignment);
    if (!assignment) return "ends an assignment that is not live";
    if (Job* job = FindJob(assignment->job)) {
      ++job->attempts;
      job->failure = Failure{e.reason, e.log};
      job->state = e.final ? Job::State::kFailed : Job::State::kPending;
      return "";
    }
    Trial* trial = FindTrial(assignment->trial);
    ++trial->attempts;
    trial->failure = Failure{e.reason, e.log};
    SetState(*trial, e.final ? TrialState::kFailed : TrialState::kWaiting);
    if (e.final) FailedForGood(*assignment);
    return "";
  }

  void FailedForGood(const Assignment& assignment) {
    if (assignment.leased)
      s.failures_in_a_row_ = {s.failures_in_a_row_.count + 1, assignment.trial};
  }

  void Requeue(const Assignment& assignment) {
    if (Job* job = FindJob(assignment.job)) {
      job->state = Job::State::kPending;
    } else if (Trial* trial = FindTrial(assignment.trial)) {
      SetState(*trial, TrialState::kWaiting);
    }
  }

  std::string operator()(const AssignmentReturned& e) {
    const auto assignment = End(e.assignment);
    if (!assignment) return "ends an assignment that is not live";
    Requeue(*assignment);
    return "";
  }

  std::string operator()(const LeaseExpired& e) {
    const auto assignment = End(e.assignment);
    if (!assignment) return "ends an assignment that is not live";
    Requeue(*assignment);
    if (Job* job = FindJob(assignment->job)) {
      ++job->losses;
      if (e.final) {
        job->state = Job::State::kFailed;
        job->failure = Failure{e.reason, ""};
      }
    } else {
      Trial* trial = FindTrial(assignment->trial);
      ++trial->losses;
      if (e.final) {
        SetState(*trial, TrialState::kFailed);
        trial->failure = Failure{e.reason, ""};
        FailedForGood(*assignment);
      }
    }
    return "";
  }

  std::string operator()(const ResultImported& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial || trial->origin != kImportedOrigin || trial->state != TrialState::kWaiting)
      return "brings a result of a trial that is not being imported";
    Changed();
    if (!e.failure.empty()) {
      trial->failure = Failure{e.failure, ""};
      SetState(*trial, TrialState::kFailed);
      return "";
    }
    AddReport(*trial, {e.resource, e.values, e.cost, -1});
    trial->reached = e.resource;
    if (trial->reached < trial->target) return "";
    if (trial->reached >= s.spec_->top_resource()) {
      SetState(*trial, TrialState::kCompleted);
    } else {
      // Where rungs are compared it can be promoted; it is trained from 0 then.
      SetState(*trial, s.finished_ ? TrialState::kStopped : TrialState::kPaused);
      trial->stopped_by_end = s.finished_;
    }
    return "";
  }

  std::string operator()(const TrialStopped& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial) return "names an unknown trial";
    if (trial->assignment >= 0) End(trial->assignment);
    SetState(*trial, TrialState::kStopped);
    trial->stopped_by_end = false;
    Changed();
    return "";
  }

  std::string operator()(const TrialRetried& e) {
    Trial* trial = FindTrial(e.trial);
    if (!trial || trial->state != TrialState::kFailed) return "retries a trial that has not failed";
    SetState(*trial, TrialState::kWaiting);
    trial->attempts = 0;
    trial->losses = 0;
    trial->failure.reset();
    Changed();
    return "";
  }

  std::string operator()(const JobRequested& e) {
    if (e.job != static_cast<std::int64_t>(s.jobs_.size())) return "is out of order";
    Job job;
    job.id = e.job;
    job.kind = e.kind;
    job.trial = e.trial;
    job.name = e.name;
    job.seed = e.seed;
    job.resource = e.resource;
    job.split = e.split;
    s.jobs_.push_back(std::move(job));
    return "";
  }

  std::string operator()(const ReferencePointSet& e) {
    if (!e.values.is_array()) return "is not a list";
    std::vector<double> point;
    for (const Json& value : e.values) {
      // A store keeps an overflow as null, and older records may hold one. Such a study has no
      // reference point.
      if (value.is_null() || (value.is_number() && !std::isfinite(value.get<double>()))) return "";
      if (!value.is_number()) return "holds something that is not a number";
      point.push_back(value.get<double>());
    }
    s.reference_point_ = std::move(point);
    return "";
  }

  std::string operator()(const StopRequested&) {
    s.stop_requested_ = true;
    return "";
  }

  std::string operator()(const StudyFinished& e) {
    s.finished_ = true;
    s.finish_reason_ = e.reason;
    for (Trial& trial : s.trials_) {
      if (trial.state != TrialState::kPaused && trial.state != TrialState::kWaiting) continue;
      SetState(trial, TrialState::kStopped);
      trial.stopped_by_end = true;
    }
    return "";
  }

  std::string operator()(const StudyReopened&) {
    s.finished_ = false;
    s.finish_reason_.clear();
    for (Trial& trial : s.trials_) {
      if (!trial.stopped_by_end) continue;
      trial.stopped_by_end = false;
      // One that had not reached its target was waiting for a worker.
      SetState(trial, trial.reached >= trial.target && trial.reached > 0 ? TrialState::kPaused
                                                                         : TrialState::kWaiting);
    }
    Changed();
    return "";
  }
};

std::string StudyState::Fold(const Event& event) {
  return std::visit(Folder{*this, event}, event.body);
}

}  // namespace faretto
