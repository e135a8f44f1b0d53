#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"

namespace faretto {
namespace {

Status Trials(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  std::vector<TrialRow> rows = TrialRows(study.view());
  FARETTO_RETURN_IF_ERROR(FilterRows(arguments, study.view(), rows));
  return Print(Render(TrialsDocument(study.view(), rows), format));
}

}  // namespace

int TrialsCommand(const CommandArguments& args) {
  Arguments arguments(
      "trials", "--dir DIR [options]",
      "Lists the trials, each with its values at its highest resource.",
      {"faretto trials --dir runs/orl-faces --where 'error<0.1 and head==\"CosFace\"' --sort error",
       "faretto trials --dir runs/orl-faces --format csv > trials.csv"});
  AddRowFilters(AddFormat(AddDir(arguments)));
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Trials(arguments));
}

}  // namespace faretto
