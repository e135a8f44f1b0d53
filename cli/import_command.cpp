#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "protocol/envelope.h"
#include "results/exchange/import_file.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

// A message to a scheduler has a limited size. The whole file has been checked by then, so that
// several messages stop short only where the scheduler ends, and the same import again does the
// rest.
constexpr std::size_t kMessageBytes = kMaxMessageBytes / 4;

std::vector<Json> Chunks(const Json& trials) {
  std::vector<Json> chunks = {Json::array()};
  std::size_t bytes = 0;
  for (const Json& trial : trials) {
    const std::size_t more = DumpJson(trial).size();
    if (bytes + more > kMessageBytes && !chunks.back().empty()) {
      chunks.push_back(Json::array());
      bytes = 0;
    }
    bytes += more + 1;
    chunks.back().push_back(trial);
  }
  return chunks;
}

std::string Count(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " trial" : " trials");
}

Status Import(const Arguments& arguments) {
  const std::string name = arguments.Get("FILE");
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(name));
  const auto file = ParseImportFile(study.spec(), text);
  if (!file.ok()) return file.error().In(name);
  const std::string dir = arguments.Get("dir");
  const bool live = SchedulerAnswers(dir);
  std::int64_t imported = 0;
  std::int64_t known = 0;
  for (const Json& chunk : live ? Chunks(file->trials) : std::vector<Json>{file->trials}) {
    FARETTO_ASSIGN_OR_RETURN(const TrialsImported done,
                             Expect<TrialsImported>(RequestOfStudy(dir, ImportRequest{chunk})));
    imported += done.imported;
    known += done.known;
  }
  std::string said = Count(imported) + " imported";
  if (known > 0) said += ", " + std::to_string(known) + " known already";
  if (file->unfinished > 0)
    said += ", " + std::to_string(file->unfinished) + " without a result left out";
  return Print(said + "\n");
}

}  // namespace

int ImportCommand(const CommandArguments& args) {
  Arguments arguments(
      "import", "--dir DIR FILE",
      "Adds trials that were made elsewhere: they are on fronts, searchers learn from them, and "
      "they do\nnot count against the budget. All of the file or nothing. FILE is CSV (columns: "
      "parameters, metrics,\nresource, cost, failed, reason) or JSON (what trials and export "
      "print with --format json).",
      {"faretto import --dir runs/orl-faces earlier.csv",
       "faretto trials --dir runs/old --format json > old.json && faretto import --dir runs/new "
       "old.json"});
  AddDir(arguments).PositionalText("FILE", "the results");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Import(arguments));
}

}  // namespace faretto
