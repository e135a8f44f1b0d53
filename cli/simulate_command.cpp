#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "results/queries/queries.h"
#include "results/store/store.h"
#include "results/store/study_folder.h"
#include "scheduler/service/master_lock.h"
#include "scheduler/simulator/function_source.h"
#include "scheduler/simulator/recorded_source.h"
#include "scheduler/simulator/simulation_output.h"
#include "scheduler/suggest/load_study.h"
#include "scheduler/suggest/suggest.h"
#include "study/trainer_catalog.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEventsAtOnce = 4096;  // one transaction
constexpr double kProgressPeriodS = 2;

// Wall time on standard error; standard output is the same every time.
class Watch {
 public:
  explicit Watch(const StudyState& state) : state_(state), started_(clock_.MonotonicS()) {}

  Suggestion TimedSuggest(const StudyView& view, std::int64_t number) {
    const double start = clock_.MonotonicS();
    Suggestion suggestion = Suggest(view, number);
    took_.push_back(clock_.MonotonicS() - start);
    suggesting_ += took_.back();
    return suggestion;
  }

  Status TimedKeep(const std::function<Status()>& keep) {
    const double start = clock_.MonotonicS();
    Status kept = keep();
    keeping_ += clock_.MonotonicS() - start;
    return kept;
  }

  void Progress(double virtual_s) {
    if (++steps_ % 64 != 0 || clock_.MonotonicS() < shown_ + kProgressPeriodS) return;
    shown_ = clock_.MonotonicS();
    std::fprintf(stderr, "virtual %.4g s  trials %zu  resource %.6g\n", virtual_s,
                 state_.trials().size(), state_.spent_resource());
  }

  void Finish(const Simulation& done) {
    const double wall = clock_.MonotonicS() - started_;
    std::sort(took_.begin(), took_.end());
    const auto quantile = [&](double q) {
      return took_.empty()
                 ? 0
                 : 1e3 * took_[static_cast<std::size_t>(q * static_cast<double>(took_.size() - 1))];
    };
    std::fprintf(stderr,
                 "%.3g s of wall time; %zu suggestions in %.3g s: median %.3g ms, 95 %% %.3g ms, "
                 "largest %.3g ms; %lld machine steps and the simulation %.3g us each\n",
                 wall, took_.size(), suggesting_, quantile(0.5), quantile(0.95), quantile(1),
                 static_cast<long long>(done.steps),
                 1e6 * (wall - suggesting_ - keeping_) /
                     static_cast<double>(std::max<std::int64_t>(1, done.steps)));
    if (keeping_ > 0) std::fprintf(stderr, "the store took %.3g s\n", keeping_);
  }

 private:
  SystemClock clock_;
  const StudyState& state_;
  double started_;
  double shown_ = started_;
  double suggesting_ = 0;
  double keeping_ = 0;
  std::int64_t steps_ = 0;
  std::vector<double> took_;
};

// What takes the place of training, if not the study's own trainer.
Result<std::optional<Json>> OtherTrainer(const Arguments& arguments, const StudySpec& spec) {
  const int named = arguments.Has("problem") + arguments.Has("table") + arguments.Has("recorded");
  if (named > 1) return Invalid("name one of --problem, --table and --recorded");
  if (arguments.Has("problem"))
    return std::optional<Json>({{"type", "function"}, {"problem", arguments.Get("problem")}});
  if (!arguments.Has("table")) return std::optional<Json>();
  Json metrics = Json::array();
  for (const Objective& objective : spec.objectives) metrics.push_back(objective.name);
  for (const Constraint& constraint : spec.constraints) {
    if (std::find(metrics.begin(), metrics.end(), Json(constraint.metric)) == metrics.end())
      metrics.push_back(constraint.metric);
  }
  return std::optional<Json>({{"type", "function"},
                              {"table", fs::absolute(arguments.Get("table")).string()},
                              {"metrics", std::move(metrics)}});
}

// The study file with what the options change in it. Its name says that it is a simulation, so that
// a folder of it is never taken for one of trained trials.
Result<StudySpec> SpecToSimulate(const Arguments& arguments, const fs::path& file) {
  const bool own_trainer =
      !arguments.Has("problem") && !arguments.Has("table") && !arguments.Has("recorded");
  const StudyUse use = own_trainer ? StudyUse::kRun : StudyUse::kAskTell;
  FARETTO_ASSIGN_OR_RETURN(const StudySpec written, LoadCheckedStudy(file, use));
  Json study = written.source;
  study["name"] = written.name + "-simulated";
  if (const auto seed = arguments.Find<std::int64_t>("seed")) study["seed"] = *seed;
  FARETTO_ASSIGN_OR_RETURN(const auto trainer, OtherTrainer(arguments, written));
  if (trainer) {
    study["trainer"] = *trainer;
    const auto described = DescribeTrainer(*trainer, written.space);
    const std::string option = arguments.Has("problem") ? "--problem" : "--table";
    if (!described.ok()) return described.error().In(option);
  }
  auto spec = ParseStudy(DumpJson(study), use);
  if (!spec.ok()) return spec.error().In(file.string());
  const BudgetSpec& budget = spec->budget;
  if (!budget.trials && !budget.resource && !budget.wall_clock_s)
    return Invalid(file.string() +
                   ": budget is missing: give at least one of trials, resource, wall_clock_s");
  return spec;
}

struct Source {
  std::unique_ptr<TrainingSource> training;
  std::string name;  // for people
};

