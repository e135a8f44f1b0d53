#include "trainers/function.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/names.h"
#include "objectives/test_problems.h"

namespace faretto {
namespace {

struct FunctionOptions {
  const TestProblem* problem = nullptr;
  double cost_s = 0;
  double sleep_s = 0;
};

Result<FunctionOptions> ParseFunctionOptions(const Json& trainer) {
  const std::vector<std::string> keys = {"type", "problem", "cost_s", "sleep_s"};
  FunctionOptions options;
  for (const auto& [key, value] : trainer.items()) {
    const std::string where = "trainer." + key;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return Invalid(where + " is unknown" + NameHint(key, keys));
    }
    if (key != "cost_s" && key != "sleep_s") continue;
    if (!value.is_number() || !std::isfinite(value.get<double>()) || value < 0) {
      return Invalid(where + " must be seconds, at least 0, found " + DumpJson(value));
    }
    (key == "cost_s" ? options.cost_s : options.sleep_s) = value;
  }
  if (!trainer.contains("problem") || !trainer["problem"].is_string()) {
    return Invalid("trainer.problem must name a test problem" + NameHint("", TestProblemNames()));
  }
  const std::string name = trainer["problem"];
  options.problem = FindTestProblem(name);
  if (options.problem == nullptr) {
    return Invalid("trainer.problem \"" + name + "\" is unknown" +
                   NameHint(name, TestProblemNames()));
  }
  return options;
}

class FunctionTrainer final : public Trainer {
 public:
  explicit FunctionTrainer(const FunctionOptions& options) : options_(options) {}

  Status Prepare(const TrialSetup& setup) override;
  Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) override;
  Result<Metrics> Evaluate(const std::string& split) override;
  Status Save(const std::filesystem::path& file) override;
  Status Load(const std::filesystem::path& file) override;
  Status Export(const std::filesystem::path& folder) override;
  Result<Metrics> Baseline(const std::string& name, const std::string& split) override;

 private:
  Result<Metrics> At(std::int64_t resource) const {
    return options_.problem->EvaluateAt(variables_, static_cast<double>(resource),
                                        static_cast<double>(setup_.horizon));
  }
  // False when asked to stop meanwhile.
  bool SpendTime(const RunCallbacks& callbacks) const;

  FunctionOptions options_;
  TrialSetup setup_;
  std::vector<double> variables_;
  std::int64_t resource_ = 0;
};

Status FunctionTrainer::Prepare(const TrialSetup& setup) {
  setup_ = setup;
  resource_ = 0;
  std::map<std::string, double> numbers;
  for (const auto& [name, value] : setup.params.items()) {
    if (!value.is_number()) {
      return Invalid("the parameter " + name +
                     " must be a number for the trainer function, found " + DumpJson(value));
    }
    numbers[name] = value;
  }
  variables_ = InNaturalOrder(numbers);
  FARETTO_RETURN_IF_ERROR(At(setup.horizon));
  return Ok{};
}

bool FunctionTrainer::SpendTime(const RunCallbacks& callbacks) const {
  constexpr double kSliceS = 0.02;
  double left_s = options_.sleep_s;
  for (;;) {
    if (callbacks.should_stop && callbacks.should_stop()) return false;
    if (left_s <= 0) return true;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left_s, kSliceS)));
    left_s -= kSliceS;
    if (callbacks.on_progress) callbacks.on_progress();
  }
}

Result<RunEnd> FunctionTrainer::Run(std::int64_t to, const RunCallbacks& callbacks) {
  while (resource_ < to) {
    if (!SpendTime(callbacks)) return RunEnd{RunEnd::Kind::kStopped, resource_, 0, "", ""};
    FARETTO_ASSIGN_OR_RETURN(const Metrics metrics, At(resource_ + 1));
    const double cost = options_.cost_s > 0
                            ? SimulatedCostS(variables_, static_cast<double>(resource_),
                                             static_cast<double>(resource_ + 1), options_.cost_s)
                            : 1;
    ++resource_;
    if (callbacks.on_report) callbacks.on_report(resource_, metrics, cost);
  }
  return RunEnd{RunEnd::Kind::kReached, resource_, 0, "", ""};
}

Result<Metrics> FunctionTrainer::Evaluate(const std::string&) {
  if (resource_ == 0) return Failed("a trial at resource 0 has no value yet");
  return At(resource_);
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
  Json config = {{"trainer", "function"},   {"problem", options_.problem->name},
                 {"params", setup_.params}, {"seed", setup_.seed},
                 {"epochs", resource_},     {"metrics", Json::object()}};
  if (const Result<Metrics> metrics = At(resource_); resource_ > 0 && metrics.ok()) {
    config["metrics"] = *metrics;
  }
  return WriteFileAtomically(folder / "config.json", config.dump(2) + "\n");
}

Result<Metrics> FunctionTrainer::Baseline(const std::string& name, const std::string&) {
  return Invalid("the trainer function has no baseline \"" + name + "\"; it has none at all");
}

}  // namespace

Result<std::unique_ptr<Trainer>> MakeFunction(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(const FunctionOptions options, ParseFunctionOptions(trainer));
  return std::unique_ptr<Trainer>(std::make_unique<FunctionTrainer>(options));
}

Status CheckFunctionData(const Json& trainer) {
  FARETTO_RETURN_IF_ERROR(ParseFunctionOptions(trainer));
  return Ok{};
}

}  // namespace faretto
