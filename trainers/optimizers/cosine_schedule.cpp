#include "trainers/optimizers/cosine_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace faretto {
namespace {

// From `base` at progress 0 to `minimum` at progress 1.
double HalfCosine(double base, double minimum, double progress) {
  return minimum + (base - minimum) * (1.0 + std::cos(std::numbers::pi * progress)) / 2.0;
}

}  // namespace

std::int64_t WarmupEpochs(const CosineSchedule& schedule) {
  return std::max<std::int64_t>(0, std::min(schedule.warmup_epochs, schedule.horizon / 4));
}

double LearningRate(const CosineSchedule& schedule, std::int64_t epoch) {
  const double base = schedule.base;
  const double start = std::min(schedule.warmup_start, base);
  const double minimum = std::min(schedule.minimum, base);
  const std::int64_t warmup = WarmupEpochs(schedule);
  if (epoch < warmup) {
    return start +
           (base - start) * static_cast<double>(epoch + 1) / static_cast<double>(warmup + 1);
  }
  if (epoch >= schedule.horizon) return minimum;
  return HalfCosine(
      base, minimum,
      static_cast<double>(epoch - warmup) / static_cast<double>(schedule.horizon - warmup));
}

double PublishedLearningRate(const CosineSchedule& schedule, std::int64_t t) {
  if (t < schedule.warmup_epochs) {
    return schedule.warmup_start + static_cast<double>(t) *
                                       (schedule.base - schedule.warmup_start) /
                                       static_cast<double>(schedule.warmup_epochs);
  }
  if (t >= schedule.horizon) return schedule.minimum;
  return HalfCosine(schedule.base, schedule.minimum,
                    static_cast<double>(t) / static_cast<double>(schedule.horizon));
}

}  // namespace faretto
