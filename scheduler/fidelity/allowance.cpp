#include "scheduler/fidelity/allowance.h"

#include <algorithm>

namespace faretto {
namespace {

// Sums of resources that are no integers carry rounding errors.
constexpr double kSlack = 1e-9;

bool IsOver(const Trial& trial) {
  return trial.state == TrialState::kFailed || trial.state == TrialState::kStopped;
}

}  // namespace

Allowance::Allowance(const StudyView& view, bool can_create)
    : state_(view.state),
      remaining_(view.state.remaining_resource()),
      trials_used_up_(view.state.budget().trials.has_value() &&
                      view.state.budgeted_trials() >= *view.state.budget().trials),
      space_used_up_(!can_create),
      something_runs_(view.state.counts().running > 0) {}

void Allowance::KeepBackFor(std::int64_t top) {
  if (!state_.budget().resource) return;
  std::int64_t furthest = 0;
  for (const Trial& trial : state_.trials()) {
    if (IsOver(trial)) continue;
    if (trial.target >= top) return;
    const bool runs = trial.state == TrialState::kRunning;
    furthest = std::max(furthest, runs ? trial.target : trial.NewestPoint());
  }
  if (static_cast<double>(top - furthest) > remaining_ + kSlack) return;
  top_ = top;
  furthest_ = furthest;
}

bool Allowance::Fits(std::int64_t cost, std::int64_t reaches) {
  const double left = remaining_ - static_cast<double>(cost) + kSlack;
  const std::int64_t needed = top_ - std::max(reaches, furthest_);
  const bool keeps = left >= 0 && top_ > 0 && left < static_cast<double>(needed);
  const bool fits = left >= 0 && !keeps;
  kept_back_ = kept_back_ || keeps;
  resource_refused_ = resource_refused_ || !fits;
  return fits;
}

bool Allowance::MayCreate(std::int64_t resource) {
  return !creation_is_over() && Fits(resource, resource);
}

bool Allowance::MayPromote(const Trial& trial, std::int64_t resource) {
  return Fits(resource - trial.NewestPoint(), resource);
}

Decline Allowance::Nothing() const {
  if (something_runs_) return {"waiting for results", false};
  if (resource_refused_) return {"the resource budget is used up", true};
  if (trials_used_up_) return {"the trial budget is used up", true};
  if (space_used_up_) return {"the space is used up", true};
  return {"waiting for results", false};
}

}  // namespace faretto
