#include "worker/worker.h"

#include <unistd.h>

#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/process.h"
#include "protocol/scheduler_file.h"
#include "worker/checkpoints.h"

namespace faretto {
namespace {

std::string Summary(const WorkAssigned& work) {
  std::string text(AssignmentKindName(work.kind));
  if (!work.name.empty()) text += " " + work.name;
  if (work.trial >= 0) text += " of trial " + std::to_string(work.trial);
  if (work.to > 0) text += " from " + std::to_string(work.from) + " to " + std::to_string(work.to);
  return text;
}

class WorkerLoop {
 public:
  WorkerLoop(const WorkerOptions& options, WorkerConnection& connection, Control& control,
             const Clock& clock)
      : options_(options),
        connection_(connection),
        control_(control),
        checkpoints_(CheckpointFolder(options.folder), options.name),
        context_{.connection = connection,
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
  Result<Response> Next();
  Status Do(const WorkAssigned& work);
  WorkerEnd Leave(WorkerEnd end, const std::string& reason);
  void Show(const WorkerStatus& status) {
    if (options_.on_status) options_.on_status(status);
  }

  const WorkerOptions& options_;
  WorkerConnection& connection_;
  Control& control_;
  Checkpoints checkpoints_;
  AssignmentContext context_;
  double lease_s_ = 0;
};

Result<WorkerEnd> WorkerLoop::Run() {
  checkpoints_.RemoveLeftovers();
  control_.OnDrain([this] { connection_.Abort(); });
  if (Status hello = Hello(); !hello.ok()) {
    if (control_.draining()) return WorkerEnd::kDrained;
    return hello.error();
  }
  while (true) {
    const Result<Response> response = Next();
    const auto* work = response.ok() ? ResponseAs<WorkAssigned>(*response) : nullptr;
    if (control_.draining() && work == nullptr)
      return Leave(WorkerEnd::kDrained, control_.drain_reason());
    if (!response.ok()) return response.error();
    if (ResponseAs<StudyOver>(*response))
      return Leave(WorkerEnd::kFinished, "the study is finished");
    if (ResponseAs<Draining>(*response))
      return Leave(WorkerEnd::kDrained, "the scheduler is ending");
    if (ResponseAs<Superseded>(*response))
      return Invalid("another worker has taken the name " + options_.name +
                     ": give this one another with --name");
    if (work == nullptr) return Failed("the scheduler gave an answer to next that does not fit");
    FARETTO_RETURN_IF_ERROR(Do(*work));
  }
}

Status WorkerLoop::Hello() {
  if (!control_.BeginWait()) return Error{ErrorKind::kInterrupted, "it drains"};
  const Result<Welcome> welcome =
      Expect<Welcome>(connection_.Request(HelloRequest{HostName(), ::getpid(), options_.domain}));
  control_.EndWait();
  if (!welcome.ok()) return welcome.error();
  context_.trainer = welcome->trainer;
  lease_s_ = welcome->lease_s;
  LogInfo("worker " + options_.name + " joined the study " + welcome->study);
  return Ok{};
}

Result<Response> WorkerLoop::Next() {
  if (!control_.BeginWait()) return Error{ErrorKind::kInterrupted, "it drains"};
  Result<Response> response = connection_.Request(NextRequest{});
  control_.EndWait();
  connection_.Resume();  // a drain may have ended a wait that was over already
  return response;
}

Status WorkerLoop::Do(const WorkAssigned& work) {
  Show({WorkerStatus::Held{work.ref, work.trial, work.kind}});
  ForgetRecentLog();
  LogInfo("assignment " + std::to_string(work.ref.assignment) + ": " + Summary(work));
  connection_.SetHeartbeat(work.ref, &control_.progress(), lease_s_ / 3,
                           [this](WorkerConnection::Signal signal) {
                             switch (signal) {
                               case WorkerConnection::Signal::kSuperseded: return control_.Lose();
                               case WorkerConnection::Signal::kDrain:
                                 return control_.Drain("the scheduler is ending");
                             }
                           });
  Status done = RunAssignment(context_, work);
  connection_.ClearHeartbeat();
  control_.EndAssignment();
  Show({});
  std::error_code code;
  std::filesystem::remove_all(options_.scratch, code);
  return done;
}

// The end does not depend on whether the scheduler still hears it.
WorkerEnd WorkerLoop::Leave(WorkerEnd end, const std::string& reason) {
  connection_.Resume();
  if (const auto response = connection_.Request(GoodbyeRequest{reason}); !response.ok())
    LogWarning("no goodbye: " + response.error().message);
  return end;
}

}  // namespace

Result<WorkerEnd> RunWorker(const WorkerOptions& options, WorkerConnection& connection,
                            Control& control, const Clock& clock) {
  return WorkerLoop(options, connection, control, clock).Run();
}

}  // namespace faretto
