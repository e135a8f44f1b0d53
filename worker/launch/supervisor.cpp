#include "worker/launch/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <random>
#include <utility>

#include "base/hash.h"

namespace faretto {
namespace {

constexpr int kStatusFd = 3;
constexpr int kPollMs = 100;
constexpr int kPauseMs = 500;  // after a death that may repeat itself at once

FileDescriptor TakeOverSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGUSR1, SIGINT}) ::sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Not a draw of the study: only has to differ from every other process that takes the name.
std::string NewInstance() {
  std::random_device device;
  return HashHex(std::to_string(::getpid()) + "/" + std::to_string(device()) + "/" +
                 std::to_string(device()))
      .substr(0, 16);
}

}  // namespace

Supervisor::Supervisor(SupervisorOptions options) : options_(std::move(options)) {}

int Supervisor::Run() {
  signals_ = TakeOverSignals();
  while (true) {
    Result<Life> life = Start();
    if (!life.ok()) {
      options_.say(life.error().message);
      return life.error().exit_code();
    }
    const ProcessEnd end = Follow(*life);
    if (const auto exit_status = Judge(*life, end)) return *exit_status;
  }
}

Result<Supervisor::Life> Supervisor::Start() {
  FARETTO_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  FARETTO_ASSIGN_OR_RETURN(Pipe status, MakePipe());
  const std::string instance = NewInstance();
  ProcessSpec spec;
  spec.command = options_.command;
  for (const std::string& word :
       {std::string("--instance"), instance, std::string("--status-fd"), std::to_string(kStatusFd)})
    spec.command.push_back(word);
  spec.descriptors = {
      {1, output.write.get()}, {2, output.write.get()}, {kStatusFd, status.write.get()}};
  spec.own_group = true;  // Ctrl-C comes through us alone, so that each counts once
  FARETTO_ASSIGN_OR_RETURN(Process process, Process::Start(spec));
  Life life{std::move(process), LineReader(std::move(output.read)),
            LineReader(std::move(status.read)), instance};
  recent_.Clear();
  SetHeld(life, {});
  return life;
}

ProcessEnd Supervisor::Follow(Life& life) {
  while (true) {
    pollfd news[] = {
        {signals_.get(), POLLIN, 0}, {life.output.fd(), POLLIN, 0}, {life.status.fd(), POLLIN, 0}};
    ::poll(news, 3, kPollMs);
    // Asked before the pipes are read: all that it wrote before its end is then there.
    const std::optional<ProcessEnd> end = life.process.Poll();
    TakeSignals(life);
    TakeStatus(life);
    TakeOutput(life);
    if (end) return *end;
  }
}

void Supervisor::TakeSignals(Life& life) {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    told_to_end_ = true;
    life.process.Signal(static_cast<int>(info.ssi_signo));
  }
}

void Supervisor::TakeStatus(Life& life) {
  for (const std::string& line : life.status.Read()) {
    const std::optional<WorkerStatus> status = DecodeWorkerStatus(line);
    if (!status) continue;
    // What was written before the end of an assignment belongs into its log.
    if (!status->held) TakeOutput(life);
    SetHeld(life, status->held);
  }
}

void Supervisor::TakeOutput(Life& life) {
  const std::vector<std::string> lines = life.output.Read();
  for (const std::string& line : lines) {
    log_ << line << '\n';
    recent_.Add(line);
  }
  if (!lines.empty()) log_.flush();
}

std::string Supervisor::LogName(const std::optional<WorkerStatus::Held>& held) const {
  if (!held) return "worker-" + options_.name + ".log";
  const std::string trial = held->trial < 0 ? "baseline" : std::to_string(held->trial);
  return trial + "-" + std::to_string(held->ref.assignment) + ".log";
}

void Supervisor::SetHeld(Life& life, const std::optional<WorkerStatus::Held>& held) {
  life.held = held;
  if (held) {
    life.had_assignment = true;
    recent_.Clear();
    options_.say("assignment " + std::to_string(held->ref.assignment) + ": " +
                 std::string(AssignmentKindName(held->kind)) +
                 (held->trial < 0 ? "" : " of trial " + std::to_string(held->trial)));
  }
  std::error_code code;
  std::filesystem::create_directories(options_.logs, code);
  log_ = std::ofstream(options_.logs / LogName(held), std::ios::app);
}

std::optional<int> Supervisor::Judge(const Life& life, const ProcessEnd& end) {
  if (end.ok()) return 0;
  if (told_to_end_ && end.exit_status == 130) return 130;
  // Met before it had set itself up.
  const bool by_our_signal = end.signal == SIGTERM || end.signal == SIGUSR1 || end.signal == SIGINT;
  if (told_to_end_ && by_our_signal && !life.had_assignment) return 0;
  const std::string what = end.Describe();
  if (life.held) {
    idle_deaths_ = 0;
    ReportDeath(life, what);
    if (told_to_end_) return 1;
    return {};
  }
  if (end.exit_status == kExitStartAgain) return told_to_end_ ? std::optional(1) : std::nullopt;
  idle_deaths_ = life.had_assignment ? 0 : idle_deaths_ + 1;
  const bool final = told_to_end_ || end.exit_status == 2 || end.exit_status == kExitNoScheduler;
  if (final || idle_deaths_ == kMaxIdleDeaths) {
    options_.say("the worker process ended (" + what + "): " + recent_.Text());
    return end.exit_status == 2 ? 2 : 1;
  }
  options_.say("the worker process ended (" + what + "), starting it again");
  pollfd signal{signals_.get(), POLLIN, 0};
  if (::poll(&signal, 1, kPauseMs) > 0) return 1;
  return {};
}

void Supervisor::ReportDeath(const Life& life, const std::string& reason) {
  options_.say("the worker process ended (" + reason + ") over assignment " +
               std::to_string(life.held->ref.assignment));
  const Status told =
      options_.report_failure(life.instance, life.held->ref, reason, recent_.Text());
  if (!told.ok()) options_.say("that could not be reported: " + told.error().message);
}

}  // namespace faretto
