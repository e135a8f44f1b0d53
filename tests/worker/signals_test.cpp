#include "worker/signals.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <future>
#include <string>
#include <utility>

namespace faretto {
namespace {

// Waits for the drain that a signal causes.
std::string DrainReasonAfter(int signal) {
  BlockWorkerSignals();
  Control control;
  std::promise<void> drained;
  control.OnDrain([&] { drained.set_value(); });
  control.BeginWait();
  const SystemClock clock;
  const SignalWatch watch(control, clock, 60, [] {});
  ::kill(::getpid(), signal);
  drained.get_future().wait();
  return control.drain_reason();
}

TEST(Signals, SigtermDrains) { EXPECT_EQ(DrainReasonAfter(SIGTERM), "SIGTERM"); }

TEST(Signals, Sigusr1Drains) { EXPECT_EQ(DrainReasonAfter(SIGUSR1), "SIGUSR1"); }

TEST(Signals, TheFirstCtrlCDrains) { EXPECT_EQ(DrainReasonAfter(SIGINT), "SIGINT"); }

TEST(SignalsDeathTest, TheSecondCtrlCEndsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        BlockWorkerSignals();
        Control control;
        std::promise<void> drained;
        control.OnDrain([&] { drained.set_value(); });
        control.BeginWait();
        const SystemClock clock;
        const SignalWatch watch(control, clock, 60, [] {});
        ::kill(::getpid(), SIGINT);
        drained.get_future().wait();
        ::kill(::getpid(), SIGINT);
        std::promise<void>().get_future().wait();
      },
      ::testing::ExitedWithCode(130), "");
}

TEST(Signals, ATrainingThatDoesNotStopIsCalledStuck) {
  Control control;
  const SystemClock clock;
  std::promise<void> stuck;
  bool called = false;
  const SignalWatch watch(control, clock, 0, [&] {
    if (!std::exchange(called, true)) stuck.set_value();
  });
  control.Lose();
  stuck.get_future().wait();
  EXPECT_TRUE(called);
}

}  // namespace
}  // namespace faretto
