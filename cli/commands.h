// The commands of `faretto`: this list, commands.cpp, is the only one.
#pragma once

#include <string>
#include <vector>

namespace faretto {

using CommandArguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* summary;
  // Returns the exit code (base/result.h: ErrorKind).
  int (*run)(const CommandArguments& args);
};

const std::vector<Command>& Commands();

// One file each: cli/<name>_command.cpp.
int RunCommand(const CommandArguments& args);
int SchedulerCommand(const CommandArguments& args);
int WorkerCommand(const CommandArguments& args);
int StatusCommand(const CommandArguments& args);
int TrialsCommand(const CommandArguments& args);
int ShowCommand(const CommandArguments& args);
int LogsCommand(const CommandArguments& args);
int ParetoCommand(const CommandArguments& args);
int WorkersCommand(const CommandArguments& args);
int EnqueueCommand(const CommandArguments& args);
int ImportCommand(const CommandArguments& args);
int RetryCommand(const CommandArguments& args);
int StopCommand(const CommandArguments& args);
int RetrainCommand(const CommandArguments& args);
int EvaluateCommand(const CommandArguments& args);
int ReportCommand(const CommandArguments& args);
int ImportanceCommand(const CommandArguments& args);
int ExportCommand(const CommandArguments& args);
int ReplayCommand(const CommandArguments& args);
int AskTellCommand(const CommandArguments& args);
int SimulateCommand(const CommandArguments& args);
int SpaceCommand(const CommandArguments& args);
int KeysCommand(const CommandArguments& args);

}  // namespace faretto
