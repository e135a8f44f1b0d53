// faretto-worker: the process that trains. `faretto worker` supervises it.
#include <ATen/Parallel.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/command_line/output.h"
#include "base/log.h"
#include "base/names.h"
#include "base/processor.h"
#include "protocol/scheduler_file.h"
#include "study/study_spec.h"
#include "study/trainer_catalog.h"
#include "trainers/trainer.h"
#include "worker/control.h"
#include "worker/options.h"
#include "worker/signals.h"
#include "worker/worker.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

int Fail(const Error& error) { return PrintError(error, kWorkerProgram); }

int Check(const fs::path& file) {
  const Result<StudySpec> spec = LoadStudy(file, StudyUse::kRun);
  if (!spec.ok()) return Fail(spec.error());
  const Json trainer = ResolveTrainerPaths(spec->trainer, fs::absolute(file).parent_path());
  const Status checked = CheckTrainerData(trainer);
  return checked.ok() ? 0 : Fail(checked.error());
}

void WriteStatus(int fd, const WorkerStatus& status) {
  const std::string line = EncodeWorkerStatus(status) + "\n";
  if (fd >= 0) [[maybe_unused]]
    const ssize_t written = ::write(fd, line.data(), line.size());
}

// With the study folder: the nonce that its scheduler put there, which may still have to start.
// Without: an own folder, an own nonce.
Result<std::string> CheckpointDomain(const RunOptions& options, const Control& control,
                                     const Clock& clock) {
  const fs::path& dir = options.place.scheduler.dir;
  if (dir.empty()) return EnsureCheckpointDomain(options.place.folder);
  std::error_code code;
  if (!fs::is_directory(dir, code)) return Invalid("there is no study folder " + dir.string());
  const double started_s = clock.MonotonicS();
  while (!control.draining() && clock.MonotonicS() - started_s < options.give_up_s) {
    Result<std::string> domain = ReadCheckpointDomain(dir);
    if (domain.ok()) return domain;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return Failed("no scheduler has been started in " + dir.string());
}

int Run(const RunOptions& options) {
  SetUpLog();
  ::setenv("FARETTO_WORKER", options.place.name.c_str(), 1);  // for what a trainer starts
  const SystemClock clock;
  Control control;
  const SignalWatch watch(control, clock, options.abandon_grace_s, [&options] {
    LogError("a lost training does not stop: the worker starts again");
    WriteStatus(options.status_fd, {});
    ::_exit(kExitStartAgain);
  });
  const Result<std::string> domain = CheckpointDomain(options, control, clock);
  if (!domain.ok()) return control.draining() ? 0 : Fail(domain.error());
  auto connection = OpenWorkerConnection({.scheduler = options.place.scheduler,
                                          .worker = options.place.name,
                                          .instance = options.instance,
                                          .give_up_s = options.give_up_s});
  if (!connection.ok()) return Fail(connection.error());
  const WorkerOptions worker{
      .name = options.place.name,
      .folder = options.place.folder,
      .scratch = options.scratch,
      .domain = *domain,
      .checkpoint_every_s = options.checkpoint_every_s,
      .make_trainer = MakeTrainer,
      .recent_log = RecentLog,
      .on_status = [&](const WorkerStatus& status) { WriteStatus(options.status_fd, status); }};
  const Result<WorkerEnd> end = RunWorker(worker, **connection, control, clock);
  if (end.ok()) return 0;
  const int exit_code = Fail(end.error());
  return (*connection)->gave_up() ? kExitNoScheduler : exit_code;
}

int Main(const std::vector<std::string>& args) {
  if (args.empty()) return Fail(Invalid("say what to do: run or check (faretto-worker --help)"));
  const std::string& command = args[0];
  const std::vector<std::string> rest(args.begin() + 1, args.end());
  // One thread unless a trainer's options say otherwise: workers, not threads, fill a machine, and
  // only one thread repeats bit for bit.
  at::set_num_threads(1);
  if (command == "run") {
    RunOptions options;
    const auto exit_code = ParseRunOptions(rest, options);
    return exit_code ? *exit_code : Run(options);
  }
  if (command == "check") {
    fs::path study;
    const auto exit_code = ParseCheckOptions(rest, study);
    return exit_code ? *exit_code : Check(study);
  }
  if (command == "--help" || command == "-h") return Exit(Print(WorkerHelp()));
  return Fail(Invalid("unknown command \"" + command + "\"" + NameHint(command, {"run", "check"})));
}

}  // namespace
}  // namespace faretto

int main(int argc, char** argv) {
  faretto::RequireProcessor();
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (!args.empty() && args[0] == "run") faretto::BlockWorkerSignals();
  return faretto::Main(args);
}
