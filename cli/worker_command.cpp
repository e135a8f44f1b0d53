#include <unistd.h>

#include <iostream>

#include "base/command_line/arguments.h"
#include "base/command_line/output.h"
#include "base/process.h"
#include "cli/commands.h"
#include "protocol/client.h"
#include "protocol/message.h"
#include "protocol/scheduler_file.h"
#include "worker/launch/local_workers.h"
#include "worker/launch/supervisor.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// Far above what a worker process numbers its requests with, below 2^53.
constexpr std::int64_t kSupervisorNumber = std::int64_t{1} << 50;
// How long a scheduler that restarts may take before a death stays unreported (its lease then runs
// out).
constexpr double kReportGiveUpS = 30;

const std::vector<std::string> kPassedOn = {
    "dir",     "connect",   "server-key",         "client-key",     "folder",
    "scratch", "give-up-s", "checkpoint-every-s", "abandon-grace-s"};

std::string DefaultName() {
  std::string name = HostName() + "-" + std::to_string(::getpid());
  for (char& letter : name)
    if (!std::isalnum(static_cast<unsigned char>(letter)) && letter != '.') letter = '-';
  return name;
}

Status CheckPlace(const Arguments& arguments) {
  if (arguments.Has("dir") == arguments.Has("connect"))
    return Invalid("worker: give either --dir DIR or --connect tcp://HOST:PORT");
  if (arguments.Has("connect") && !arguments.Has("server-key"))
    return Invalid(
        "worker: --connect needs --server-key, the file with the scheduler's public key");
  std::error_code code;
  if (arguments.Has("dir") && !fs::is_directory(arguments.Get("dir"), code))
    return Invalid("worker: there is no study folder " + arguments.Get("dir"));
  return Ok{};
}

SchedulerLocation Location(const Arguments& arguments) {
  return {arguments.Get("dir"), arguments.Get("connect"), arguments.Get("server-key"),
          arguments.Get("client-key")};
}

// Speaks for the process that died, under its name and instance.
Status ReportFailure(const SchedulerLocation& scheduler, const std::string& worker,
                     const std::string& instance, const Json& fail_request) {
  FARETTO_ASSIGN_OR_RETURN(const auto connection,
                           WorkerConnection::Open({.scheduler = scheduler,
                                                   .worker = worker,
                                                   .instance = instance,
                                                   .first_number = kSupervisorNumber,
                                                   .give_up_s = kReportGiveUpS}));
  const Result<Json> reply = connection->Request(fail_request);
  if (!reply.ok()) return reply.error();
  return Ok{};
}

int Supervise(const Arguments& arguments) {
  const std::string name = arguments.Has("name") ? arguments.Get("name") : DefaultName();
  fs::path folder = arguments.Has("folder") ? arguments.Get("folder") : arguments.Get("dir");
  if (folder.empty()) folder = "faretto-" + name;
  const SchedulerLocation scheduler = Location(arguments);
  SupervisorOptions options;
  options.name = name;
  options.logs = fs::absolute(folder) / "logs";
  options.command = {ProgramBeside("faretto-worker").string(), "run", "--name", name};
  for (const std::string& option : kPassedOn) {
    if (!arguments.Has(option)) continue;
    options.command.push_back("--" + option);
    options.command.push_back(arguments.Get(option));
  }
  options.report_failure = [&](const std::string& instance, const AssignmentRef& ref,
                               const std::string& reason, const std::string& log) {
    return ReportFailure(scheduler, name, instance, FailRequest(ref, reason, log));
  };
  options.say = [&](const std::string& line) {
    std::cerr << "faretto: worker " << name << ": " << line << std::endl;
  };
  return Supervisor(std::move(options)).Run();
}

}  // namespace

int WorkerCommand(const CommandArguments& args) {
  Arguments arguments(
      "worker", "--dir DIR | --connect tcp://HOST:PORT --server-key FILE [--client-key FILE]",
      "Trains what a scheduler gives out, one assignment at a time, until the study is finished.\n"
      "SIGTERM, SIGUSR1 and Ctrl-C: checkpoint, hand the assignment back, end; a second Ctrl-C "
      "ends at once.",
      {"faretto worker --dir runs/orl-faces",
       "faretto worker --connect tcp://head:5555 --server-key scheduler.public --client-key "
       "me.secret"});
  arguments.Text("dir", "DIR", "the study folder, on this machine or a shared file system");
  arguments.Text("connect", "ADDRESS", "the scheduler's address, for a machine without the folder");
  arguments.Text("server-key", "FILE", "the scheduler's public key, with --connect");
  arguments.Text(
      "client-key", "FILE",
      "this machine's secret key (faretto keys add); default: local.secret beside the server key");
  arguments.Text("name", "NAME", "unique in the study; default: host and process number");
  arguments.Text("folder", "DIR",
                 "checkpoints, models and logs, with --connect; default: faretto-NAME");
  arguments.Text("scratch", "DIR",
                 "files of the running assignment; default: scratch/NAME in the folder");
  arguments.Text("checkpoint-every-s", "S", "between checkpoints while it trains; default: 60");
  arguments.Text("give-up-s", "S", "end when no scheduler answers for so long; default: 300");
  arguments.Text("abandon-grace-s", "S",
                 "how long a training whose lease is lost may take to stop; default: 60");
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  if (const Status place = CheckPlace(arguments); !place.ok()) return PrintError(place.error());
  return Supervise(arguments);
}

}  // namespace faretto
