#include <poll.h>

#include <cmath>

#include "base/clock.h"
#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/local/local_run.h"
#include "scheduler/requests/folder_request.h"
#include "study/trainer_catalog.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// A scheduler may be started again in this time.
constexpr double kSilentS = 60;

struct RetrainPlan {
  fs::path dir;
  TrialId trial = 0;
  std::int64_t seeds = 3;
  std::int64_t resource = 0;
  std::string split;
  int workers = 1;
};

// Trains the jobs with a scheduler and workers of our own; the search itself does not go on.
Result<std::vector<std::int64_t>> RetrainHere(const RetrainPlan& plan, const StudyReader& study) {
  LocalRunOptions options;
  options.dir = plan.dir;
  options.base_folder = study.base_folder();
  options.study_text = study.study_text();
  options.workers = plan.workers;
  // A start may reopen the study, one that was stopped for instance.
  options.first_requests = {RetrainRequest{plan.trial, plan.seeds, plan.resource, plan.split},
                            StopRequest{}};
  FARETTO_ASSIGN_OR_RETURN(const LocalRunEnd run, RunLocally(study.spec(), options));
  if (run.end.kind == ServiceEnd::Kind::kInterrupted) {
    return Error{ErrorKind::kInterrupted,
                 "interrupted; what is done is kept in " + plan.dir.string()};
  }
  FARETTO_ASSIGN_OR_RETURN(JobsRequested requested, Expect<JobsRequested>(run.first_responses[0]));
  return std::move(requested.jobs);
}

// The scheduler that runs gives the jobs to its workers; waits until they are done.
Result<std::vector<std::int64_t>> RetrainThere(const RetrainPlan& plan) {
  FARETTO_ASSIGN_OR_RETURN(
      JobsRequested requested,
      Expect<JobsRequested>(RequestOfStudy(
          plan.dir, RetrainRequest{plan.trial, plan.seeds, plan.resource, plan.split})));
  Say("given to the scheduler that runs on " + plan.dir.string() + "; waiting for its workers");
  const SystemClock clock;
  double heard_s = clock.MonotonicS();
  FARETTO_ASSIGN_OR_RETURN(StudyReader study, StudyReader::Open(plan.dir));
  while (true) {
    bool open = false;
    for (const std::int64_t id : requested.jobs) {
      const Job& job = study.state().jobs()[static_cast<std::size_t>(id)];
      open = open || job.state == Job::State::kPending || job.state == Job::State::kRunning;
    }
    if (!open) return std::move(requested.jobs);
    if (SchedulerAnswers(plan.dir)) heard_s = clock.MonotonicS();
    if (clock.MonotonicS() - heard_s > kSilentS) {
      return Failed("no scheduler answers on " + plan.dir.string() +
                    " any more; what is left of the retraining is done when the next one starts");
    }
    ::poll(nullptr, 0, 500);
    FARETTO_RETURN_IF_ERROR(study.CatchUp());
  }
}

struct MeanAndError {
  double mean = 0;
  double standard_error = 0;
  std::size_t n = 0;
};

MeanAndError Summarize(const std::vector<double>& values) {
  MeanAndError result;
  result.n = values.size();
  if (values.empty()) return result;
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (values.size() > 1) {
    result.standard_error = std::sqrt(squares / static_cast<double>(values.size() - 1) /
                                      static_cast<double>(values.size()));
  }
  return result;
}

