#include "trainers/command.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/files.h"
#include "base/line_reader.h"
#include "base/process.h"
#include "trainers/command_report.h"
#include "trainers/folder_archive.h"
#include "trainers/written_state.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr double kStopGraceS = 10;  // docs/trainers.md, "What ends it"
constexpr int kPollMs = 50;
constexpr int kResultsFd = 3;          // the first descriptor behind the standard ones
constexpr std::size_t kLogLines = 30;  // kept for the message of a failure

// A started program with the other ends of its pipes.
struct RunningProgram {
  Process process;
  LineReader results;
  LineReader output;
  RecentLines log{kLogLines};
};

Result<RunningProgram> StartProgram(ProcessSpec spec) {
  FARETTO_ASSIGN_OR_RETURN(Pipe results, MakePipe());
  FARETTO_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  spec.descriptors = {
      {1, output.write.get()}, {2, output.write.get()}, {kResultsFd, results.write.get()}};
  spec.own_group = true;
  FARETTO_ASSIGN_OR_RETURN(Process process, Process::Start(spec));
  return RunningProgram{std::move(process), LineReader(std::move(results.read)),
                        LineReader(std::move(output.read))};
}

void WaitForNews(const RunningProgram& program) {
  pollfd descriptors[2] = {{program.results.fd(), POLLIN, 0}, {program.output.fd(), POLLIN, 0}};
  ::poll(descriptors, 2, kPollMs);  // a closed pipe is -1, which poll ignores
}

class CommandTrainer final : public Trainer {
 public:
  explicit CommandTrainer(CommandOptions options) : options_(std::move(options)) {}

  Status Prepare(const TrialSetup& setup) override;
  Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) override;
  bool stops_cheaply() const override { return false; }
  Result<Metrics> Evaluate(const std::string& split) override;
  std::int64_t SavePoint(std::int64_t reported) override;
  Status Save(const fs::path& file) override;
  Status Load(const fs::path& file) override;
  Status Export(const fs::path& folder) override;
  Result<Metrics> Baseline(const std::string& name, const std::string& split) override;

 private:
  fs::path checkpoint_folder() const { return setup_.folder / "checkpoint"; }
  fs::path params_file() const { return setup_.folder / "params.json"; }
  Result<ProcessSpec> Specify(std::int64_t to) const;
  // Reads the reports that are there. An error is the reason why the trial failed.
  Status TakeNews(std::int64_t to, const RunCallbacks& callbacks);
  Status TakeReport(const std::string& line, std::int64_t to, const RunCallbacks& callbacks);
  RunEnd Follow(std::int64_t to, const RunCallbacks& callbacks);
  RunEnd Stop(std::int64_t to, const RunCallbacks& callbacks);
  RunEnd Judge(const ProcessEnd& end, std::int64_t to) const;
  RunEnd Failure(const std::string& reason) const;

  CommandOptions options_;
  TrialSetup setup_;
  std::int64_t resource_ = 0;  // of the newest report
  Metrics values_;             // in it
  WrittenState written_;
  std::optional<RunningProgram> program_;
};

Status CommandTrainer::Prepare(const TrialSetup& setup) {
  if (auto found = FindProgram(options_.command[0], options_.folder); !found.ok())
    return found.error().In("trainer.command");
  setup_ = setup;
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(checkpoint_folder()));
  written_.Begin(0, {}, LookAt(checkpoint_folder()));
  return Ok{};
}

std::int64_t CommandTrainer::SavePoint(std::int64_t reported) {
  written_.Look(LookAt(checkpoint_folder()), false);
  return std::min(reported, written_.resource());
}

