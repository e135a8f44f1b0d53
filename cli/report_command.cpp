#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "results/pages/report.h"

namespace faretto {
namespace {

Status Report(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudyWithHistory(arguments));
  std::filesystem::path output = arguments.Get("output");
  if (output.empty()) output = std::filesystem::path(arguments.Get("dir")) / "report.html";
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(output, HtmlReport(study.view(), study.history())));
  return Print(output.string() + "\n");
}

}  // namespace

int ReportCommand(const CommandArguments& args) {
  Arguments arguments("report", "--dir DIR [--output FILE]",
                      "Writes one HTML page with the front drawn, the trials and the failures, and "
                      "prints its path.",
                      {"faretto report --dir runs/orl-faces --output front.html"});
  AddDir(arguments).Text("output", "FILE", "where to (default DIR/report.html)");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Report(arguments));
}

}  // namespace faretto
