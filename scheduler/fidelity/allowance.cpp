#include "scheduler/fidelity/allowance.h"

#include <algorithm>

namespace faretto {

Allowance::Allowance(const StudyView& view, bool can_create)
    : remaining_(view.state.remaining_resource()),
      trials_used_up_(view.state.budget().trials.has_value() &&
                      view.state.budgeted_trials() >= *view.state.budget().trials),
      space_used_up_(!can_create) {
  const auto& trials = view.state.trials();
  something_runs_ = std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state == TrialState::kRunning;
  });
}

bool Allowance::Fits(std::int64_t cost) {
  // Sums of resources that are no integers carry rounding errors.
  const bool fits = static_cast<double>(cost) <= remaining_ + 1e-9;
  resource_refused_ = resource_refused_ || !fits;
  return fits;
}

bool Allowance::MayCreate(std::int64_t resource) { return !creation_is_over() && Fits(resource); }

bool Allowance::MayPromote(const Trial& trial, std::int64_t resource) {
  // An outside program (ask-tell) goes on from where it was, a worker from the newest checkpoint,
  // without one (its disk was full, it was damaged) at 0.
  std::int64_t from = trial.outside ? trial.reached : 0;
  if (!trial.outside && !trial.checkpoints.empty()) from = trial.checkpoints.back().resource;
  return Fits(resource - from);
}

Decline Allowance::Nothing() const {
  if (something_runs_) return {"waiting for results", false};
  if (resource_refused_) return {"the resource budget is used up", true};
  if (trials_used_up_) return {"the trial budget is used up", true};
  if (space_used_up_) return {"the space is used up", true};
  return {"waiting for results", false};
}

}  // namespace faretto
