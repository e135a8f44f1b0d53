#include "scheduler/service/progress.h"

#include <algorithm>

#include "results/queries/queries.h"

namespace faretto {
namespace {

// Returns how many have ended that count against the budget of trials.
std::int64_t CountTrials(const StudyState& state, Progress& progress) {
  std::int64_t ended = 0;
  for (const Trial& trial : state.trials()) {
    switch (trial.state) {
      case TrialState::kWaiting: ++progress.waiting; break;
      case TrialState::kRunning: ++progress.running; break;
      case TrialState::kPaused: ++progress.paused; break;
      case TrialState::kCompleted: ++progress.completed; break;
      case TrialState::kStopped: ++progress.stopped; break;
      case TrialState::kFailed: ++progress.failed; break;
    }
    if (trial.state == TrialState::kFailed && trial.failure)
      progress.failure = "trial " + std::to_string(trial.id) + ": " + trial.failure->reason;
    const bool has_ended = trial.state == TrialState::kCompleted ||
                           trial.state == TrialState::kStopped ||
                           trial.state == TrialState::kFailed;
    if (trial.origin == kImportedOrigin) {
      progress.imported += has_ended || trial.state == TrialState::kPaused;
    } else {
      ended += has_ended;
    }
  }
  return ended;
}

// The part of a budget that is used, if it is limited.
template <class Total>
void Use(double used, const std::optional<Total>& total, double& part) {
  if (total && *total > 0) part = std::max(part, used / static_cast<double>(*total));
}

// At the rate so far; no estimate before a hundredth of the budget is used.
std::optional<double> TimeLeft(const Progress& progress, std::int64_t ended) {
  if (progress.finished) return 0;
  double part = 0;
  Use(progress.spent_resource, progress.total_resource, part);
  Use(static_cast<double>(ended), progress.total_trials, part);
  std::optional<double> left;
  if (part >= 0.01) left = std::max(0.0, progress.elapsed_s * (1 - part) / part);
  if (progress.total_s) {
    const double clock = std::max(0.0, *progress.total_s - progress.elapsed_s);
    // Alone it is the budget; beside another one it is a safety stop and says nothing by itself.
    if (left || (!progress.total_resource && !progress.total_trials))
      left = left ? std::min(*left, clock) : clock;
  }
  return left;
}

template <class T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

// With more of them a thousand trials on the front take tenths of a second and more, and progress
// is made with every report.
constexpr std::size_t kMostObjectivesForVolume = 5;

}  // namespace

Progress MakeProgress(const StudyView& study, double now) {
  const StudyState& state = study.state;
  Progress progress;
  progress.study = study.spec.name;
  const std::int64_t ended = CountTrials(state, progress);
  progress.assignments = static_cast<std::int64_t>(state.assignments().size());
  for (const Job& job : state.jobs()) progress.pending_jobs += job.state == Job::State::kPending;
  for (const auto& [name, worker] : state.workers()) progress.workers += worker.present;
  FrontOptions options;
  options.hypervolume = study.spec.objectives.size() <= kMostObjectivesForVolume;
  if (const Result<Front> front = StudyFront(study, options); front.ok()) {
    progress.front_size = static_cast<std::int64_t>(front->trials.size());
    progress.hypervolume = front->hypervolume;
  }
  progress.spent_resource = state.spent_resource();
  progress.total_resource = state.budget().resource;
  progress.total_trials = state.budget().trials;
  progress.elapsed_s = std::max(now, state.live_s());
  progress.total_s = state.budget().wall_clock_s;
  progress.stopping = state.stop_requested();
  progress.finished = state.finished();
  progress.finish_reason = state.finish_reason();
  if (state.decline()) progress.waiting_for = state.decline()->reason;
  progress.time_left_s = TimeLeft(progress, ended);
  return progress;
}

Json ProgressJson(const Progress& p) {
  return {{"study", p.study},
          {"trials",
           {{"waiting", p.waiting},
            {"running", p.running},
            {"paused", p.paused},
            {"completed", p.completed},
            {"stopped", p.stopped},
            {"failed", p.failed}}},
          {"imported", p.imported},
          {"assignments", p.assignments},
          {"pending_jobs", p.pending_jobs},
          {"workers", p.workers},
          {"front_size", p.front_size},
          {"hypervolume", OrNull(p.hypervolume)},
          {"spent_resource", p.spent_resource},
          {"total_resource", OrNull(p.total_resource)},
          {"total_trials", OrNull(p.total_trials)},
          {"elapsed_s", p.elapsed_s},
          {"total_s", OrNull(p.total_s)},
          {"time_left_s", OrNull(p.time_left_s)},
          {"stopping", p.stopping},
          {"finished", p.finished},
          {"finish_reason", p.finish_reason},
          {"waiting_for", p.waiting_for},
          {"failure", p.failure},
          {"dropped_messages", p.dropped_messages}};
}

}  // namespace faretto