Result<ProcessSpec> CommandTrainer::Specify(std::int64_t to) const {
  const Json params = {
      {"trial", setup_.trial},          {"seed", setup_.seed},
      {"params", setup_.params},        {"resource", to},
      {"previous_resource", resource_}, {"horizon", setup_.horizon},
      {"splits", setup_.splits},        {"checkpoint_folder", checkpoint_folder().string()}};
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(params_file(), params.dump(2) + "\n"));
  ProcessSpec spec;
  spec.command = options_.command;
  spec.folder = options_.folder;
  spec.environment = options_.environment;
  spec.environment["FARETTO_TRIAL"] = std::to_string(setup_.trial);
  spec.environment["FARETTO_SEED"] = std::to_string(setup_.seed);
  spec.environment["FARETTO_RESOURCE"] = std::to_string(to);
  spec.environment["FARETTO_PREVIOUS_RESOURCE"] = std::to_string(resource_);
  spec.environment["FARETTO_CHECKPOINT_DIR"] = checkpoint_folder().string();
  spec.environment["FARETTO_PARAMS_FILE"] = params_file().string();
  spec.environment["FARETTO_RESULTS_FD"] = std::to_string(kResultsFd);
  return spec;
}

Result<RunEnd> CommandTrainer::Run(std::int64_t to, const RunCallbacks& callbacks) {
  if (resource_ >= to) return RunEnd{RunEnd::Kind::kReached, resource_, 0, "", ""};
  FARETTO_ASSIGN_OR_RETURN(ProcessSpec spec, Specify(to));
  FARETTO_ASSIGN_OR_RETURN(RunningProgram program, StartProgram(std::move(spec)));
  program_.emplace(std::move(program));
  RunEnd end = Follow(to, callbacks);
  if (end.kind == RunEnd::Kind::kReached)
    written_.Begin(resource_, values_, LookAt(checkpoint_folder()));
  program_->process.Signal(SIGKILL);  // the program if it failed, and what it left behind
  program_.reset();
  return end;
}

RunEnd CommandTrainer::Follow(std::int64_t to, const RunCallbacks& callbacks) {
  while (true) {
    WaitForNews(*program_);
    // Asked before the pipes are read, so that everything that the program wrote before its end is
    // there.
    const std::optional<ProcessEnd> end = program_->process.Poll();
    if (Status taken = TakeNews(to, callbacks); !taken.ok()) return Failure(taken.error().message);
    if (end) return Judge(*end, to);
    if (callbacks.should_stop && callbacks.should_stop()) return Stop(to, callbacks);
  }
}

RunEnd CommandTrainer::Stop(std::int64_t to, const RunCallbacks& callbacks) {
  const SystemClock clock;
  const double deadline = clock.MonotonicS() + kStopGraceS;
  // After the last report the program still writes its checkpoint, and then ends by itself.
  if (resource_ < to) program_->process.Signal(SIGTERM);
  while (!program_->process.Poll() && clock.MonotonicS() < deadline) {
    WaitForNews(*program_);
    if (Status taken = TakeNews(to, callbacks); !taken.ok()) break;
  }
  if (!program_->process.Poll()) {
    program_->process.Signal(SIGKILL);
    program_->process.Wait();
  }
  // A report that was cut off by the end does not count; its epoch is trained again.
  [[maybe_unused]] const Status rest = TakeNews(to, callbacks);
  if (const auto end = program_->process.Poll(); end && end->ok()) {
    if (resource_ >= to) return Judge(*end, to);
    written_.Look(LookAt(checkpoint_folder()), true);
  }
  return {RunEnd::Kind::kStopped, resource_, 0, "", ""};
}

Status CommandTrainer::TakeNews(std::int64_t to, const RunCallbacks& callbacks) {
  for (const std::string& line : program_->output.Read()) {
    const std::string text = line + "\n";
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    program_->log.Add(line);
    if (callbacks.on_progress) callbacks.on_progress();
  }
  for (const std::string& line : program_->results.Read()) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    FARETTO_RETURN_IF_ERROR(TakeReport(line, to, callbacks));
  }
  return Ok{};
}

