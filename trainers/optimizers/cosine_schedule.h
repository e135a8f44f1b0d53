// Learning rate by epoch: linear warm-up, then half a cosine down to a minimum. No LibTorch.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>

namespace faretto {

struct CosineSchedule {
  double base = 0.1;               // the learning rate that the configuration names
  std::int64_t horizon = 1;        // T: epochs of the whole curve, whatever part of it is trained
  std::int64_t warmup_epochs = 3;  // at most
  double warmup_start = 1e-4;
  double minimum = 1e-6;
};

// Epochs of warm-up that LearningRate really takes: min(warmup_epochs, horizon / 4), so that a
// short training is not all warm-up.
std::int64_t WarmupEpochs(const CosineSchedule& schedule);

// The learning rate of epoch e = 0, 1, ..., constant inside the epoch. With w = WarmupEpochs:
//   e < w: start + (base - start) (e + 1) / (w + 1)         start = min(warmup_start, base)
//   e < T: min + (base - min) (1 + cos(pi (e - w) / (T - w))) / 2
//   else:  min                                              min = min(minimum, base)
// so the first epoch already learns, epoch w runs at `base`, and the last one above the minimum.
double LearningRate(const CosineSchedule& schedule, std::int64_t epoch);

// The rule as published, for parity runs; t counts epochs from 0:
//   t < warmup: start + t (base - start) / warmup;  t < T: min + (base - min) (1 + cos(pi t / T)) /
//   2; else min.
// The published trainer steps it with e + 1 after every batch, so that all of epoch e but the very
// first batch of all (t = 0) runs at t = e + 1: a 1-epoch run learns at a third of its rate, and
// the last epoch runs at the minimum. That is why LearningRate differs.
double PublishedLearningRate(const CosineSchedule& schedule, std::int64_t t);

}  // namespace faretto
