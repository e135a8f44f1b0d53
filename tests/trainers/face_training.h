// A face training small enough for tests, by one call a step.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trainers/trainer.h"

namespace faretto {

inline Json FaceTrainerJson(const std::filesystem::path& csv) {
  return {{"type", "face_identification"},
          {"dataset", {{"type", "image_list"}, {"csv", csv.string()}}},
          {"group", "glasses"},
          {"image_size", 32},
          {"channels", 1},
          {"batch", 4}};
}

inline TrialSetup FaceSetup(const Json& params = Json::object(), std::uint64_t seed = 3) {
  TrialSetup setup;
  setup.params = params;
  setup.seed = seed;
  setup.horizon = 6;
  setup.splits = {"train", "validation"};
  return setup;
}

inline std::unique_ptr<Trainer> MakePrepared(const Json& trainer, const TrialSetup& setup) {
  Result<std::unique_ptr<Trainer>> made = MakeTrainer(trainer);
  if (!made.ok()) {
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  const Status prepared = made.value()->Prepare(setup);
  if (!prepared.ok()) ADD_FAILURE() << prepared.error().message;
  return std::move(made).value();
}

// The message of making and preparing, or "no error".
inline std::string PrepareError(const Json& trainer, const TrialSetup& setup) {
  const Result<std::unique_ptr<Trainer>> made = MakeTrainer(trainer);
  if (!made.ok()) return made.error().message;
  const Status prepared = made.value()->Prepare(setup);
  if (prepared.ok()) return "no error";
  EXPECT_EQ(prepared.error().kind, ErrorKind::kInvalid);
  return prepared.error().message;
}

struct FaceRun {
  RunEnd end;
  std::vector<std::int64_t> resources;
  std::vector<Metrics> metrics;
  std::vector<double> costs;
};

// Runs up to `to`, or through that many batches.
inline FaceRun RunFaces(Trainer& trainer, std::int64_t to, int batches = 1'000'000) {
  FaceRun run;
  RunCallbacks callbacks;
  callbacks.should_stop = [&] { return batches <= 0; };
  callbacks.on_progress = [&] { --batches; };
  callbacks.on_report = [&](std::int64_t resource, const Metrics& metrics, double cost) {
    run.resources.push_back(resource);
    run.metrics.push_back(metrics);
    run.costs.push_back(cost);
  };
  const Result<RunEnd> end = trainer.Run(to, callbacks);
  if (!end.ok()) {
    ADD_FAILURE() << end.error().message;
  } else {
    run.end = *end;
  }
  return run;
}

}  // namespace faretto
