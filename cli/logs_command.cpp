#include <algorithm>

#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// logs/<trial>-<assignment>.log, oldest assignment first.
std::vector<std::pair<std::int64_t, fs::path>> LogFiles(const fs::path& dir, TrialId trial) {
  std::vector<std::pair<std::int64_t, fs::path>> files;
  const std::string prefix = std::to_string(trial) + "-";
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(dir / "logs", code)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || entry.path().extension() != ".log") continue;
    files.emplace_back(std::atoll(name.c_str() + prefix.size()), entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Status Logs(const Arguments& arguments) {
  const auto trial = arguments.Get<std::int64_t>("ID");
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  FARETTO_RETURN_IF_ERROR(FindTrialIn(arguments.Get("dir"), study, trial));
  const auto files = LogFiles(arguments.Get("dir"), trial);
  if (files.empty())
    return NotFound("trial " + std::to_string(trial) + " has no log in " + arguments.Get("dir"));
  for (const auto& [assignment, path] : files) {
    FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    FARETTO_RETURN_IF_ERROR(Print("==> " + path.filename().string() + " <==\n" + text));
  }
  return Ok{};
}

}  // namespace

int LogsCommand(const CommandArguments& args) {
  Arguments arguments("logs", "ID --dir DIR",
                      "What the training of a trial printed, assignment by assignment.",
                      {"faretto logs 17 --dir runs/orl-faces"});
  AddTrialId(arguments);
  AddDir(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Logs(arguments));
}

}  // namespace faretto
