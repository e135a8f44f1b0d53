#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

Status Stop(const Arguments& arguments) {
  const std::string dir = arguments.Get("dir");
  if (const auto trial = arguments.Find<std::int64_t>("trial")) {
    FARETTO_RETURN_IF_ERROR(RequestOfStudy(dir, StopRequest{*trial}));
    return Print("trial " + std::to_string(*trial) + " is stopped\n");
  }
  FARETTO_RETURN_IF_ERROR(StudyReader::Open(dir));
  if (!SchedulerAnswers(dir)) return Print("nothing runs on " + dir + "\n");
  FARETTO_RETURN_IF_ERROR(RequestOfStudy(dir, StopRequest{}));
  return Print("the study ends when its running assignments are done\n");
}

}  // namespace

int StopCommand(const CommandArguments& args) {
  Arguments arguments(
      "stop", "--dir DIR [--trial ID]",
      "Ends a running study after its running assignments (a later run resumes it), or one trial "
      "at once.",
      {"faretto stop --dir runs/orl-faces", "faretto stop --dir runs/orl-faces --trial 17"});
  AddDir(arguments).Integer("trial", "ID", "only this trial", {.at_least = 0});
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Stop(arguments));
}

}  // namespace faretto
