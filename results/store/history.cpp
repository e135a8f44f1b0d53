#include "results/store/history.h"

#include <type_traits>
#include <variant>

namespace faretto {
namespace {

const Assignment* Find(const StudyState& state, AssignmentId id) {
  const auto found = state.assignments().find(id);
  return found == state.assignments().end() ? nullptr : &found->second;
}

FailureRecord Record(const Event& event, const Assignment& assignment, const char* kind) {
  FailureRecord record;
  record.sequence = event.sequence;
  record.unix_s = event.unix_s;
  record.trial = assignment.trial;
  record.job = assignment.job;
  record.resource = assignment.to;
  record.kind = kind;
  return record;
}

// The trial whose training the event begins, reports on or ends, nothing for other events.
// `state` is the one before it, which may not know the trial: events may be missing.
std::optional<TrialId> TrainedTrial(const Event& event, const StudyState& state) {
  return std::visit(
      [&](const auto& body) -> std::optional<TrialId> {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, Assigned>) {
          if (body.kind == AssignmentKind::kTrain) return body.trial;
        } else if constexpr (std::is_same_v<Body, ResultImported>) {
          return body.trial;
        } else if constexpr (requires { body.assignment; }) {
          const Assignment* assignment = Find(state, body.assignment);
          if (assignment && assignment->kind == AssignmentKind::kTrain) return assignment->trial;
        }
        return std::nullopt;
      },
      event.body);
}

void KeepTimes(const Event& event, const StudyState& state, std::vector<TrialTimes>& times) {
  if (std::holds_alternative<TrialCreated>(event.body)) {
    times.push_back({event.unix_s, std::nullopt, event.unix_s});
  } else if (const auto trial = TrainedTrial(event, state); trial && state.FindTrial(*trial)) {
    TrialTimes& trained = times.at(static_cast<std::size_t>(*trial));
    trained.newest_unix_s = event.unix_s;
    if (std::holds_alternative<Assigned>(event.body) && !trained.started_unix_s)
      trained.started_unix_s = event.unix_s;
  }
}

}  // namespace

void StudyHistory::Before(const Event& event, const StudyState& state) {
  if (event.sequence == 1) first_unix_s = event.unix_s;
  last_unix_s = event.unix_s;
  KeepTimes(event, state, times);
  if (const auto* failed = std::get_if<AssignmentFailed>(&event.body)) {
    const Assignment* assignment = Find(state, failed->assignment);
    if (!assignment) return;
    failures.push_back(Record(event, *assignment, "failed"));
    failures.back().reason = failed->reason;
    failures.back().log = failed->log;
    failures.back().final = failed->final;
  } else if (const auto* imported = std::get_if<ResultImported>(&event.body)) {
    if (imported->failure.empty()) return;
    failures.push_back(
        Record(event, {.trial = imported->trial, .to = imported->resource}, "failed"));
    failures.back().reason = imported->failure;
    failures.back().final = true;
  } else if (const auto* lost = std::get_if<LeaseExpired>(&event.body)) {
    const Assignment* assignment = Find(state, lost->assignment);
    if (!assignment) return;
    failures.push_back(Record(event, *assignment, "lost"));
    failures.back().reason = lost->reason;
    failures.back().final = lost->final;
  }
}

void StudyHistory::After(const Event& event, const StudyState& state) {
  if (const auto* imported = std::get_if<ResultImported>(&event.body)) {
    if (!imported->failure.empty()) return;
    reports.push_back({event.sequence, event.live_s, event.unix_s, state.spent_resource(),
                       imported->trial, imported->resource, imported->values});
    return;
  }
  const auto* report = std::get_if<Reported>(&event.body);
  if (!report || report->superseded) return;
  const Assignment* assignment = Find(state, report->assignment);
  if (!assignment || assignment->kind != AssignmentKind::kTrain) return;
  reports.push_back({event.sequence, event.live_s, event.unix_s, state.spent_resource(),
                     assignment->trial, report->resource, report->values});
}

}  // namespace faretto
