#include "study/trial.h"

namespace faretto {

std::string_view TrialStateName(TrialState state) {
  switch (state) {
    case TrialState::kWaiting: return "waiting";
    case TrialState::kRunning: return "running";
    case TrialState::kPaused: return "paused";
    case TrialState::kCompleted: return "completed";
    case TrialState::kStopped: return "stopped";
    case TrialState::kFailed: return "failed";
  }
  return "";
}

std::string_view AssignmentKindName(AssignmentKind kind) {
  switch (kind) {
    case AssignmentKind::kTrain: return "train";
    case AssignmentKind::kRetrain: return "retrain";
    case AssignmentKind::kBaseline: return "baseline";
    case AssignmentKind::kEvaluate: return "evaluate";
  }
  return "";
}

Result<AssignmentKind> AssignmentKindFromName(std::string_view name) {
  for (const AssignmentKind kind : {AssignmentKind::kTrain, AssignmentKind::kRetrain,
                                    AssignmentKind::kBaseline, AssignmentKind::kEvaluate}) {
    if (AssignmentKindName(kind) == name) return kind;
  }
  return Invalid("unknown kind of assignment \"" + std::string(name) + "\"");
}

std::string_view JobStateName(Job::State state) {
  switch (state) {
    case Job::State::kPending: return "pending";
    case Job::State::kRunning: return "running";
    case Job::State::kDone: return "done";
    case Job::State::kFailed: return "failed";
  }
  return "";
}

const TrialReport* Trial::ReportAt(std::int64_t resource) const {
  for (auto it = reports.rbegin(); it != reports.rend(); ++it) {
    if (it->resource == resource) return &*it;
  }
  return nullptr;
}

const TrialReport* Trial::HighestReport() const {
  const TrialReport* best = nullptr;
  for (const TrialReport& report : reports) {
    if (best == nullptr || report.resource >= best->resource) best = &report;
  }
  return best;
}

std::int64_t Trial::OutsidePoint() const {
  const TrialReport* report = ReportAt(reached);
  return report != nullptr && report->assignment < 0 ? 0 : reached;
}

std::int64_t Trial::NewestPoint() const {
  if (outside) return OutsidePoint();
  return checkpoints.empty() ? 0 : checkpoints.back().resource;
}

}  // namespace faretto
