#include "worker/options.h"

#include "base/command_line/output.h"

namespace faretto {
namespace fs = std::filesystem;

std::string WorkerHelp() {
  return "faretto-worker trains what a scheduler gives out. `faretto worker` starts it, and starts "
         "it again when a\ntraining takes it down.\n\n"
         "Usage: faretto-worker COMMAND [options]      faretto-worker COMMAND --help\n\n"
         "Commands:\n"
         "  run    train what the scheduler gives out\n"
         "  check  read a study's training and validation data in full\n\n"
         "Exit status: 0 finished or drained, 1 failed, 2 wrong usage or data, 70 start again, 71 "
         "no scheduler.\n";
}

std::optional<int> ParseRunOptions(const std::vector<std::string>& args, RunOptions& options) {
  Arguments arguments(
      "run", "--dir DIR | --connect tcp://HOST:PORT --server-key FILE --client-key FILE [options]",
      "Trains what a scheduler gives out.\n"
      "SIGTERM, SIGUSR1 and Ctrl-C: checkpoint, hand back, end. A second Ctrl-C ends at once.",
      {"faretto-worker run --dir runs/orl-faces"}, kWorkerProgram);
  AddWorkerOptions(arguments)
      .Text("instance", "NAME", "tells processes of one name apart; default: made up")
      .Integer("status-fd", "N", "write a line to this descriptor whenever the assignment changes",
               {.at_least = 0, .at_most = 9999});
  if (const auto exit_code = arguments.Parse(args)) return exit_code;
  Result<WorkerPlace> place = WorkerPlaceOf(arguments);
  if (!place.ok()) return PrintError(place.error(), kWorkerProgram);
  options.place = *std::move(place);
  options.instance = arguments.Get("instance");
  options.scratch = arguments.Has("scratch")
                        ? fs::absolute(arguments.Get("scratch")).lexically_normal()
                        : options.place.folder / "scratch" / options.place.name;
  options.checkpoint_every_s = arguments.Get<double>("checkpoint-every-s");
  options.give_up_s = arguments.Get<double>("give-up-s");
  options.abandon_grace_s = arguments.Get<double>("abandon-grace-s");
  options.status_fd = static_cast<int>(arguments.Find<std::int64_t>("status-fd").value_or(-1));
  return std::nullopt;
}

std::optional<int> ParseCheckOptions(const std::vector<std::string>& args, fs::path& study) {
  Arguments arguments("check", "STUDY.json",
                      "Reads the study's training and validation data in full.",
                      {"faretto-worker check study.json"}, kWorkerProgram);
  arguments.PositionalText("STUDY.json", "the study file");
  if (const auto exit_code = arguments.Parse(args)) return exit_code;
  study = arguments.Get("STUDY.json");
  return std::nullopt;
}

}  // namespace faretto
