// A trainer that only counts: two batches an epoch, error = 1 / epochs.
#pragma once

#include <cmath>
#include <functional>
#include <string>

#include "base/files.h"
#include "trainers/trainer.h"

namespace faretto {

// What a test sets and sees; outlives the trainers.
struct FakeTraining {
  Status prepared = Ok{};
  std::int64_t fail_after = -1;  // epochs
  std::string fail_reason;
  std::function<void(std::int64_t batches)> on_batch;  // all batches so far
  Metrics baseline;
  bool nan = false;

  TrialSetup setup;
  std::int64_t epochs_trained = 0;
};

class FakeTrainer final : public Trainer {
 public:
  explicit FakeTrainer(FakeTraining& training) : training_(training) {}

  Status Prepare(const TrialSetup& setup) override {
    training_.setup = setup;
    return training_.prepared;
  }

  Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) override {
    while (batches_ < 2 * to) {
      if (callbacks.should_stop())
        return RunEnd{RunEnd::Kind::kStopped, batches_ / 2, batches_ % 2, "", ""};
      ++batches_;
      callbacks.on_progress();
      if (training_.on_batch) training_.on_batch(batches_);
      if (batches_ % 2 != 0) continue;
      ++training_.epochs_trained;
      if (batches_ / 2 == training_.fail_after)
        return RunEnd{RunEnd::Kind::kFailed, batches_ / 2, 0, training_.fail_reason, ""};
      callbacks.on_report(batches_ / 2, Values(), 1);
    }
    return RunEnd{RunEnd::Kind::kReached, to, 0, "", ""};
  }

  Result<Metrics> Evaluate(const std::string&) override { return Values(); }
  Status Save(const std::filesystem::path& file) override {
    return WriteFileAtomically(file, std::to_string(batches_));
  }
  Status Load(const std::filesystem::path& file) override {
    FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
    batches_ = std::stoll(text);
    return Ok{};
  }
  Status Export(const std::filesystem::path& folder) override {
    return WriteFileAtomically(folder / "model.safetensors", "model");
  }
  Result<Metrics> Baseline(const std::string& name, const std::string&) override {
    if (name != "pixels") return Invalid("no such reference line");
    return training_.baseline;
  }

 private:
  Metrics Values() const {
    if (training_.nan) return {{"error", std::nan("")}};
    return {{"error", 2.0 / static_cast<double>(batches_)}};
  }

  FakeTraining& training_;
  std::int64_t batches_ = 0;
};

}  // namespace faretto
