#include <poll.h>
#include <unistd.h>

#include <iostream>

#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "protocol/scheduler_file.h"
#include "results/options/study_folder_options.h"
#include "scheduler/local/progress_display.h"
#include "scheduler/requests/folder_request.h"
#include "scheduler/service/progress.h"

namespace faretto {
namespace {

Document StatusDocument(const StudyReader& study, const std::filesystem::path& dir) {
  const Progress progress = MakeProgress(study.view(), study.state().live_s());
  // A scheduler knows more than its record: the time now, and what it had to drop.
  const std::optional<Json> live = LiveProgress(dir);
  const bool runs = live.has_value();
  Document document;
  document.json = live ? *live : ProgressJson(progress);
  document.json["scheduler_runs"] = runs;
  document.table.columns = {{"fact"}, {"value"}};
  auto& facts = document.table.rows;
  facts.push_back({"study", study.spec().name});
  std::string scheduler = "does not run";
  if (const auto file = ReadSchedulerFile(dir); runs && file.ok()) {
    scheduler = "pid " + std::to_string(file->pid) + " on " + file->host;
    document.json["scheduler"] = {
        {"pid", file->pid}, {"host", file->host}, {"endpoint", file->endpoint}};
  }
  facts.push_back({"scheduler", scheduler});
  facts.push_back({"state", progress.finished ? "finished: " + progress.finish_reason
                            : runs            ? "running"
                                              : "can be resumed"});
  facts.push_back({"trials", std::to_string(progress.trials())});
  const std::pair<const char*, std::int64_t> counts[] = {
      {"  waiting", progress.waiting}, {"  running", progress.running},
      {"  paused", progress.paused},   {"  completed", progress.completed},
      {"  stopped", progress.stopped}, {"  failed", progress.failed}};
  for (const auto& [name, count] : counts) {
    if (count > 0) facts.push_back({name, std::to_string(count)});
  }
  facts.push_back({"front", std::to_string(progress.front_size)});
  if (progress.hypervolume) facts.push_back({"hypervolume", ShortNumber(*progress.hypervolume)});
  facts.push_back(
      {"resource",
       NumberText(progress.spent_resource) +
           (progress.total_resource ? " of " + NumberText(*progress.total_resource) : "")});
  facts.push_back({"workers", std::to_string(progress.workers)});
  if (runs && !progress.waiting_for.empty())
    facts.push_back({"idle workers", progress.waiting_for});
  const std::int64_t dropped = live ? live->value("dropped_messages", std::int64_t{0}) : 0;
  if (dropped > 0) facts.push_back({"dropped messages", std::to_string(dropped)});
  document.records = document.table;
  return document;
}

Status ShowStatus(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  const std::filesystem::path dir = arguments.Get("dir");
  FARETTO_ASSIGN_OR_RETURN(StudyReader study, StudyReader::Open(dir));
  while (true) {
    const std::string text = Render(StatusDocument(study, dir), format);
    const bool watch = arguments.Get<bool>("watch");
    FARETTO_RETURN_IF_ERROR(
        Print((watch && ::isatty(STDOUT_FILENO) == 1 ? "\033[H\033[2J" : "") + text));
    if (!watch || study.state().finished() || ReaderIsGone()) return Ok{};
    ::poll(nullptr, 0, 1000);
    FARETTO_RETURN_IF_ERROR(study.CatchUp());
  }
}

}  // namespace

int StatusCommand(const CommandArguments& args) {
  Arguments arguments("status", "--dir DIR [--watch]",
                      "How far a study is, whether it runs or not.",
                      {"faretto status --dir runs/orl-faces --watch"});
  AddFormat(AddDir(arguments)).Flag("watch", "again every second until the study is finished");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(ShowStatus(arguments));
}

}  // namespace faretto