Document RetrainDocument(const RetrainPlan& plan, const StudyReader& study,
                         const std::vector<std::int64_t>& jobs) {
  Document document;
  document.json = {{"trial", plan.trial},
                   {"split", plan.split},
                   {"resource", plan.resource},
                   {"runs", Json::array()}};
  std::map<std::string, std::vector<double>> values;
  for (const std::int64_t id : jobs) {
    const Job& job = study.state().jobs()[static_cast<std::size_t>(id)];
    Json run = {{"seed", job.seed},
                {"state", JobStateName(job.state)},
                {"values", MetricsJson(job.values)}};
    if (job.failure) run["failure"] = job.failure->reason;
    document.json["runs"].push_back(std::move(run));
    for (const auto& [name, value] : job.values) values[name].push_back(value);
  }
  document.table.columns = {{"metric"}, {"mean", true}, {"standard error", true}, {"seeds", true}};
  document.records.columns = document.table.columns;
  document.json["metrics"] = Json::object();
  for (const auto& [name, list] : values) {
    const MeanAndError m = Summarize(list);
    const bool several = m.n > 1;
    document.json["metrics"][name] = {{"mean", m.mean},
                                      {"standard_error", several ? Json(m.standard_error) : Json()},
                                      {"n", m.n}};
    document.records.rows.push_back({name, NumberText(m.mean),
                                     several ? NumberText(m.standard_error) : "",
                                     std::to_string(m.n)});
    document.table.rows.push_back({name, ShortNumber(m.mean),
                                   several ? ShortNumber(m.standard_error) : "-",
                                   std::to_string(m.n)});
  }
  const auto trainer = DescribeTrainer(study.spec().trainer, study.spec().space);
  const bool has_splits = trainer.ok() && trainer->reads_data;
  document.notes = "trial " + std::to_string(plan.trial) +
                   (has_splits ? " on the " + plan.split + " split" : "") + "; left in " +
                   (plan.dir / "models" / ("trial-" + std::to_string(plan.trial))).string() + "\n";
  return document;
}

Status Retrain(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  RetrainPlan plan;
  plan.dir = arguments.Get("dir");
  plan.trial = arguments.Get<std::int64_t>("trial");
  plan.seeds = arguments.Get<std::int64_t>("seeds");
  plan.split = arguments.Get("split");
  plan.workers = static_cast<int>(std::min<std::int64_t>(
      arguments.Find<std::int64_t>("workers").value_or(DefaultWorkers()), 1024));
  std::vector<std::int64_t> jobs;
  {
    FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(plan.dir));
    if (!study.spec().trainer.is_object()) {
      return Invalid("retrain: the study of " + plan.dir.string() +
                     " has no trainer, its trials were trained by the program that told them");
    }
    FARETTO_RETURN_IF_ERROR(FindTrialIn(plan.dir, study, plan.trial));
    plan.resource = arguments.Find<std::int64_t>("resource").value_or(study.spec().top_resource());
    FARETTO_ASSIGN_OR_RETURN(
        jobs, SchedulerAnswers(plan.dir) ? RetrainThere(plan) : RetrainHere(plan, study));
  }
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(plan.dir));
  FARETTO_RETURN_IF_ERROR(Print(Render(RetrainDocument(plan, study, jobs), format)));
  for (const std::int64_t id : jobs) {
    const Job& job = study.state().jobs()[static_cast<std::size_t>(id)];
    if (job.state == Job::State::kDone) continue;
    return Failed("a retraining of trial " + std::to_string(plan.trial) + " failed: " +
                  (job.failure ? job.failure->reason : std::string("it was not done")));
  }
  return Ok{};
}

}  // namespace

int RetrainCommand(const CommandArguments& args) {
  Arguments arguments(
      "retrain", "--dir DIR --trial ID [--seeds N] [--resource E] [--split test]",
      "Trains a trial's configuration from scratch with several seeds and evaluates each model on "
      "the\n"
      "test split, which nothing before it has opened. Leaves model.safetensors and config.json "
      "in\n"
      "DIR/models. By the scheduler that runs on the folder, else with local workers.",
      {"faretto retrain --dir runs/orl-faces --trial 17 --seeds 3"});
  AddDir(arguments)
      .Integer("trial", "ID", "the trial", {.required = true, .at_least = 0})
      .Integer("seeds", "N", "number of seeds", {.at_least = 1, .default_value = 3})
      .Integer("resource", "E", "epochs (default: the study's max_resource)", {.at_least = 1})
      .Text("split", "SPLIT", "test or validation",
            {.default_value = "test", .one_of = {"test", "validation"}})
      .Integer("workers", "N", "local workers, where no scheduler runs (default: one a core)",
               {.at_least = 1});
  AddFormat(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Retrain(arguments));
}

}  // namespace faretto
