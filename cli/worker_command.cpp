#include <filesystem>

#include "base/command_line/output.h"
#include "cli/commands.h"
#include "protocol/worker_connection.h"
#include "worker/launch/local_workers.h"
#include "worker/launch/supervisor.h"
#include "worker/launch/worker_arguments.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// Far above what a worker process numbers its requests with, below 2^53.
constexpr std::int64_t kSupervisorNumber = std::int64_t{1} << 50;
// How long a scheduler that restarts may take before a death stays unreported (its lease then runs
// out).
constexpr double kReportGiveUpS = 30;

// Speaks for the process that died, under its name and instance.
Status ReportFailure(const SchedulerLocation& scheduler, const std::string& worker,
                     const std::string& instance, const FailRequest& failure) {
  FARETTO_ASSIGN_OR_RETURN(const auto connection,
                           OpenWorkerConnection({.scheduler = scheduler,
                                                 .worker = worker,
                                                 .instance = instance,
                                                 .first_number = kSupervisorNumber,
                                                 .give_up_s = kReportGiveUpS}));
  const Result<Response> response = connection->Request(failure);
  if (!response.ok()) return response.error();
  return Ok{};
}

int Supervise(const WorkerPlace& place, const std::vector<std::string>& passed_on) {
  const std::string& name = place.name;
  SupervisorOptions options;
  options.name = name;
  options.logs = place.folder / "logs";
  options.command = {ProgramBeside("faretto-worker").string(), "run", "--name", name};
  options.command.insert(options.command.end(), passed_on.begin(), passed_on.end());
  options.report_failure = [&](const std::string& instance, const AssignmentRef& ref,
                               const std::string& reason, const std::string& log) {
    return ReportFailure(place.scheduler, name, instance, FailRequest{ref, reason, log});
  };
  options.say = [&](const std::string& line) { Say("faretto: worker " + name + ": " + line); };
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
  AddWorkerOptions(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  const auto place = WorkerPlaceOf(arguments);
  if (!place.ok()) return PrintError(place.error());
  std::error_code code;
  if (arguments.Has("dir") && !fs::is_directory(place->scheduler.dir, code))
    return PrintError(Invalid("worker: there is no study folder " + arguments.Get("dir")));
  return Supervise(*place, WorkerOptionsToPassOn(arguments));
}

}  // namespace faretto
