// What interrupts the training thread: flags that signals and heartbeat answers set and that it
// asks at every batch boundary. Thread safety: all from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace faretto {

class Control {
 public:
  enum class Interruption {
    kNone,
    kDrain,       // the machine or the scheduler goes: checkpoint, hand back, end
    kSuperseded,  // the lease is lost: report nothing
  };

  // Called when a drain begins while the worker waits for work; ends that wait.
  void OnDrain(std::function<void()> end_wait);

  // Drains for good; the first reason stays.
  void Drain(const std::string& reason);
  bool draining() const { return draining_; }
  std::string drain_reason() const;

  // Around the wait for work; false (and no wait) once it drains.
  bool BeginWait();
  void EndWait();

  // The assignment under way is lost: another worker has it, or its trial was stopped.
  void Lose() { lost_ = true; }
  // An assignment is over: its loss is forgotten.
  void EndAssignment() { lost_ = false; }
  // The strongest: superseded, then drain.
  Interruption interruption() const;

  // Rises with every sign of life; heartbeats carry it.
  void Progress() { ++progress_; }
  const std::atomic<std::int64_t>& progress() const { return progress_; }

 private:
  std::atomic<bool> draining_{false};
  std::atomic<bool> lost_{false};
  std::atomic<std::int64_t> progress_{0};
  mutable std::mutex mutex_;  // of what follows
  bool waiting_ = false;
  std::string drain_reason_;
  std::function<void()> end_wait_;
};

}  // namespace faretto
