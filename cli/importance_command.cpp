#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "results/queries/importance.h"

namespace faretto {
namespace {

Status PrintImportance(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  const auto resource = arguments.Find<std::int64_t>("resource");
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_RETURN_IF_ERROR(CheckComparedAt("importance", study, resource));
  FARETTO_ASSIGN_OR_RETURN(const Importance importance, StudyImportance(study.view(), resource));
  return Print(Render(ImportanceDocument(study.view(), importance), format));
}

}  // namespace

int ImportanceCommand(const CommandArguments& args) {
  Arguments arguments(
      "importance", "--dir DIR [options]",
      "Which parameters decide what is good: for each objective, and for the Pareto front.",
      {"faretto importance --dir runs/orl-faces",
       "faretto importance --dir runs/orl-faces --resource 6 --format json"});
  AddFormat(AddDir(arguments))
      .Integer("resource", "R", "compare trials at this resource", {.at_least = 1});
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(PrintImportance(arguments));
}

}  // namespace faretto
