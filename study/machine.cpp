#include "study/machine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "study/budget_json.h"
#include "study/machine_step.h"

namespace faretto {
namespace {

bool AllFinite(const Metrics& values) {
  for (const auto& [name, value] : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

Machine::Machine(StudySpec spec)
    : spec_(std::move(spec)), state_(spec_), basis_(std::make_unique<BasisState>(spec_)) {}

Outcome Machine::Start(const StartInfo& info, const std::vector<std::string>& baselines,
                       double now) {
  MachineStep step(*this, now);
  // A grown budget reopens; anything else that was written into the file is taken over silently.
  const BudgetSpec& old = state_.budget();
  const auto grown = [](auto before, auto after) { return before && (!after || *after > *before); };
  const bool reopen =
      state_.finished() && (state_.stop_requested() || grown(old.trials, spec_.budget.trials) ||
                            grown(old.resource, spec_.budget.resource) ||
                            grown(old.wall_clock_s, spec_.budget.wall_clock_s));
  step.Emit(SchedulerStarted{state_.incarnation() + 1, info.host, info.pid, info.build,
                             info.instruction_set, ToJson(spec_.budget), ToJson(spec_.retry),
                             ToJson(spec_.limits), info.user});
  if (reopen) step.Emit(StudyReopened{});
  // Not only at the first start, which may have been ask-tell's.
  const bool asked = std::any_of(state_.jobs().begin(), state_.jobs().end(), [](const Job& job) {
    return job.kind == AssignmentKind::kBaseline;
  });
  if (!asked) {
    for (const std::string& name : baselines) {
      const auto job = static_cast<std::int64_t>(state_.jobs().size());
      step.Emit(
          JobRequested{job, AssignmentKind::kBaseline, -1, name,
                       DeriveSeed(spec_.seed, "baseline", {static_cast<std::uint64_t>(job)}) >> 11,
                       name == "default" ? spec_.top_resource() : 0, "validation"});
    }
  }
  if (!keep_basis_ && spec_.algorithm.lookahead == 0 && !state_.open_suggestion()) basis_.reset();
  leases_.clear();
  for (const auto& [id, assignment] : state_.assignments()) {
    if (assignment.leased) leases_[id] = {step.now() + kLeaseS, step.now(), -1};
  }
  return step.Events();
}

Outcome Machine::Hello(const Request& request, const WorkerHello& hello, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const auto known = state_.workers().find(hello.worker);
  if (known != state_.workers().end() && known->second.instance != hello.instance) {
    std::vector<Assignment> lost;
    for (const auto& [id, assignment] : state_.assignments()) {
      if (assignment.worker == hello.worker && assignment.leased) lost.push_back(assignment);
    }
    for (const Assignment& assignment : lost)
      step.LoseAssignment(assignment, "its worker was replaced");
  }
  if (known == state_.workers().end() || known->second.instance != hello.instance ||
      !known->second.present) {
    step.Emit(WorkerJoined{hello.worker, hello.instance, hello.host, hello.pid, hello.domain});
  }
  return step.Answer(request, Accepted{});
}

Outcome Machine::Goodbye(const Request& request, const std::string& worker,
                         const std::string& reason, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  if (state_.workers().contains(worker)) step.Emit(WorkerLeft{worker, reason});
  return step.Answer(request, Accepted{});
}

bool Machine::Heartbeat(const AssignmentRef& ref, std::int64_t progress, double now) {
  const auto it = state_.assignments().find(ref.assignment);
  const auto lease = leases_.find(ref.assignment);
  if (it == state_.assignments().end() || it->second.fence != ref.fence || lease == leases_.end())
    return false;
  lease->second.deadline = now + kLeaseS;
  if (progress != lease->second.progress) {
    lease->second.progress = progress;
    lease->second.last_progress_s = now;
  }
  return true;
}

Outcome Machine::Report(const Request& request, const AssignmentRef& ref, std::int64_t resource,
                        const Metrics& values, double cost, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  if (!AllFinite(values) || !std::isfinite(cost)) {
    return step.Refuse(ErrorKind::kInvalid, "a report holds a number that is not finite");
  }
  const Assignment* live = step.Live(ref);
  if (live == nullptr) {
    step.Emit(Reported{ref.assignment, -1, resource, values, cost, true});
    return step.Answer(request, Superseded{});
  }
  if (resource <= live->from || resource > std::max(live->to, live->from)) {
    return step.Refuse(ErrorKind::kInvalid, "a report at resource " + std::to_string(resource) +
                                                " does not belong to an assignment from " +
                                                std::to_string(live->from) + " to " +
                                                std::to_string(live->to));
  }
  if (const auto lease = leases_.find(ref.assignment); lease != leases_.end()) {
    lease->second.deadline = step.now() + kLeaseS;
    lease->second.last_progress_s = step.now();
  }
  step.Emit(Reported{ref.assignment, live->trial, resource, values, cost, false});
  return step.Answer(request, Accepted{});
}

Outcome Machine::SaveCheckpoint(const Request& request, const AssignmentRef& ref,
                                std::int64_t resource, std::int64_t batch, const std::string& file,
                                const std::string& domain, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const Assignment* live = step.Live(ref);
  if (live == nullptr || live->kind != AssignmentKind::kTrain)
    return step.Answer(request, Superseded{});
  std::vector<std::string> before;
  for (const Checkpoint& checkpoint : state_.FindTrial(live->trial)->checkpoints) {
    if (checkpoint.domain == domain && checkpoint.file != file) before.push_back(checkpoint.file);
  }
  const TrialId trial = live->trial;
  step.Emit(CheckpointSaved{ref.assignment, trial, resource, batch, ref.fence, file, domain});
  CheckpointKept kept_now;
  for (const std::string& name : before) {
    const auto& kept = state_.FindTrial(trial)->checkpoints;
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Checkpoint& c) { return c.file == name; })) {
      kept_now.unneeded.push_back(name);
    }
  }
  return step.Answer(request, std::move(kept_now));
}

Outcome Machine::DamagedCheckpoint(const Request& request, TrialId trial, const std::string& file,
                                   double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  if (state_.FindTrial(trial) == nullptr)
    return step.Refuse(ErrorKind::kNotFound, "there is no trial " + std::to_string(trial));
  step.Emit(CheckpointDamaged{trial, file});
  return step.Answer(request, Accepted{});
}

Outcome Machine::Complete(const Request& request, const AssignmentRef& ref, const Metrics& values,
                          double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const Assignment* live = step.Live(ref);
  if (live == nullptr) return step.Answer(request, Superseded{});
  const Assignment assignment = *live;
  if (!AllFinite(values))
    return step.Refuse(ErrorKind::kInvalid, "a result holds a number that is not finite");
  if (assignment.kind == AssignmentKind::kTrain) {
    const Trial& trial = *state_.FindTrial(assignment.trial);
    const TrialReport* report = trial.ReportAt(assignment.to);
    for (const Objective& objective : spec_.objectives) {
      if (report != nullptr && report->values.contains(objective.name)) continue;
      step.FailAssignment(assignment,
                          "no value of \"" + objective.name + "\" was reported at resource " +
                              std::to_string(assignment.to),
                          "");
      return step.Answer(request, Accepted{});
    }
  }
  leases_.erase(assignment.id);
  step.Emit(AssignmentCompleted{assignment.id, values});
  return step.Answer(request, Accepted{});
}

Outcome Machine::Fail(const Request& request, const AssignmentRef& ref, const std::string& reason,
                      const std::string& log, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const Assignment* live = step.Live(ref);
  if (live == nullptr) return step.Answer(request, Superseded{});
  step.FailAssignment(Assignment(*live), reason, log);
  return step.Answer(request, Accepted{});
}

Outcome Machine::HandBack(const Request& request, const AssignmentRef& ref,
                          const std::string& reason, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  if (step.Live(ref) == nullptr) return step.Answer(request, Superseded{});
  leases_.erase(ref.assignment);
  step.Emit(AssignmentReturned{ref.assignment, reason});
  return step.Answer(request, Accepted{});
}

Outcome Machine::Tick(double now) {
  MachineStep step(*this, now);
  const LimitsSpec& limits = state_.limits();
  std::vector<Assignment> leased;
  for (const auto& [id, assignment] : state_.assignments()) {
    if (leases_.contains(id)) leased.push_back(assignment);
  }
  for (const Assignment& assignment : leased) {
    const Lease lease = leases_.at(assignment.id);
    if (step.now() >= lease.deadline) {
      step.LoseAssignment(assignment, "its worker " + assignment.worker + " was lost");
    } else if (limits.stall_s && step.now() - lease.last_progress_s >= *limits.stall_s) {
      step.FailAssignment(assignment, "stalled", "");
    } else if (limits.assignment_s && step.now() - assignment.started_s >= *limits.assignment_s) {
      step.FailAssignment(assignment, "it took longer than limits.assignment_s", "");
    }
  }
  step.Settle();
  return step.Events();
}

double Machine::NextDeadline() const {
  const LimitsSpec& limits = state_.limits();
  double next = std::numeric_limits<double>::infinity();
  for (const auto& [id, lease] : leases_) {
    next = std::min(next, lease.deadline);
    if (limits.stall_s) next = std::min(next, lease.last_progress_s + *limits.stall_s);
    const auto it = state_.assignments().find(id);
    if (limits.assignment_s && it != state_.assignments().end()) {
      next = std::min(next, it->second.started_s + *limits.assignment_s);
    }
  }
  // Running assignments and pending jobs are waited for, however long ago the time was up.
  const bool idle = state_.assignments().empty() &&
                    std::none_of(state_.jobs().begin(), state_.jobs().end(),
                                 [](const Job& job) { return job.state == Job::State::kPending; });
  if (state_.budget().wall_clock_s && !state_.finished() && idle)
    next = std::min(next, *state_.budget().wall_clock_s);
  return next;
}

}  // namespace faretto
