#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

Status Retry(const Arguments& arguments) {
  const auto trial = arguments.Get<std::int64_t>("ID");
  FARETTO_RETURN_IF_ERROR(RequestOfStudy(arguments.Get("dir"), RetryRequest{trial}));
  return Print("trial " + std::to_string(trial) + " waits for a worker\n");
}

}  // namespace

int RetryCommand(const CommandArguments& args) {
  Arguments arguments("retry", "ID --dir DIR", "Gives a failed trial all its attempts again.",
                      {"faretto retry 17 --dir runs/orl-faces"});
  AddTrialId(arguments);
  AddDir(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Retry(arguments));
}

}  // namespace faretto
