#include "base/command_line/output.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "results/queries/queries.h"

namespace faretto {
namespace {

Status Pareto(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  FARETTO_ASSIGN_OR_RETURN(
      const FrontOptions options,
      ParseFrontOptions(arguments.Get("objectives"), arguments.Get("resource")));
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_RETURN_IF_ERROR(CheckComparedAt("pareto", study, options.resource));
  FARETTO_ASSIGN_OR_RETURN(Front front, StudyFront(study.view(), options));
  FARETTO_RETURN_IF_ERROR(FilterRows(arguments, study.view(), front.trials));
  if (front.trials.size() < front.members) MeasureFront(front);
  if (arguments.Get<bool>("knee"))
    std::erase_if(front.trials, [&](const TrialRow& row) { return row.id != front.knee; });
  return Print(Render(FrontDocument(study.view(), front, Baselines(study.view())), format));
}

}  // namespace

int ParetoCommand(const CommandArguments& args) {
  Arguments arguments(
      "pareto", "--dir DIR [options]",
      "The Pareto front at full resource, and the study's reference lines. Works while it runs.",
      {"faretto pareto --dir runs/orl-faces",
       "faretto pareto --dir runs/orl-faces --resource any --knee",
       "faretto pareto --dir runs/orl-faces --objectives error,disparity --format json"});
  AddFormat(AddDir(arguments))
      .Text("objectives", "A,B", "compare by these metrics (NAME:max to maximise)")
      .Text("resource", "R|any", "compare at this resource, or each trial at its highest")
      .Flag("knee", "only the member where giving up a little of one objective stops paying");
  AddRowFilters(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Pareto(arguments));
}

}  // namespace faretto