Status CommandTrainer::TakeReport(const std::string& line, std::int64_t to,
                                  const RunCallbacks& callbacks) {
  FARETTO_ASSIGN_OR_RETURN(CommandReport report, ParseCommandReport(line, resource_));
  if (callbacks.on_progress) callbacks.on_progress();
  if (report.resource <= resource_) return Ok{};
  if (report.resource > to)
    return Failed("it reported resource " + std::to_string(report.resource) +
                  ", above FARETTO_RESOURCE, " + std::to_string(to));
  for (const std::string& metric : options_.metrics) {
    if (report.resource == to && !report.values.contains(metric))
      return Failed("its report at resource " + std::to_string(to) + " has no \"" + metric + "\"");
  }
  resource_ = report.resource;
  values_ = report.values;
  written_.Report(resource_, values_, LookAt(checkpoint_folder()));
  if (callbacks.on_report) callbacks.on_report(resource_, values_, report.cost);
  return Ok{};
}

RunEnd CommandTrainer::Judge(const ProcessEnd& end, std::int64_t to) const {
  if (!end.ok()) return Failure(end.Describe());
  if (resource_ < to) return Failure("it ended without a report at resource " + std::to_string(to));
  return {RunEnd::Kind::kReached, resource_, 0, "", ""};
}

RunEnd CommandTrainer::Failure(const std::string& reason) const {
  return {RunEnd::Kind::kFailed, resource_, 0, reason, program_->log.Text()};
}

Result<Metrics> CommandTrainer::Evaluate(const std::string& split) {
  if (split != "validation")
    return Invalid("trainer command reports on the split \"validation\" alone, not on \"" + split +
                   "\"; use --split validation");
  return values_;
}

Status CommandTrainer::Save(const fs::path& file) {
  // While the program stands still the copy is of one moment.
  if (program_) program_->process.Signal(SIGSTOP);
  Status packed =
      PackFolder(checkpoint_folder(),
                 {{"resource", written_.resource()}, {"values", written_.values()}}, file);
  if (program_) program_->process.Signal(SIGCONT);
  return packed;
}

Status CommandTrainer::Load(const fs::path& file) {
  FARETTO_ASSIGN_OR_RETURN(const Json state, UnpackFolder(file, checkpoint_folder()));
  try {
    resource_ = state.at("resource").get<std::int64_t>();
    values_ = state.at("values").get<Metrics>();
    written_.Begin(resource_, values_, LookAt(checkpoint_folder()));
  } catch (const nlohmann::json::exception&) {
    return Invalid(file.string() + " is not a checkpoint of a command trainer, or is damaged");
  }
  return Ok{};
}

// The checkpoint folder takes the place of the model that other trainers export.
Status CommandTrainer::Export(const fs::path& folder) {
  const Json config = {{"trainer", "command"},
                       {"command", options_.command},
                       {"params", setup_.params},
                       {"seed", setup_.seed},
                       {"resource", resource_}};
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(folder / "config.json", config.dump(2) + "\n"));
  std::error_code code;
  fs::copy(checkpoint_folder(), folder / "checkpoint",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing, code);
  if (code)
    return Failed("cannot copy " + checkpoint_folder().string() + " to " + folder.string() + ": " +
                  code.message());
  return Ok{};
}

Result<Metrics> CommandTrainer::Baseline(const std::string& name, const std::string&) {
  return Invalid("trainer command has no reference line \"" + name + "\"");
}

}  // namespace

Result<std::unique_ptr<Trainer>> MakeCommand(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(CommandOptions options, ParseCommandOptions(trainer));
  return std::unique_ptr<Trainer>(std::make_unique<CommandTrainer>(std::move(options)));
}

Status CheckCommandData(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(const CommandOptions options, ParseCommandOptions(trainer));
  if (auto found = FindProgram(options.command[0], options.folder); !found.ok())
    return found.error().In("trainer.command");
  return Ok{};
}

}  // namespace faretto
