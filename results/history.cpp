#include "results/history.h"

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

}  // namespace

void StudyHistory::Before(const Event& event, const StudyState& state) {
  if (event.sequence == 1) first_unix_s = event.unix_s;
  last_unix_s = event.unix_s;
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
