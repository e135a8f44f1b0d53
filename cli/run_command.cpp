#include "base/command_line/arguments.h"
#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/pages/report.h"
#include "results/queries/format.h"
#include "results/queries/queries.h"
#include "results/store/reader.h"
#include "results/store/study_folder.h"
#include "scheduler/local/local_run.h"
#include "scheduler/requests/folder_request.h"
#include "scheduler/suggest/load_study.h"
#include "worker/launch/check_data.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

Status PrintResult(const fs::path& dir) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::OpenWithHistory(dir));
  FARETTO_ASSIGN_OR_RETURN(const Front front, StudyFront(study.view(), {}));
  FARETTO_RETURN_IF_ERROR(Print(
      Render(FrontDocument(study.view(), front, Baselines(study.view())), OutputFormat::kTable)));
  if (const Status trained = CheckSomethingTrained(study.state()); !trained.ok()) {
    return Failed(trained.error().message + "; see faretto logs " +
                  std::to_string(study.state().trials().back().id) + " --dir " + dir.string());
  }
  const fs::path report = dir / "report.html";
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(report, HtmlReport(study.view(), study.history())));
  return Print("\nstudy:  " + dir.string() + "\nreport: " + report.string() + "\n");
}

// --fresh is for another try of the same study, not for a mistyped folder.
Status CheckSameName(const fs::path& dir, const StudySpec& spec) {
  if (!HoldsStudy(dir)) return Ok{};
  const auto study = StudyReader::Open(dir);
  if (!study.ok() || study->spec().name == spec.name) return Ok{};
  return Invalid("the folder " + dir.string() + " holds the study \"" + study->spec().name +
                 "\", not \"" + spec.name + "\"; remove it yourself or choose another folder");
}

Status Run(const Arguments& arguments) {
  const fs::path file = arguments.Get("STUDY.json");
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  FARETTO_ASSIGN_OR_RETURN(StudySpec spec, LoadCheckedStudy(file, StudyUse::kRun));
  LocalRunOptions options;
  options.dir =
      arguments.Has("dir") ? fs::path(arguments.Get("dir")) : fs::path("runs") / spec.name;
  options.base_folder = fs::absolute(file).parent_path();
  options.study_text = text;
  options.workers =
      static_cast<int>(arguments.Find<std::int64_t>("workers").value_or(DefaultWorkers()));
  options.takeover = arguments.Get<bool>("takeover");
  FARETTO_RETURN_IF_ERROR(CheckData(spec, file));
  if (arguments.Get<bool>("fresh")) {
    if (SchedulerAnswers(options.dir)) {
      return Failed("a scheduler runs on " + options.dir.string() +
                    "; stop it before --fresh removes the study");
    }
    FARETTO_RETURN_IF_ERROR(CheckSameName(options.dir, spec));
    FARETTO_RETURN_IF_ERROR(RemoveStudy(options.dir));
  }
  FARETTO_ASSIGN_OR_RETURN(const LocalRunEnd run, RunLocally(std::move(spec), options));
  if (run.end.kind == ServiceEnd::Kind::kInterrupted) {
    return Error{ErrorKind::kInterrupted,
                 "interrupted; the same command resumes " + options.dir.string()};
  }
  Say("the study is finished: " + run.end.reason + "\n");
  return PrintResult(options.dir);
}

}  // namespace

int RunCommand(const CommandArguments& args) {
  Arguments arguments("run", "STUDY.json [--dir DIR] [--workers N] [--fresh]",
                      "Starts a study with a scheduler and local workers, or resumes it, and ends "
                      "with its Pareto front.\n"
                      "Ctrl-C lets running epochs reach a checkpoint and keeps everything; a "
                      "second one ends at once.",
                      {"faretto run examples/orl_faces.json --workers 2",
                       "faretto run study.json --dir /scratch/study --fresh"});
  arguments.PositionalText("STUDY.json", "the study file")
      .Text("dir", "DIR", "the study folder (default runs/<name>)")
      .Integer("workers", "N", "local workers (default: one a core)",
               {.at_least = 1, .at_most = 1024})
      .Flag("fresh", "remove what the folder holds of this study and start anew")
      .Flag("takeover", "replace a scheduler that runs on the folder");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Run(arguments));
}

}  // namespace faretto
