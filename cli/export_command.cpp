#include <filesystem>

#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/exchange/export.h"
#include "results/options/study_folder_options.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

// SQLite would apply to the new database what another program has left beside the old one.
std::string JournalOf(const std::string& database) {
  for (const char* suffix : {"-journal", "-wal"}) {
    std::error_code code;
    if (fs::exists(database + suffix, code)) return database + suffix;
  }
  return "";
}

Status CheckDatabaseFile(const Arguments& arguments) {
  const std::string output = arguments.Get("output");
  if (output.empty() || output == "-") {
    return Invalid(
        "--format optuna writes a database, which standard output cannot take; name its file with "
        "--output FILE");
  }
  const std::string journal = JournalOf(output);
  if (journal.empty()) return Ok{};
  return Failed("cannot replace " + output + " beside " + journal +
                ", which another program has left or still needs; end that program and remove both "
                "files, or choose another --output");
}

Status Export(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const ExportFormat format,
                           ExportFormatFromName(arguments.Get("format")));
  // First of all: its journal must not be called a leftover.
  std::error_code code;
  if (fs::equivalent(arguments.Get("output"), fs::path(arguments.Get("dir")) / "trials.db", code)) {
    return Invalid("--output " + arguments.Get("output") +
                   " is the study's own record; choose another file");
  }
  if (format == ExportFormat::kOptuna) {
    FARETTO_RETURN_IF_ERROR(CheckDatabaseFile(arguments));
  }
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudyWithHistory(arguments));
  FARETTO_ASSIGN_OR_RETURN(const std::string text,
                           ExportStudy(study.view(), study.history(), format));
  if (study.state().trials().empty())
    Say("faretto: the study has no trials yet, so the export has none");
  if (!arguments.Has("output") || arguments.Get("output") == "-") return Print(text);
  return WriteFileAtomically(arguments.Get("output"), text);
}

}  // namespace

int ExportCommand(const CommandArguments& args) {
  Arguments arguments("export", "--dir DIR --format csv|json|optuna [--output FILE]",
                      "Writes every trial with all its reports.",
                      {"faretto export --dir runs/orl-faces --format csv --output trials.csv",
                       "faretto export --dir runs/orl-faces --format optuna --output optuna.db"});
  AddDir(arguments)
      .Text("format", "FORMAT", "csv, json or optuna (a storage that Optuna opens)",
            {.required = true})
      .Text("output", "FILE", "where to (default: standard output; optuna needs a file)");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Export(arguments));
}

}  // namespace faretto
