#include "worker/assignment_run.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/log.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

using Interruption = Control::Interruption;

std::vector<std::string> SplitsOf(const WorkAssigned& work) {
  std::vector<std::string> splits = {"train", "validation"};
  if (!work.split.empty() && std::find(splits.begin(), splits.end(), work.split) == splits.end())
    splits.push_back(work.split);
  return splits;
}

std::string ReportLine(std::int64_t resource, const Metrics& metrics) {
  std::ostringstream line;
  line << "resource " << resource << ":";
  for (const auto& [name, value] : metrics) line << ' ' << name << ' ' << value;
  return std::move(line).str();
}

// Libraries put a stack trace behind the first line.
std::string ReasonOf(const std::exception& exception) {
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return "out of memory";
  const std::string text = exception.what();
  for (const char* sign : {"out of memory", "can't allocate memory", "not enough memory"})
    if (text.find(sign) != std::string::npos) return "out of memory";
  return text.substr(0, text.find('\n'));
}

bool AllFinite(const Metrics& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const auto& value) { return std::isfinite(value.second); });
}

class AssignmentRun {
 public:
  AssignmentRun(const AssignmentContext& context, const WorkAssigned& work)
      : context_(context), work_(work), saved_at_s_(context.clock.MonotonicS()) {}

  Status Run();

 private:
  Status Begin();
  Status Train();
  Status TrainOnce();
  Status Baseline();
  Status Evaluate();
  Status FinishJob();

  // The rest of a stopped or failed stretch; nothing if it reached its target.
  std::optional<Status> EndEarly(const Result<RunEnd>& end);
  RunCallbacks Callbacks();
  void OnReport(std::int64_t resource, const Metrics& metrics, double cost);
  bool ShouldStop();

  // Continues from the assignment's checkpoint. False: it could not, and has said so.
  Result<bool> Load();
  Status Save(std::int64_t reported, std::int64_t batch);
  bool SaveIsDue() const;
  Result<fs::path> Export();

  // Words to the scheduler. The answer Superseded makes the assignment lost.
  Result<Response> Ask(const Operation& request);
  Status Complete(const Metrics& values);
  Status Fail(const std::string& reason, const std::string& log = "");
  Status HandBack(const std::string& reason);
  bool lost() const { return context_.control.interruption() == Interruption::kSuperseded; }

  const AssignmentContext& context_;
  const WorkAssigned& work_;
  std::unique_ptr<Trainer> trainer_;
  std::optional<Error> error_;  // met in a callback, which cannot return it
  std::string saved_;           // name of the newest checkpoint
  double saved_at_s_;
};

Status AssignmentRun::Run() {
  if (context_.control.draining()) return HandBack(context_.control.drain_reason());
  std::error_code code;
  fs::remove_all(context_.scratch, code);
  if (Status scratch = EnsureWritableFolder(context_.scratch); !scratch.ok()) {
    // This machine's fault, not the trial's: no other assignment would do better here.
    FARETTO_RETURN_IF_ERROR(HandBack(scratch.error().message));
    return scratch;
  }
  try {
    if (Status begun = Begin(); !begun.ok()) return Fail(begun.error().message);
    switch (work_.kind) {
      case AssignmentKind::kTrain: return Train();
      case AssignmentKind::kRetrain: return TrainOnce();
      case AssignmentKind::kBaseline: return work_.name == "default" ? TrainOnce() : Baseline();
      case AssignmentKind::kEvaluate: return Evaluate();
    }
    return Fail("this worker does not know the kind of the assignment");
  } catch (const std::exception& exception) {
    return Fail(ReasonOf(exception));
  }
}

Status AssignmentRun::Begin() {
  FARETTO_ASSIGN_OR_RETURN(trainer_, context_.make_trainer(context_.trainer));
  TrialSetup setup;
  setup.trial = work_.trial;
  setup.params = work_.params;
  setup.seed = work_.seed;
  setup.horizon = work_.horizon;
  setup.splits = SplitsOf(work_);
  setup.folder = context_.scratch;
  if (Status prepared = trainer_->Prepare(setup); !prepared.ok())
    return prepared.error().kind == ErrorKind::kInvalid ? prepared.error().In("data")
                                                        : prepared.error();
  context_.control.Progress();
  return Ok{};
}

