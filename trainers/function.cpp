#include "trainers/function.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/files.h"
#include "objectives/problems/function_problem.h"

namespace faretto {
namespace {

class FunctionTrainer final : public Trainer {
 public:
  explicit FunctionTrainer(FunctionProblem problem) : problem_(std::move(problem)) {}

  Status Prepare(const TrialSetup& setup) override;
  Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) override;
  Result<Metrics> Evaluate(const std::string& split) override;
  Status Save(const std::filesystem::path& file) override;
  Status Load(const std::filesystem::path& file) override;
  Status Export(const std::filesystem::path& folder) override;
  Result<Metrics> Baseline(const std::string& name, const std::string& split) override;

 private:
  // False when asked to stop meanwhile.
  bool SpendTime(const RunCallbacks& callbacks) const;

  FunctionProblem problem_;
  TrialSetup setup_;
  FunctionTraining training_;
  std::int64_t resource_ = 0;
};

Status FunctionTrainer::Prepare(const TrialSetup& setup) {
  setup_ = setup;
  resource_ = 0;
  FARETTO_ASSIGN_OR_RETURN(training_, problem_.Prepare(setup.params, setup.horizon));
  return Ok{};
}

bool FunctionTrainer::SpendTime(const RunCallbacks& callbacks) const {
  constexpr double kSliceS = 0.02;
  double left_s = problem_.sleep_s();
  for (;;) {
    if (callbacks.should_stop && callbacks.should_stop()) return false;
    if (left_s <= 0) return true;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left_s, kSliceS)));
    left_s -= kSliceS;
    if (callbacks.on_progress) callbacks.on_progress();
  }
}

Result<RunEnd> FunctionTrainer::Run(std::int64_t to, const RunCallbacks& callbacks) {
  std::int64_t reported = resource_;
  while (resource_ < to) {
    if (!SpendTime(callbacks)) return RunEnd{RunEnd::Kind::kStopped, resource_, 0, "", ""};
    ++resource_;
    // A table with gaps reports where it has rows; at the target it must have one.
    if (resource_ < to && !training_.ReportsAt(resource_)) continue;
    FARETTO_ASSIGN_OR_RETURN(const Metrics metrics, training_.At(resource_));
    const double cost = training_.Cost(std::exchange(reported, resource_), resource_);
    if (callbacks.on_report) callbacks.on_report(resource_, metrics, cost);
  }
  return RunEnd{RunEnd::Kind::kReached, resource_, 0, "", ""};
}

Result<Metrics> FunctionTrainer::Evaluate(const std::string&) {
  if (resource_ == 0) return Failed("a trial at resource 0 has no value yet");
  return training_.At(resource_);
}

Status FunctionTrainer::Save(const std::filesystem::path& file) {
  return WriteFileAtomically(file, DumpJson({{"resource", resource_}}) + "\n");
}

Status FunctionTrainer::Load(const std::filesystem::path& file) {
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  const Result<Json> json = ParseJson(text);
  if (!json.ok() || !json->is_object() || !json->contains("resource") ||
      !(*json)["resource"].is_number_integer() || (*json)["resource"] < 0) {
    return Failed("the checkpoint " + file.string() + " is damaged; use an earlier one");
  }
  resource_ = (*json)["resource"];
  return Ok{};
}

Status FunctionTrainer::Export(const std::filesystem::path& folder) {
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(folder));
  Json config = {{"trainer", "function"},   {"problem", problem_.name()},
                 {"params", setup_.params}, {"seed", setup_.seed},
                 {"epochs", resource_},     {"metrics", Json::object()}};
  if (const Result<Metrics> metrics = training_.At(resource_); resource_ > 0 && metrics.ok()) {
    config["metrics"] = *metrics;
  }
  return WriteFileAtomically(folder / "config.json", config.dump(2) + "\n");
}

Result<Metrics> FunctionTrainer::Baseline(const std::string& name, const std::string&) {
  return Invalid("the trainer function has no baseline \"" + name + "\"; it has none at all");
}

}  // namespace

Result<std::unique_ptr<Trainer>> MakeFunction(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(FunctionProblem problem, FunctionProblem::Make(trainer));
  return std::unique_ptr<Trainer>(std::make_unique<FunctionTrainer>(std::move(problem)));
}

Status CheckFunctionData(const Json& trainer) {
  FARETTO_RETURN_IF_ERROR(FunctionProblem::Make(trainer));
  return Ok{};
}

}  // namespace faretto
