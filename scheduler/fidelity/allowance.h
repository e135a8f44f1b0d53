// What the budget still allows, and why nothing was decided. Thread safety: none; made for one
// decision.
#pragma once

#include <cstdint>

#include "study/suggestion.h"

namespace faretto {

class Allowance {
 public:
  Allowance(const StudyView& view, bool can_create);

  // From now on, until a trial has been sent to `top`, refuses everything after which the budget
  // could not pay for one such training any more. Without effect where it cannot do so anyway.
  void KeepBackFor(std::int64_t top);

  // No trial may be created any more, whatever its resource: the space or the budget of trials is
  // used up.
  bool creation_is_over() const { return trials_used_up_ || space_used_up_; }
  // Some assignment is running, whose end may change the decision.
  bool something_runs() const { return something_runs_; }
  // Something was refused that the budget would have paid for.
  bool kept_back() const { return kept_back_; }

  // Asked before each decision; a refusal is remembered as the reason.
  bool MayCreate(std::int64_t resource);
  bool MayPromote(const Trial& trial, std::int64_t resource);

  // Final if nothing runs; names the budget that refused something, or what is waited for.
  Decline Nothing() const;

 private:
  bool Fits(std::int64_t cost, std::int64_t reaches);

  const StudyState& state_;
  double remaining_;
  bool trials_used_up_;
  bool space_used_up_;
  bool something_runs_;
  bool resource_refused_ = false;
  bool kept_back_ = false;
  std::int64_t top_ = 0;       // 0: nothing is kept back
  std::int64_t furthest_ = 0;  // the highest resource that a trial has reached or is trained to
};

}  // namespace faretto