Status AssignmentRun::Train() {
  FARETTO_ASSIGN_OR_RETURN(const bool loaded, Load());
  if (!loaded) return Ok{};
  while (true) {
    const Result<RunEnd> end = trainer_->Run(work_.to, Callbacks());
    if (end.ok() && end->kind == RunEnd::Kind::kStopped && !error_) {
      // Saved at a drain, and in between.
      const Interruption why = context_.control.interruption();
      if (why == Interruption::kDrain || (why == Interruption::kNone && SaveIsDue())) {
        FARETTO_RETURN_IF_ERROR(Save(end->resource, end->batch));
        if (why == Interruption::kNone) continue;
      }
    }
    if (auto early = EndEarly(end)) return *early;
    FARETTO_RETURN_IF_ERROR(Save(work_.to, 0));
    return Complete({});
  }
}

Status AssignmentRun::TrainOnce() {
  const Result<RunEnd> end = trainer_->Run(work_.to, Callbacks());
  if (auto early = EndEarly(end)) return *early;
  return FinishJob();
}

Status AssignmentRun::Baseline() {
  const Result<Metrics> values = trainer_->Baseline(work_.name, work_.split);
  if (!values.ok()) return Fail(values.error().message);
  return Complete(*values);
}

Status AssignmentRun::Evaluate() {
  if (!work_.checkpoint)
    return Fail("trial " + std::to_string(work_.trial) +
                " has no checkpoint that this worker can read");
  FARETTO_ASSIGN_OR_RETURN(const bool loaded, Load());
  return loaded ? FinishJob() : Status(Ok{});
}

Status AssignmentRun::FinishJob() {
  const Result<Metrics> values = trainer_->Evaluate(work_.split);
  if (!values.ok()) return Fail(values.error().message);
  context_.control.Progress();
  if (work_.kind == AssignmentKind::kRetrain) {
    const Result<fs::path> exported = Export();
    if (!exported.ok()) return Fail(exported.error().message);
    LogInfo("the retrained model is in " + exported->string());
  }
  return Complete(*values);
}

std::optional<Status> AssignmentRun::EndEarly(const Result<RunEnd>& end) {
  // A report that the scheduler refuses is the trainer's doing.
  if (error_) return error_->kind == ErrorKind::kInvalid ? Fail(error_->message) : Status(*error_);
  if (lost()) {
    LogInfo("assignment " + std::to_string(work_.ref.assignment) +
            " is lost, its rest is not trained");
    return Status(Ok{});
  }
  if (!end.ok()) return Fail(end.error().message);
  if (end->kind == RunEnd::Kind::kFailed) return Fail(end->reason, end->log);
  if (end->kind == RunEnd::Kind::kReached) return {};
  switch (context_.control.interruption()) {
    case Interruption::kDrain: return HandBack(context_.control.drain_reason());
    default: return Fail("the trainer stopped without being asked");
  }
}

RunCallbacks AssignmentRun::Callbacks() {
  RunCallbacks callbacks;
  callbacks.on_progress = [this] { context_.control.Progress(); };
  callbacks.on_report = [this](std::int64_t resource, const Metrics& metrics, double cost) {
    OnReport(resource, metrics, cost);
  };
  callbacks.should_stop = [this] { return ShouldStop(); };
  return callbacks;
}

void AssignmentRun::OnReport(std::int64_t resource, const Metrics& metrics, double cost) {
  context_.control.Progress();
  LogInfo(ReportLine(resource, metrics));
  if (work_.kind != AssignmentKind::kTrain || error_ || lost()) return;
  if (!AllFinite(metrics) || !std::isfinite(cost) || cost < 0) {
    error_ = Invalid("nan");
    return;
  }
  const Result<Response> response = Ask(ReportRequest{work_.ref, resource, metrics, cost});
  if (!response.ok()) {
    error_ = response.error();
    return;
  }
  if (resource >= work_.to || lost() || !SaveIsDue()) return;
  if (Status saved = Save(resource, 0); !saved.ok()) error_ = saved.error();
}

bool AssignmentRun::ShouldStop() {
  if (error_ || context_.control.interruption() != Interruption::kNone) return true;
  return work_.kind == AssignmentKind::kTrain && trainer_->stops_cheaply() && SaveIsDue();
}

bool AssignmentRun::SaveIsDue() const {
  return context_.clock.MonotonicS() - saved_at_s_ >= context_.checkpoint_every_s;
}

