// Signals of the worker, and the watch over a training thread that does not stop.
//
// SIGTERM, SIGUSR1 and the first SIGINT drain (the machine goes away); the second SIGINT ends the
// process at once, exit 130. The signals are blocked everywhere and taken by one thread with
// sigtimedwait, so that no handler has to be async-signal-safe.
//
// Thread safety: made and destroyed by one thread.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "base/clock.h"
#include "worker/control.h"

namespace faretto {

// Blocks them in this thread and all that it starts: first thing in main, so that none gets lost.
void BlockWorkerSignals();

class SignalWatch {
 public:
  // When an assignment has been superseded or stopped for `abandon_grace_s` and is still there,
  // `on_stuck` is called on the watch's thread; it must end the process.
  SignalWatch(Control& control, const Clock& clock, double abandon_grace_s,
              std::function<void()> on_stuck);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void Watch();
  void Take(int signal);

  Control& control_;
  const Clock& clock_;
  double abandon_grace_s_;
  std::function<void()> on_stuck_;
  bool interrupted_ = false;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace faretto
