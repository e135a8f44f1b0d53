#include "base/command_line/output.h"
#include "cli/commands.h"
#include "protocol/message.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

Status Retry(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t trial, arguments.GetInteger("ID", 0));
  FARETTO_RETURN_IF_ERROR(RequestOfStudy(arguments.Get("dir"), RetryRequest(trial)));
  return Print("trial " + std::to_string(trial) + " waits for a worker\n");
}

}  // namespace

int RetryCommand(const CommandArguments& args) {
  Arguments arguments("retry", "ID --dir DIR", "Gives a failed trial all its attempts again.",
                      {"faretto retry 17 --dir runs/orl-faces"});
  arguments.Positional("ID", true, "the trial");
  AddDir(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Retry(arguments));
}

}  // namespace faretto
