// What people and outside programs ask of the machine: ask-tell, enqueue, import, retry, stop,
// retrain.
#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "study/import.h"
#include "study/machine.h"
#include "study/machine_step.h"
#include "study/rungs.h"

namespace faretto {
namespace {

std::string Unknown(const StudyState& state, TrialId trial) {
  return "there is no trial " + std::to_string(trial) + "; the study has " +
         std::to_string(state.trials().size()) + " trials, numbered from 0";
}

std::string NotAsked(const Trial& trial) {
  return "trial " + std::to_string(trial.id) + " is not asked now: it is " +
         std::string(TrialStateName(trial.state));
}

// The report that was told for this assignment at this resource.
const TrialReport* ToldAt(const Trial& trial, AssignmentId assignment, std::int64_t resource) {
  const auto it = std::find_if(trial.reports.begin(), trial.reports.end(), [&](const auto& report) {
    return report.assignment == assignment && report.resource == resource;
  });
  return it == trial.reports.end() ? nullptr : &*it;
}

// What ask-tell has asked and waits for.
const Assignment* AskedAssignment(const StudyState& state, const Trial& trial) {
  const auto it = state.assignments().find(trial.assignment);
  return it == state.assignments().end() || it->second.leased ? nullptr : &it->second;
}

}  // namespace

Outcome Machine::Tell(TrialId id, std::int64_t resource, const Metrics& values, double cost,
                      double now) {
  MachineStep step(*this, now);
  const Trial* trial = state_.FindTrial(id);
  if (trial == nullptr) return step.Refuse(ErrorKind::kNotFound, Unknown(state_, id));
  const Assignment* asked = AskedAssignment(state_, *trial);
  if (asked == nullptr) return step.Refuse(ErrorKind::kInvalid, NotAsked(*trial));
  const Assignment assignment = *asked;
  // What a tell has closed stays as it was told: rungs have been compared by it.
  if (resource <= assignment.from || resource > assignment.to) {
    return step.Refuse(ErrorKind::kInvalid, "resource " + std::to_string(resource) +
                                                " is not within " +
                                                std::to_string(assignment.from + 1) +
                                                " and the asked " + std::to_string(assignment.to));
  }
  for (const auto& [name, value] : values) {
    if (!std::isfinite(value))
      return step.Refuse(ErrorKind::kInvalid, "the value of \"" + name + "\" is not finite");
  }
  for (const Objective& objective : spec_.objectives) {
    if (!values.contains(objective.name)) {
      return step.Refuse(ErrorKind::kInvalid, "values has no objective \"" + objective.name + "\"");
    }
  }
  if (resource <= assignment.reported) {
    // An outside program that does not know whether its tell arrived says it again.
    const TrialReport* told = ToldAt(*trial, assignment.id, resource);
    if (told && told->values == values && told->cost == cost) return step.Answer({}, Accepted{});
    return step.Refuse(ErrorKind::kInvalid,
                       "trial " + std::to_string(id) + " was told up to resource " +
                           std::to_string(assignment.reported) + " already" +
                           (told ? ", with other numbers at " + std::to_string(resource) : "") +
                           "; tell a higher resource");
  }
  step.Emit(Reported{assignment.id, id, resource, values, cost, false});
  if (resource == assignment.to) step.Emit(AssignmentCompleted{assignment.id, {}});
  return step.Answer({}, Accepted{});
}

Outcome Machine::TellFailure(TrialId id, const std::string& reason, double now) {
  MachineStep step(*this, now);
  const Trial* trial = state_.FindTrial(id);
  if (trial == nullptr) return step.Refuse(ErrorKind::kNotFound, Unknown(state_, id));
  if (AskedAssignment(state_, *trial) == nullptr)
    return step.Refuse(ErrorKind::kInvalid, NotAsked(*trial));
  step.Emit(AssignmentFailed{trial->assignment, reason, "", true});
  return step.Answer({}, Accepted{});
}

Outcome Machine::Enqueue(const Request& request, const Json& params, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  auto configuration = spec_.space.FromJson(params);
  if (!configuration.ok()) return step.Refuse(ErrorKind::kInvalid, configuration.error().message);
  if (const Trial* same = state_.FindTrialByKey(spec_.space.CanonicalKey(*configuration))) {
    return step.Refuse(ErrorKind::kInvalid,
                       "this configuration is trial " + std::to_string(same->id) + " already");
  }
  if (state_.finished()) {
    return step.Refuse(ErrorKind::kInvalid,
                       "the study is finished (" + state_.finish_reason() +
                           "); raise its budget in the study file, start it again with that, and "
                           "enqueue while it runs");
  }
  const auto id = static_cast<TrialId>(state_.trials().size());
  if (state_.budget().trials && state_.budgeted_trials() >= *state_.budget().trials) {
    return step.Refuse(ErrorKind::kInvalid, "the budget of " +
                                                std::to_string(*state_.budget().trials) +
                                                " trials is used up; raise budget.trials first");
  }
  step.Emit(TrialCreated{id, -1, spec_.space.ToJson(*configuration), "enqueued",
                         FirstResource(spec_.algorithm), -1, TrialSeed(spec_, id), nullptr});
  return step.Answer(request, TrialEnqueued{id});
}

Outcome Machine::Import(const Request& request, const Json& trials, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const auto imported = ParseImport(spec_, trials);
  if (!imported.ok()) return step.Refuse(imported.error().kind, imported.error().message);
  std::int64_t added = 0;
  for (const ImportedTrial& made : *imported) {
    if (state_.FindTrialByKey(spec_.space.CanonicalKey(made.configuration)) != nullptr) continue;
    const auto id = static_cast<TrialId>(state_.trials().size());
    step.Emit(TrialCreated{id, -1, spec_.space.ToJson(made.configuration),
                           std::string(kImportedOrigin), made.target, -1, TrialSeed(spec_, id),
                           nullptr});
    for (const ImportedResult& result : made.results) {
      // Where it failed it has no result, whatever it reported on the way.
      if (made.failure && result.resource >= made.target) continue;
      step.Emit(ResultImported{id, result.resource, result.values, result.cost, ""});
    }
    if (made.failure) step.Emit(ResultImported{id, made.target, {}, 0, *made.failure});
    ++added;
  }
  const auto known = static_cast<std::int64_t>(imported->size()) - added;
  return step.Answer(request, TrialsImported{added, known});
}

Outcome Machine::Retry(const Request& request, TrialId id, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const Trial* trial = state_.FindTrial(id);
  if (trial == nullptr) return step.Refuse(ErrorKind::kNotFound, Unknown(state_, id));
  if (trial->state != TrialState::kFailed) {
    return step.Refuse(ErrorKind::kInvalid, "trial " + std::to_string(id) +
                                                " has not failed: it is " +
                                                std::string(TrialStateName(trial->state)));
  }
  if (trial->outside) {
    return step.Refuse(ErrorKind::kInvalid, "trial " + std::to_string(id) +
                                                " was failed through ask-tell, which is final");
  }
  if (state_.finished() && !step.BudgetCovers(*trial, trial->NewestPoint())) {
    return step.Refuse(ErrorKind::kInvalid, "the study is finished (" + state_.finish_reason() +
                                                "); raise its budget first");
  }
  if (state_.stop_requested()) {
    return step.Refuse(ErrorKind::kInvalid,
                       "the study was stopped; start it again, and retry the trial then");
  }
  if (state_.finished()) step.Emit(StudyReopened{});
  step.Emit(TrialRetried{id});
  return step.Answer(request, Accepted{});
}

Outcome Machine::StopTrial(const Request& request, TrialId id, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  const Trial* trial = state_.FindTrial(id);
  if (trial == nullptr) return step.Refuse(ErrorKind::kNotFound, Unknown(state_, id));
  const bool over = trial->state == TrialState::kCompleted || trial->state == TrialState::kFailed ||
                    trial->state == TrialState::kStopped;
  if (over) {
    return step.Refuse(ErrorKind::kInvalid, "trial " + std::to_string(id) + " is over: it is " +
                                                std::string(TrialStateName(trial->state)));
  }
  leases_.erase(trial->assignment);
  step.Emit(TrialStopped{id});
  return step.Answer(request, Accepted{});
}

Outcome Machine::StopStudy(const Request& request, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  // A finished study needs no stop, which would reopen it at the next start.
  if (!state_.stop_requested() && !state_.finished()) step.Emit(StopRequested{});
  return step.Answer(request, Accepted{});
}

Outcome Machine::Retrain(const Request& request, TrialId id, std::int64_t seeds,
                         std::int64_t resource, const std::string& split, double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  if (state_.FindTrial(id) == nullptr)
    return step.Refuse(ErrorKind::kNotFound, Unknown(state_, id));
  if (seeds < 1 || seeds > 1000)
    return step.Refuse(ErrorKind::kInvalid, "the number of seeds must be from 1 to 1000");
  if (resource < 1) return step.Refuse(ErrorKind::kInvalid, "the resource must be at least 1");
  JobsRequested requested;
  for (std::int64_t i = 0; i < seeds; ++i) {
    const auto job = static_cast<std::int64_t>(state_.jobs().size());
    const std::uint64_t seed =
        DeriveSeed(spec_.seed, "retrain",
                   {static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(i)}) >>
        11;
    step.Emit(JobRequested{job, AssignmentKind::kRetrain, id, "", seed, resource, split});
    requested.jobs.push_back(job);
  }
  return step.Answer(request, std::move(requested));
}

}  // namespace faretto
