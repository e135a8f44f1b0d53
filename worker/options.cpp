#include "worker/options.h"

#include <unistd.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>

#include "base/names.h"
#include "base/process.h"
#include "protocol/scheduler_file.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

using Setter = std::function<Status(const std::string&)>;

Setter Text(std::string& target) {
  return [&target](const std::string& value) -> Status {
    target = value;
    return Ok{};
  };
}

Setter Path(fs::path& target) {
  return [&target](const std::string& value) -> Status {
    target = fs::absolute(value).lexically_normal();
    return Ok{};
  };
}

Setter Seconds(double& target) {
  return [&target](const std::string& value) -> Status {
    char* end = nullptr;
    target = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0' || !std::isfinite(target) || target <= 0)
      return Invalid("must be a number of seconds above 0, it is \"" + value + "\"");
    return Ok{};
  };
}

Setter Descriptor(int& target) {
  return [&target](const std::string& value) -> Status {
    const bool good = !value.empty() && value.size() < 5 &&
                      value.find_first_not_of("0123456789") == std::string::npos;
    if (!good) return Invalid("must be the number of a descriptor, it is \"" + value + "\"");
    target = std::atoi(value.c_str());
    return Ok{};
  };
}

std::string DefaultName() {
  std::string name = HostName() + "-" + std::to_string(::getpid());
  for (char& letter : name)
    if (!std::isalnum(static_cast<unsigned char>(letter)) && letter != '.') letter = '-';
  return name;
}

Status ParseRun(const std::vector<std::string>& args, ProgramOptions& options) {
  const std::map<std::string, Setter> setters = {
      {"--dir", Path(options.scheduler.dir)},
      {"--connect", Text(options.scheduler.endpoint)},
      {"--server-key", Path(options.scheduler.server_key_file)},
      {"--client-key", Path(options.scheduler.client_key_file)},
      {"--name", Text(options.name)},
      {"--instance", Text(options.instance)},
      {"--folder", Path(options.folder)},
      {"--scratch", Path(options.scratch)},
      {"--checkpoint-every-s", Seconds(options.checkpoint_every_s)},
      {"--give-up-s", Seconds(options.give_up_s)},
      {"--abandon-grace-s", Seconds(options.abandon_grace_s)},
      {"--status-fd", Descriptor(options.status_fd)}};
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters) names.push_back(name);
  for (std::size_t i = 1; i < args.size(); i += 2) {
    const auto setter = setters.find(args[i]);
    if (setter == setters.end())
      return Invalid("unknown option \"" + args[i] + "\"" + NameHint(args[i], names));
    if (i + 1 == args.size()) return Invalid(args[i] + " needs a value");
    if (Status set = setter->second(args[i + 1]); !set.ok()) return set.error().In(args[i]);
  }
  return Ok{};
}

Status Complete(ProgramOptions& options) {
  SchedulerLocation& scheduler = options.scheduler;
  if (scheduler.dir.empty() == scheduler.endpoint.empty())
    return Invalid("give either --dir (the study folder) or --connect (the scheduler's address)");
  if (!scheduler.endpoint.empty() && scheduler.server_key_file.empty())
    return Invalid("--connect needs --server-key, the file with the scheduler's public key");
  if (options.name.empty()) options.name = DefaultName();
  if (options.folder.empty())
    options.folder =
        scheduler.dir.empty() ? fs::absolute("faretto-" + options.name) : scheduler.dir;
  if (options.scratch.empty()) options.scratch = options.folder / "scratch" / options.name;
  return Ok{};
}

}  // namespace

std::string WorkerHelp() {
  return "faretto-worker trains what a scheduler gives out. `faretto worker` starts it, and starts "
         "it again when a\ntraining takes it down.\n\n"
         "Usage:\n"
         "  faretto-worker run --dir DIR [options]\n"
         "  faretto-worker run --connect tcp://HOST:PORT --server-key FILE --client-key FILE "
         "[options]\n"
         "  faretto-worker check STUDY.json    reads the study's training and validation data in "
         "full\n\n"
         "Options of run:\n"
         "  --name NAME               unique in the study (default: host and process number)\n"
         "  --folder DIR              checkpoints and models of a worker without the study folder\n"
         "                            (default: faretto-NAME)\n"
         "  --scratch DIR             files of the running assignment (default: "
         "FOLDER/scratch/NAME)\n"
         "  --checkpoint-every-s S    while it trains (default: 60)\n"
         "  --give-up-s S             end when no scheduler answers for so long (default: 300)\n"
         "  --abandon-grace-s S       how long a lost training may take to stop (default: 60)\n"
         "  --instance NAME           tells processes of one name apart (default: made up)\n"
         "  --status-fd N             write a line here whenever the assignment changes\n\n"
         "SIGTERM, SIGUSR1 and Ctrl-C: checkpoint, hand back, end. A second Ctrl-C ends at once.\n"
         "Exit status: 0 finished or drained, 1 failed, 2 wrong usage or data, 70 start again, 71 "
         "no scheduler.\n";
}

Result<ProgramOptions> ParseProgramOptions(const std::vector<std::string>& args) {
  ProgramOptions options;
  if (args.empty()) return Invalid("say what to do: run or check (faretto-worker --help)");
  for (const std::string& arg : args)
    if (arg == "--help" || arg == "-h") return options;
  if (args[0] == "check") {
    if (args.size() != 2) return Invalid("check takes one study file");
    options.command = ProgramOptions::Command::kCheck;
    options.study = args[1];
    return options;
  }
  if (args[0] != "run")
    return Invalid("unknown command \"" + args[0] + "\"" + NameHint(args[0], {"run", "check"}));
  options.command = ProgramOptions::Command::kRun;
  FARETTO_RETURN_IF_ERROR(ParseRun(args, options));
  FARETTO_RETURN_IF_ERROR(Complete(options));
  return options;
}

}  // namespace faretto
