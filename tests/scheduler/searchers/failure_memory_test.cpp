#include "scheduler/searchers/failure_memory.h"

#include <gtest/gtest.h>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study() {
  return *ParseJson(R"({
    "name": "failures", "seed": 1,
    "space": {"parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "AdamW", "SGD"]},
      {"name": "lr", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "error"}],
    "algorithm": {"searcher": "random", "fidelity": "full"}})");
}

constexpr double kAdam = 0;
constexpr double kSgd = 2;

// Twenty trials of whose learning rates and optimizers `fails` decides.
template <class Fails>
StudyDriver Driven(Fails fails) {
  StudyDriver driver(AskTellSpec(Study()));
  for (int i = 0; i < 20; ++i) {
    const std::string optimizer = i % 2 == 0 ? "Adam" : "SGD";
    const double lr = (i + 0.5) / 20;
    driver.Enqueue({{"optimizer", optimizer}, {"lr", lr}});
    const auto id = driver.Ask();
    if (fails(optimizer, lr)) {
      driver.Fail(*id);
    } else {
      driver.Tell(*id, {{"error", 0.5}});
    }
  }
  return driver;
}

TEST(FailureMemory, AcceptsEverythingAsLongAsNothingFailed) {
  const StudyDriver driver = Driven([](const std::string&, double) { return false; });
  EXPECT_EQ(FailureMemory(driver.view()).Acceptance({{kSgd, 0.5}}), 1);
}

TEST(FailureMemory, AcceptsEverythingWhereEverythingFails) {
  const StudyDriver driver = Driven([](const std::string&, double) { return true; });
  EXPECT_EQ(FailureMemory(driver.view()).Acceptance({{kSgd, 0.5}}), 1);
}

// 10 trials, none succeeded, overall rate 1/2: (1 / 6)^2.
TEST(FailureMemory, DistrustsACategoryThatAlwaysFailed) {
  const StudyDriver driver =
      Driven([](const std::string& optimizer, double) { return optimizer == "SGD"; });
  const FailureMemory memory(driver.view());
  EXPECT_NEAR(memory.Acceptance({{kSgd, 0.5}}), 1.0 / 36, 1e-12);
  EXPECT_EQ(memory.Acceptance({{kAdam, 0.5}}), 1);
}

TEST(FailureMemory, DistrustsTheNeighbourhoodOfFailures) {
  const StudyDriver driver = Driven([](const std::string&, double lr) { return lr > 0.5; });
  const FailureMemory memory(driver.view());
  EXPECT_LT(memory.Acceptance({{kAdam, 0.95}}), 0.1);
  EXPECT_EQ(memory.Acceptance({{kAdam, 0.05}}), 1);
}

}  // namespace
}  // namespace faretto
