#include "trainers/optimizers/cosine_schedule.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/trainers/golden.h"

namespace faretto {
namespace {

CosineSchedule Schedule(double base, std::int64_t horizon) {
  CosineSchedule schedule;
  schedule.base = base;
  schedule.horizon = horizon;
  return schedule;
}

TEST(PublishedLearningRate, GivesTheGoldenRatesOfEveryHorizon) {
  const Json golden = Golden("lr");
  for (const auto& [horizon, rates] : golden["per_epoch"].items()) {
    const CosineSchedule schedule = Schedule(golden["base"].get<double>(), std::stoll(horizon));
    for (std::size_t epoch = 0; epoch < rates.size(); ++epoch) {
      EXPECT_NEAR(PublishedLearningRate(schedule, static_cast<std::int64_t>(epoch) + 1),
                  rates[epoch].get<double>(), 1e-15)
          << "T " << horizon << " epoch " << epoch;
    }
  }
}

TEST(PublishedLearningRate, StartsTheFirstBatchAtTheWarmupStart) {
  EXPECT_EQ(PublishedLearningRate(Schedule(0.1, 10), 0), 1e-4);
}

TEST(PublishedLearningRate, GivesTheGoldenRatesOfTheRetrainingThatStopsEarly) {
  const CosineSchedule schedule = Schedule(0.13828312564892567, 100);
  const auto rates = Golden("lr")["retrain_301_T100_first_10"].get<std::vector<double>>();
  for (std::size_t epoch = 0; epoch < rates.size(); ++epoch) {
    EXPECT_NEAR(PublishedLearningRate(schedule, static_cast<std::int64_t>(epoch) + 1), rates[epoch],
                1e-15);
  }
}

TEST(LearningRate, WarmsUpLinearlyToTheBaseThenFallsAlongACosine) {
  const CosineSchedule schedule = Schedule(0.1001, 13);
  ASSERT_EQ(WarmupEpochs(schedule), 3);
  EXPECT_NEAR(LearningRate(schedule, 0), 0.0251, 1e-12);
  EXPECT_NEAR(LearningRate(schedule, 1), 0.0501, 1e-12);
  EXPECT_NEAR(LearningRate(schedule, 2), 0.0751, 1e-12);
  EXPECT_NEAR(LearningRate(schedule, 3), 0.1001, 1e-12);
  EXPECT_NEAR(LearningRate(schedule, 8), (0.1001 + 1e-6) / 2, 1e-12);  // half-way
}

TEST(LearningRate, ShortensTheWarmupWithTheHorizon) {
  const std::vector<std::int64_t> expected = {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3};
  for (std::int64_t horizon = 1; horizon <= 13; ++horizon) {
    EXPECT_EQ(WarmupEpochs(Schedule(0.1, horizon)), expected[static_cast<std::size_t>(horizon - 1)])
        << horizon;
  }
}

TEST(LearningRate, ReachesTheBaseAndEndsAboveTheMinimumAtEveryHorizon) {
  for (std::int64_t horizon = 1; horizon <= 200; ++horizon) {
    const CosineSchedule schedule = Schedule(0.1, horizon);
    EXPECT_DOUBLE_EQ(LearningRate(schedule, WarmupEpochs(schedule)), 0.1) << horizon;
    EXPECT_GE(LearningRate(schedule, 0), 0.1 / 4) << horizon;
    EXPECT_GT(LearningRate(schedule, horizon - 1), schedule.minimum) << horizon;
    EXPECT_EQ(LearningRate(schedule, horizon), schedule.minimum) << horizon;
  }
}

TEST(LearningRate, TrainsASingleEpochAtTheBase) {
  EXPECT_DOUBLE_EQ(LearningRate(Schedule(0.1, 1), 0), 0.1);
}

TEST(LearningRate, NeverExceedsABaseBelowTheWarmupStart) {
  const CosineSchedule schedule = Schedule(1e-5, 18);
  for (std::int64_t epoch = 0; epoch < 18; ++epoch) EXPECT_LE(LearningRate(schedule, epoch), 1e-5);
}

}  // namespace
}  // namespace faretto
