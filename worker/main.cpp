// faretto-worker: the process that trains. `faretto worker` supervises it.
#include <ATen/Parallel.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/processor.h"
#include "protocol/client.h"
#include "protocol/scheduler_file.h"
#include "study/study_spec.h"
#include "study/trainer_catalog.h"
#include "trainers/trainer.h"
#include "worker/control.h"
#include "worker/options.h"
#include "worker/scheduler_link.h"
#include "worker/signals.h"
#include "worker/worker.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

int Print(const Error& error) {
  std::cerr << "faretto-worker: " << error.message << "\n";
  return error.exit_code();
}

int Check(const fs::path& file) {
  const Result<StudySpec> spec = LoadStudy(file, StudyUse::kRun);
  if (!spec.ok()) return Print(spec.error());
  const Json trainer = ResolveTrainerPaths(spec->trainer, fs::absolute(file).parent_path());
  const Status checked = CheckTrainerData(trainer);
  return checked.ok() ? 0 : Print(checked.error());
}

void WriteStatus(int fd, const WorkerStatus& status) {
  const std::string line = EncodeWorkerStatus(status) + "\n";
  if (fd >= 0) [[maybe_unused]]
    const ssize_t written = ::write(fd, line.data(), line.size());
}

// With the study folder: the nonce that its scheduler put there, which may still have to start.
// Without: an own folder, an own nonce.
Result<std::string> CheckpointDomain(const ProgramOptions& options, const Control& control,
                                     const Clock& clock) {
  const fs::path& dir = options.scheduler.dir;
  if (dir.empty()) return EnsureCheckpointDomain(options.folder);
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

int Run(const ProgramOptions& options) {
  SetUpLog();
  ::setenv("FARETTO_WORKER", options.name.c_str(), 1);  // for what a trainer starts
  const SystemClock clock;
  Control control;
  const SignalWatch watch(control, clock, options.abandon_grace_s, [&options] {
    LogError("a lost training does not stop: the worker starts again");
    WriteStatus(options.status_fd, {});
    ::_exit(kExitStartAgain);
  });
  const Result<std::string> domain = CheckpointDomain(options, control, clock);
  if (!domain.ok()) return control.draining() ? 0 : Print(domain.error());
  auto connection = WorkerConnection::Open({.scheduler = options.scheduler,
                                            .worker = options.name,
                                            .instance = options.instance,
                                            .give_up_s = options.give_up_s});
  if (!connection.ok()) return Print(connection.error());
  ConnectionLink link(**connection);
  const WorkerOptions worker{
      .name = options.name,
      .folder = options.folder,
      .scratch = options.scratch,
      .domain = *domain,
      .checkpoint_every_s = options.checkpoint_every_s,
      .make_trainer = MakeTrainer,
      .recent_log = RecentLog,
      .on_status = [&](const WorkerStatus& status) { WriteStatus(options.status_fd, status); }};
  const Result<WorkerEnd> end = RunWorker(worker, link, control, clock);
  if (end.ok()) return 0;
  const int exit_code = Print(end.error());
  return (*connection)->gave_up() ? kExitNoScheduler : exit_code;
}

int Main(const std::vector<std::string>& args) {
  const Result<ProgramOptions> options = ParseProgramOptions(args);
  if (!options.ok()) return Print(options.error());
  // One thread unless a trainer's options say otherwise: workers, not threads, fill a machine, and
  // only one thread repeats bit for bit.
  at::set_num_threads(1);
  switch (options->command) {
    case ProgramOptions::Command::kHelp: std::cout << WorkerHelp(); return 0;
    case ProgramOptions::Command::kCheck: return Check(options->study);
    case ProgramOptions::Command::kRun: break;
  }
  return Run(*options);
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
