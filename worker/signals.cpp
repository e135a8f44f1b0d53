#include "worker/signals.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/result.h"

namespace faretto {
namespace {

sigset_t WorkerSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGUSR1, SIGINT}) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

void BlockWorkerSignals() {
  const sigset_t set = WorkerSignals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalWatch::SignalWatch(Control& control, const Clock& clock, double abandon_grace_s,
                         std::function<void()> on_stuck)
    : control_(control),
      clock_(clock),
      abandon_grace_s_(abandon_grace_s),
      on_stuck_(std::move(on_stuck)),
      thread_([this] { Watch(); }) {}

SignalWatch::~SignalWatch() {
  ended_ = true;
  thread_.join();
}

void SignalWatch::Take(int signal) {
  if (signal == SIGINT && std::exchange(interrupted_, true))
    ::_exit(static_cast<int>(ErrorKind::kInterrupted));
  const char* name = ::sigabbrev_np(signal);
  control_.Drain(std::string("SIG") + (name ? name : "?"));
}

void SignalWatch::Watch() {
  constexpr timespec kTick{0, 100'000'000};
  const sigset_t set = WorkerSignals();
  double lost_since = -1;
  while (!ended_) {
    if (const int signal = ::sigtimedwait(&set, nullptr, &kTick); signal > 0) Take(signal);
    const Control::Interruption now = control_.interruption();
    const bool lost = now == Control::Interruption::kSuperseded;
    if (!lost) {
      lost_since = -1;
    } else if (lost_since < 0) {
      lost_since = clock_.MonotonicS();
    } else if (clock_.MonotonicS() - lost_since >= abandon_grace_s_) {
      on_stuck_();
    }
  }
}

}  // namespace faretto
