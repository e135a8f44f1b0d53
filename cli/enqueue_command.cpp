#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

Status Enqueue(const Arguments& arguments) {
  auto params = ParseJson(arguments.Get("params"));
  if (!params.ok()) return params.error().In("--params");
  FARETTO_ASSIGN_OR_RETURN(
      const TrialEnqueued enqueued,
      Expect<TrialEnqueued>(RequestOfStudy(arguments.Get("dir"), EnqueueRequest{*params})));
  return Print("trial " + std::to_string(enqueued.trial) + " waits for a worker\n");
}

}  // namespace

int EnqueueCommand(const CommandArguments& args) {
  Arguments arguments("enqueue", "--dir DIR --params JSON",
                      "Adds a configuration of your own; it is trained before anything else is "
                      "suggested. Parameters\n"
                      "that are left out take the default that the study file names for them.",
                      {"faretto enqueue --dir runs/orl-faces --params "
                       "'{\"edge1\":\"3\",\"optimizer\":\"AdamW\"}'"});
  AddDir(arguments).Text("params", "JSON", "an object of parameters", {.required = true});
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Enqueue(arguments));
}

}  // namespace faretto
