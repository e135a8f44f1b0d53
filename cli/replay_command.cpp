#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "results/store/audit.h"
#include "scheduler/replay/replay.h"
#include "scheduler/suggest/load_study.h"

namespace faretto {
namespace {

Status Replay(const Arguments& arguments) {
  const auto sample = arguments.Get<std::int64_t>("sample");  // 0: all
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_ASSIGN_OR_RETURN(const std::vector<std::string> alterations,
                           AuditStore(arguments.Get("dir")));
  FARETTO_ASSIGN_OR_RETURN(const ReplayResult result,
                           ReplayStudy(arguments.Get("dir"), study.spec(), sample));
  const std::string count =
      std::to_string(result.agreed) + " of " + std::to_string(result.checked) + " suggestions";
  if (result.differences.empty() && alterations.empty()) {
    return Print("replay: " + count + " derived again, all equal; the record is unaltered\n");
  }
  std::string message = "replay: " + count + " agree";
  if (!alterations.empty()) message += "; " + alterations.front();
  if (!result.differences.empty()) {
    message += "; the first that differs: " + result.differences.front();
    const StartInfo here = ThisProgram();
    if (result.build != here.build || result.instruction_set != here.instruction_set) {
      message += "; the study was made by " + result.build + " on " + result.instruction_set +
                 ", this is " + here.build + " on " + here.instruction_set;
    }
  }
  return Failed(message);
}

}  // namespace

int ReplayCommand(const CommandArguments& args) {
  Arguments arguments(
      "replay", "--dir DIR [--sample N]",
      "Derives every suggestion again from what was known when it was made, and compares; checks\n"
      "that no stored event and no value in the tables was altered.\n"
      "Exit code 0 if all are equal, else 1, naming the first difference.",
      {"faretto replay --dir runs/orl-faces"});
  AddDir(arguments).Integer("sample", "N", "check about N suggestions, evenly spread",
                            {.at_least = 1});
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Replay(arguments));
}

}  // namespace faretto
