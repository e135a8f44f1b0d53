#include "worker/worker.h"

#include <unistd.h>

#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/process.h"
#include "protocol/message.h"
#include "protocol/scheduler_file.h"
#include "worker/checkpoints.h"

namespace faretto {
namespace {

std::string Summary(const AssignmentMessage& message) {
  std::string text(AssignmentKindName(message.kind));
  if (!message.name.empty()) text += " " + message.name;
  if (message.trial >= 0) text += " of trial " + std::to_string(message.trial);
  if (message.to > 0)
    text += " from " + std::to_string(message.from) + " to " + std::to_string(message.to);
  return text;
}

class WorkerLoop {
 public:
  WorkerLoop(const WorkerOptions& options, SchedulerLink& link, Control& control,
             const Clock& clock)
      : options_(options),
        link_(link),
        control_(control),
        checkpoints_(CheckpointFolder(options.folder), options.name),
        context_{.link = link,
                 .control = control,
                 .clock = clock,
                 .checkpoints = checkpoints_,
                 .make_trainer = options.make_trainer,
                 .domain = options.domain,
                 .models = options.folder / "models",
                 .scratch = options.scratch,
                 .checkpoint_every_s = options.checkpoint_every_s,
                 .recent_log = options.recent_log,
                 .trainer = {}} {}

  Result<WorkerEnd> Run();

 private:
  Status Hello();
  // The answer to a request for work; kInterrupted once the worker drains.
  Result<Json> Next();
  Status Do(const AssignmentMessage& message);
  WorkerEnd Leave(WorkerEnd end, const std::string& reason);
  void Show(const WorkerStatus& status) {
    if (options_.on_status) options_.on_status(status);
  }

  const WorkerOptions& options_;
  SchedulerLink& link_;
  Control& control_;
  Checkpoints checkpoints_;
  AssignmentContext context_;
  double lease_s_ = 0;
};

Result<WorkerEnd> WorkerLoop::Run() {
  checkpoints_.RemoveLeftovers();
  control_.OnDrain([this] { link_.Abort(); });
  if (Status hello = Hello(); !hello.ok()) {
    if (control_.draining()) return WorkerEnd::kDrained;
    return hello.error();
  }
  while (true) {
    const Result<Json> reply = Next();
    if (control_.draining() && (!reply.ok() || reply->value("type", "") != "assignment"))
      return Leave(WorkerEnd::kDrained, control_.drain_reason());
    if (!reply.ok()) return reply.error();
    const std::string type = reply->value("type", "");
    if (type == "finished") return Leave(WorkerEnd::kFinished, "the study is finished");
    if (type == "drain") return Leave(WorkerEnd::kDrained, "the scheduler is ending");
    if (type == "superseded")
      return Invalid("another worker has taken the name " + options_.name +
                     ": give this one another with --name");
    if (type != "assignment") return Failed("the scheduler answered \"" + type + "\" to next");
    FARETTO_ASSIGN_OR_RETURN(const AssignmentMessage message, ParseAssignment(*reply));
    FARETTO_RETURN_IF_ERROR(Do(message));
  }
}

Status WorkerLoop::Hello() {
  if (!control_.BeginWait()) return Error{ErrorKind::kInterrupted, "it drains"};
  const Result<Json> reply = link_.Request(HelloRequest(HostName(), ::getpid(), options_.domain));
  control_.EndWait();
  if (!reply.ok()) return reply.error();
  FARETTO_ASSIGN_OR_RETURN(const Welcome welcome, ParseWelcome(*reply));
  context_.trainer = welcome.trainer;
  lease_s_ = welcome.lease_s;
  LogInfo("worker " + options_.name + " joined the study " + welcome.study);
  return Ok{};
}

Result<Json> WorkerLoop::Next() {
  if (!control_.BeginWait()) return Error{ErrorKind::kInterrupted, "it drains"};
  Result<Json> reply = link_.Request(NextRequest());
  control_.EndWait();
  link_.Resume();  // a drain may have ended a wait that was over already
  return reply;
}

Status WorkerLoop::Do(const AssignmentMessage& message) {
  Show({WorkerStatus::Held{message.ref, message.trial, message.kind}});
  ForgetRecentLog();
  LogInfo("assignment " + std::to_string(message.ref.assignment) + ": " + Summary(message));
  link_.SetHeartbeat(message.ref, &control_.progress(), lease_s_ / 3,
                     [this](WorkerConnection::Signal signal) {
                       switch (signal) {
                         case WorkerConnection::Signal::kSuperseded:
                           return control_.Lose(Control::Interruption::kSuperseded);
                         case WorkerConnection::Signal::kStop:
                           return control_.Lose(Control::Interruption::kStop);
                         case WorkerConnection::Signal::kDrain:
                           return control_.Drain("the scheduler is ending");
                       }
                     });
  Status done = RunAssignment(context_, message);
  link_.ClearHeartbeat();
  control_.EndAssignment();
  Show({});
  std::error_code code;
  std::filesystem::remove_all(options_.scratch, code);
  return done;
}

// The end does not depend on whether the scheduler still hears it.
WorkerEnd WorkerLoop::Leave(WorkerEnd end, const std::string& reason) {
  link_.Resume();
  if (const Result<Json> reply = link_.Request(GoodbyeRequest(reason)); !reply.ok())
    LogWarning("no goodbye: " + reply.error().message);
  return end;
}

}  // namespace

Result<WorkerEnd> RunWorker(const WorkerOptions& options, SchedulerLink& link, Control& control,
                            const Clock& clock) {
  return WorkerLoop(options, link, control, clock).Run();
}

}  // namespace faretto
