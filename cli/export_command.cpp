#include "base/files.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/study_folder_options.h"
#include "results/export.h"

namespace faretto {
namespace {

Status Export(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const ExportFormat format,
                           ExportFormatFromName(arguments.Get("format")));
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  const std::string text = ExportStudy(study.view(), study.history(), format);
  if (!arguments.Has("output") || arguments.Get("output") == "-") return Print(text);
  return WriteFileAtomically(arguments.Get("output"), text);
}

}  // namespace

int ExportCommand(const CommandArguments& args) {
  Arguments arguments("export", "--dir DIR --format csv|json [--output FILE]",
                      "Writes every trial with all its reports.",
                      {"faretto export --dir runs/orl-faces --format csv --output trials.csv"});
  AddDir(arguments)
      .Required("format", "FORMAT", "csv or json")
      .Text("output", "FILE", "where to (default: standard output)");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Export(arguments));
}

}  // namespace faretto
