#include "worker/control.h"

#include <utility>

namespace faretto {

void Control::OnDrain(std::function<void()> end_wait) {
  const std::lock_guard lock(mutex_);
  end_wait_ = std::move(end_wait);
}

void Control::Drain(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (draining_) return;
  drain_reason_ = reason;
  draining_ = true;
  if (waiting_ && end_wait_) end_wait_();
}

std::string Control::drain_reason() const {
  const std::lock_guard lock(mutex_);
  return drain_reason_;
}

bool Control::BeginWait() {
  const std::lock_guard lock(mutex_);
  waiting_ = !draining_;
  return waiting_;
}

void Control::EndWait() {
  const std::lock_guard lock(mutex_);
  waiting_ = false;
}

Control::Interruption Control::interruption() const {
  if (lost_) return Interruption::kSuperseded;
  return draining_ ? Interruption::kDrain : Interruption::kNone;
}

}  // namespace faretto