Result<Source> SourceOf(const Arguments& arguments, const StudySpec& spec, const fs::path& file) {
  Source source;
  if (arguments.Has("recorded")) {
    FARETTO_ASSIGN_OR_RETURN(source.training, MakeRecordedSource(spec, arguments.Get("recorded")));
    source.name = "recorded in " + arguments.Get("recorded");
    return source;
  }
  const Json trainer = ResolveTrainerPaths(spec.trainer, fs::absolute(file).parent_path());
  auto made = MakeFunctionSource(spec, trainer);
  if (!made.ok()) return made.error().In(arguments.Has("table") ? "--table" : file.string());
  source.training = std::move(*made);
  source.name = spec.trainer.contains("table") ? spec.trainer["table"].get<std::string>()
                                               : spec.trainer["problem"].get<std::string>();
  return source;
}

// A new study folder that takes the simulation's events, many at a time.
class SimulatedFolder {
 public:
  static Result<std::unique_ptr<SimulatedFolder>> Make(const fs::path& dir, const StudySpec& spec,
                                                       const fs::path& base) {
    if (HoldsStudy(dir)) return Invalid(dir.string() + " holds a study already; name a new folder");
    FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(dir));
    FARETTO_ASSIGN_OR_RETURN(MasterLock lock, MasterLock::Take(dir, false));
    FARETTO_ASSIGN_OR_RETURN(auto store, Store::Open(dir, spec, {.base_folder = base}));
    return std::unique_ptr<SimulatedFolder>(new SimulatedFolder(std::move(lock), std::move(store)));
  }

  Status Keep(std::span<Event> events) {
    std::move(events.begin(), events.end(), std::back_inserter(waiting_));
    return waiting_.size() < kEventsAtOnce ? Status(Ok{}) : Flush();
  }
  Status Flush() {
    const std::vector<Event> events = std::exchange(waiting_, {});
    return events.empty() ? Status(Ok{}) : store_->Append(events);
  }

 private:
  SimulatedFolder(MasterLock lock, std::unique_ptr<Store> store)
      : lock_(std::move(lock)), store_(std::move(store)) {}

  MasterLock lock_;
  std::unique_ptr<Store> store_;
  std::vector<Event> waiting_;
};

SimulationOptions OptionsOf(const Arguments& arguments) {
  SimulationOptions options;
  options.workers = static_cast<std::size_t>(arguments.Get<std::int64_t>("workers"));
  options.fail_rate = arguments.Get<double>("fail-rate");
  options.worker_mtbf_s = arguments.Find<double>("worker-mtbf");
  options.info = ThisProgram();
  options.info.host = "simulation";
  options.info.pid = 0;
  return options;
}

Status Simulate(const Arguments& arguments) {
  const fs::path file = arguments.Get("STUDY.json");
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  const SimulationOptions options = OptionsOf(arguments);
  FARETTO_ASSIGN_OR_RETURN(const StudySpec spec, SpecToSimulate(arguments, file));
  FARETTO_ASSIGN_OR_RETURN(const Source source, SourceOf(arguments, spec, file));
  std::unique_ptr<SimulatedFolder> folder;
  if (arguments.Has("dir")) {
    FARETTO_ASSIGN_OR_RETURN(folder, SimulatedFolder::Make(arguments.Get("dir"), spec,
                                                           fs::absolute(file).parent_path()));
  }
  Machine machine(spec);
  Watch watch(machine.state());
  SimulationHooks hooks;
  hooks.suggest = [&](const StudyView& view, std::int64_t number) {
    return watch.TimedSuggest(view, number);
  };
  hooks.progress = [&](double virtual_s) { watch.Progress(virtual_s); };
  if (folder) {
    hooks.keep = [&](std::span<Event> events) {
      return watch.TimedKeep([&] { return folder->Keep(events); });
    };
  }
  FARETTO_ASSIGN_OR_RETURN(const Simulation done,
                           Simulate(machine, *source.training, options, hooks));
  if (folder) FARETTO_RETURN_IF_ERROR(watch.TimedKeep([&] { return folder->Flush(); }));
  watch.Finish(done);
  FARETTO_RETURN_IF_ERROR(
      Print(SimulationText(machine.view(), done, options.workers, source.name, format)));
  return CheckSomethingTrained(machine.state());
}

}  // namespace

int SimulateCommand(const CommandArguments& args) {
  Arguments arguments(
      "simulate", "STUDY.json [--workers N] [options]",
      "Runs a study with virtual workers in virtual time: what a searcher and a fidelity policy "
      "would find,\nwhen, and how busy the workers would be. The trainer function is simulated as "
      "it is; other trainings\nare stood in for by --problem, --table or --recorded. The same file "
      "and seed print the same.",
      {"faretto simulate study.json --workers 1000",
       "faretto simulate study.json --recorded runs/orl-faces --seed 2 --format json"});
  arguments.PositionalText("STUDY.json", "the study file")
      .Integer("workers", "N", "virtual workers",
               {.at_least = 1, .at_most = 1'000'000, .default_value = 1})
      .Integer("seed", "N", "in place of the file's", {.at_least = 0})
      .Text("dir", "DIR", "keep it as a study folder, for pareto, report and replay")
      .Text("problem", "NAME", "a test problem in the place of training")
      .Text("table", "FILE", "a benchmark table (CSV) in the place of training")
      .Text("recorded", "DIR", "an earlier study in the place of training")
      .Number("fail-rate", "P", "a training fails by chance with this probability",
              {.at_least = 0, .at_most = 1})
      .Number("worker-mtbf", "S", "a worker is lost after this many virtual seconds in the mean",
              {.above = 0});
  AddFormat(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Simulate(arguments));
}

}  // namespace faretto
