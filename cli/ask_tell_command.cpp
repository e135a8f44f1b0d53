#include <iostream>
#include <optional>

#include "base/command_line/arguments.h"
#include "base/command_line/output.h"
#include "base/files.h"
#include "cli/commands.h"
#include "scheduler/ask_tell/ask_tell_session.h"
#include "scheduler/service/master_lock.h"
#include "scheduler/suggest/load_study.h"

namespace faretto {
namespace {

int AskTell(const Arguments& arguments) {
  const std::filesystem::path file = arguments.Get("STUDY.json");
  auto spec = LoadCheckedStudy(file, StudyUse::kAskTell);
  if (!spec.ok()) return PrintError(spec.error());
  const SystemClock clock;
  std::unique_ptr<Store> store;
  std::optional<MasterLock> lock;
  if (arguments.Has("dir")) {
    const std::filesystem::path dir = arguments.Get("dir");
    const Status folder = EnsureWritableFolder(dir);
    if (!folder.ok()) return PrintError(folder.error());
    auto taken = MasterLock::Take(dir, false);
    if (!taken.ok()) return PrintError(taken.error());
    lock.emplace(std::move(*taken));
    auto opened = Store::Open(
        dir, *spec,
        {.base_folder = std::filesystem::absolute(file).parent_path(), .unix_s = clock.UnixS()});
    if (!opened.ok()) return PrintError(opened.error());
    store = std::move(*opened);
  }
  auto session = AskTellSession::Start(std::move(*spec), std::move(store), ThisProgram(), clock);
  if (!session.ok()) return PrintError(session.error());
  // Without C's streams beside it, it reads more than a character at a time.
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) line.clear();
    const auto answer = (*session)->Answer(line);
    if (!answer.ok()) return PrintError(answer.error());
    std::cout << DumpJson(*answer) << std::endl;
    if (!std::cout && ReaderIsGone()) return 0;
    if (!std::cout) return PrintError(Failed("cannot write to standard output"));
  }
  return 0;
}

}  // namespace

int AskTellCommand(const CommandArguments& args) {
  Arguments arguments(
      "ask-tell", "STUDY.json [--dir DIR]",
      "Reads one JSON request a line from standard input and answers each with one line:\n"
      "  {\"op\":\"ask\",\"n\":1}                                  configurations to try\n"
      "  {\"op\":\"tell\",\"id\":0,\"values\":{\"error\":0.1}}         their results\n"
      "  {\"op\":\"fail\",\"id\":0,\"reason\":\"out of memory\"}     there is none\n"
      "  {\"op\":\"pareto\"}  {\"op\":\"pending\"}",
      {"echo '{\"op\":\"ask\"}' | faretto ask-tell study.json",
       "faretto ask-tell study.json --dir runs/mine     (durable: survives any crash)"});
  arguments.PositionalText("STUDY.json", "the study file; needs neither trainer nor budget")
      .Text("dir", "DIR", "keep everything in this folder");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return AskTell(arguments);
}

}  // namespace faretto
