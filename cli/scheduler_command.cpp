#include <charconv>

#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/local/local_run.h"
#include "scheduler/suggest/load_study.h"
#include "worker/launch/check_data.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// tcp://HOST:PORT with a port from 1 to 65535, or * for any free one.
Status CheckEndpoint(const std::string& endpoint) {
  const std::string scheme = "tcp://";
  const auto colon = endpoint.rfind(':');
  bool good = endpoint.starts_with(scheme) && colon > scheme.size() && colon != std::string::npos;
  if (good) {
    const std::string port = endpoint.substr(colon + 1);
    int number = 0;
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
    good = port == "*" || (code == std::errc() && end == port.data() + port.size() && number >= 1 &&
                           number <= 65535);
  }
  if (good) return Ok{};
  return Invalid(
      "scheduler: --bind must be tcp://HOST:PORT with a port from 1 to 65535 or *, it is \"" +
      endpoint + "\"");
}

Status Serve(const Arguments& arguments) {
  if (arguments.Has("bind")) FARETTO_RETURN_IF_ERROR(CheckEndpoint(arguments.Get("bind")));
  const fs::path file = arguments.Get("STUDY.json");
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  FARETTO_ASSIGN_OR_RETURN(StudySpec spec, LoadCheckedStudy(file, StudyUse::kRun));
  FARETTO_RETURN_IF_ERROR(CheckData(spec, file));
  LocalRunOptions options;
  options.dir = arguments.Get("dir");
  options.base_folder = fs::absolute(file).parent_path();
  options.study_text = text;
  options.workers = 0;
  options.bind = arguments.Get("bind");
  options.takeover = arguments.Get<bool>("takeover");
  FARETTO_ASSIGN_OR_RETURN(const LocalRunEnd run, RunLocally(std::move(spec), options));
  if (run.end.kind == ServiceEnd::Kind::kInterrupted) {
    return Error{ErrorKind::kInterrupted,
                 "interrupted; the same command resumes " + options.dir.string()};
  }
  Say("the study is finished: " + run.end.reason);
  return Ok{};
}

}  // namespace

int SchedulerCommand(const CommandArguments& args) {
  Arguments arguments("scheduler", "STUDY.json --dir DIR [--bind tcp://HOST:PORT]",
                      "Serves a study to workers that connect by themselves (faretto worker). "
                      "Resumes what the folder\n"
                      "holds. TCP is always encrypted: see faretto keys.",
                      {"faretto scheduler study.json --dir /shared/study --bind tcp://*:5555",
                       "faretto worker --dir /shared/study"});
  arguments.PositionalText("STUDY.json", "the study file");
  AddDir(arguments)
      .Text("bind", "ENDPOINT",
            "tcp://HOST:PORT (default: a socket in the folder, for this machine)")
      .Flag("takeover", "replace a scheduler that runs on the folder");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Serve(arguments));
}

}  // namespace faretto