Result<bool> AssignmentRun::Load() {
  if (!work_.checkpoint) return true;
  const std::string& name = work_.checkpoint->file;
  const fs::path content = context_.scratch / "loaded";
  Status loaded = work_.checkpoint->domain == context_.domain
                      ? context_.checkpoints.Read(name, content)
                      : Failed("the checkpoint " + name + " is out of this worker's reach");
  if (loaded.ok()) loaded = trainer_->Load(content);
  std::error_code code;
  fs::remove(content, code);
  context_.control.Progress();
  if (loaded.ok()) return true;
  if (loaded.error().kind != ErrorKind::kInvalid) {
    FARETTO_RETURN_IF_ERROR(Fail(loaded.error().message));
    return false;
  }
  LogWarning(loaded.error().message + "; the one before it is used");
  FARETTO_RETURN_IF_ERROR(Ask(CheckpointDamagedRequest{work_.trial, name}));
  FARETTO_RETURN_IF_ERROR(HandBack("its checkpoint " + name + " is damaged"));
  return false;
}

// A checkpoint that cannot be written costs time after a loss; the training itself is as good.
Status AssignmentRun::Save(std::int64_t reported, std::int64_t batch) {
  const std::int64_t resource = trainer_->SavePoint(reported);
  const std::string name = CheckpointFile(work_.trial, resource, batch, work_.ref.fence);
  saved_at_s_ = context_.clock.MonotonicS();
  if (name == saved_ || (resource == 0 && batch == 0)) return Ok{};
  const Status written = context_.checkpoints.Write(
      name, [this](const fs::path& file) { return trainer_->Save(file); });
  context_.control.Progress();
  if (!written.ok()) {
    LogError("no checkpoint at " + std::to_string(resource) +
             " epochs: " + written.error().message);
    return Ok{};
  }
  saved_ = name;
  FARETTO_ASSIGN_OR_RETURN(
      const Response response,
      Ask(CheckpointRequest{work_.ref, resource, batch, name, context_.domain}));
  if (lost()) context_.checkpoints.Delete(name);  // no event names it
  if (const auto* kept = ResponseAs<CheckpointKept>(response))
    for (const std::string& file : kept->unneeded) context_.checkpoints.Delete(file);
  saved_at_s_ = context_.clock.MonotonicS();
  return Ok{};
}

// Under another name first, so that a folder with the final name is whole.
Result<fs::path> AssignmentRun::Export() {
  const fs::path folder = context_.models / ("trial-" + std::to_string(work_.trial)) /
                          ("seed-" + std::to_string(work_.seed));
  const fs::path temporary = folder.string() + ".tmp";
  std::error_code code;
  fs::remove_all(temporary, code);
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(temporary));
  FARETTO_RETURN_IF_ERROR(trainer_->Export(temporary));
  fs::remove_all(folder, code);
  fs::rename(temporary, folder, code);
  if (code) return Failed("cannot write " + folder.string() + ": " + code.message());
  return folder;
}

Result<Response> AssignmentRun::Ask(const Operation& request) {
  Result<Response> response = context_.connection.Request(request);
  if (response.ok() && ResponseAs<Superseded>(*response)) context_.control.Lose();
  return response;
}

Status AssignmentRun::Complete(const Metrics& values) {
  if (!AllFinite(values)) return Fail("nan");
  const Result<Response> response = Ask(CompleteRequest{work_.ref, values});
  if (response.ok()) return Ok{};
  return response.error().kind == ErrorKind::kInvalid ? Fail(response.error().message)
                                                      : Status(response.error());
}

Status AssignmentRun::Fail(const std::string& reason, const std::string& log) {
  if (lost()) return Ok{};
  LogError("assignment " + std::to_string(work_.ref.assignment) + " failed: " + reason);
  const std::string lines = log.empty() && context_.recent_log ? context_.recent_log() : log;
  const Result<Response> response = Ask(FailRequest{work_.ref, reason, lines});
  if (!response.ok()) return response.error();
  return Ok{};
}

Status AssignmentRun::HandBack(const std::string& reason) {
  const Result<Response> response = Ask(HandBackRequest{work_.ref, reason});
  if (!response.ok()) return response.error();
  return Ok{};
}

}  // namespace

Status RunAssignment(const AssignmentContext& context, const WorkAssigned& work) {
  return AssignmentRun(context, work).Run();
}

}  // namespace faretto
