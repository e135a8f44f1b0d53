#include "scheduler/simulator/simulator.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "base/random.h"
#include "scheduler/simulator/event_queue.h"
#include "study/rungs.h"
#include "study/suggestion_driver.h"

namespace faretto {
namespace {

using Kind = Happening::Kind;

// The domain of simulated checkpoints, which no real worker can read: a study that goes on after a
// simulation trains from the start.
constexpr char kDomain[] = "simulated";

struct VirtualWorker {
  std::string name;
  std::uint64_t life = 0;
  bool busy = false;
  double started_s = 0;
  AssignmentRef ref;
  TrialId trial = -1;
  std::int64_t to = 0;
  SimulatedTraining training;
  std::size_t next_report = 0;
};

class Simulator {
 public:
  Simulator(Machine& machine, const TrainingSource& source, const SimulationOptions& options,
            const SimulationHooks& hooks)
      : machine_(machine), source_(source), options_(options), hooks_(hooks) {}

  Result<Simulation> Run();

 private:
  Status Happen(const Happening& happening);
  Status Arrive(std::size_t index);
  Status Report(std::size_t index);
  Status End(std::size_t index);
  void Vanish(std::size_t index);
  // Gives work to those that wait, until one of them asks in vain.
  Status ServeWaiting();
  // False: there is none for now, or no more.
  Result<bool> AskForWork(std::size_t index);
  void Begin(std::size_t index, const WorkAssigned& work);
  void PlanFailure(const Assignment& assignment, SimulatedTraining& training) const;
  void PlanNext(std::size_t index);
  void PlanLoss(std::size_t index);
  Status SaveCheckpoint(const VirtualWorker& worker, std::int64_t resource);
  Status Keep(Outcome& outcome);
  bool over() const {
    return machine_.state().finished() && machine_.state().assignments().empty();
  }

  Machine& machine_;
  const TrainingSource& source_;
  const SimulationOptions& options_;
  const SimulationHooks& hooks_;
  std::vector<VirtualWorker> workers_;
  EventQueue queue_;
  std::deque<std::size_t> waiting_;  // by the time of their asking
  bool in_vain_ = false;             // one has asked in vain, and nothing has changed since
  std::vector<std::int64_t> rungs_;
  double now_ = 0;
  Simulation done_;
};

Result<Simulation> Simulator::Run() {
  if (machine_.spec().algorithm.lookahead > 0) machine_.KeepBasis();
  Outcome started = machine_.Start(options_.info, {}, 0);
  FARETTO_RETURN_IF_ERROR(Keep(started));
  rungs_ = ComparisonRungs(machine_.spec().algorithm);
  workers_.resize(options_.workers);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].name = "virtual-" + std::to_string(i);
    queue_.Put({0, Kind::kArrive, i, 0});
  }
  while (!queue_.empty() && !over()) {
    const Happening happening = queue_.Take();
    if (happening.life != workers_[happening.worker].life) continue;
    now_ = happening.at_s;
    FARETTO_RETURN_IF_ERROR(Happen(happening));
    FARETTO_RETURN_IF_ERROR(ServeWaiting());
    if (hooks_.progress) hooks_.progress(now_);
  }
  // Without this a study whose last trial no worker can take would never end.
  Outcome end = machine_.Tick(now_);
  FARETTO_RETURN_IF_ERROR(Keep(end));
  return std::move(done_);
}

Status Simulator::Happen(const Happening& happening) {
  switch (happening.kind) {
    case Kind::kArrive: return Arrive(happening.worker);
    case Kind::kReport: return Report(happening.worker);
    case Kind::kEnd: return End(happening.worker);
    case Kind::kVanish: Vanish(happening.worker); return Ok{};
  }
  return Ok{};
}

Status Simulator::Keep(Outcome& outcome) {
  ++done_.steps;
  for (Event& event : outcome.events) event.unix_s = now_;
  return hooks_.keep && !outcome.events.empty() ? hooks_.keep(outcome.events) : Status(Ok{});
}

Status Simulator::Arrive(std::size_t index) {
  VirtualWorker& worker = workers_[index];
  Outcome hello =
      machine_.Hello({}, {worker.name, std::to_string(worker.life), "virtual", 0, kDomain}, now_);
  FARETTO_RETURN_IF_ERROR(Keep(hello));
  PlanLoss(index);
  waiting_.push_back(index);
  in_vain_ = false;
  return Ok{};
}

Status Simulator::ServeWaiting() {
  while (!waiting_.empty() && !in_vain_) {
    FARETTO_ASSIGN_OR_RETURN(const bool served, AskForWork(waiting_.front()));
    if (served) waiting_.pop_front();
    in_vain_ = !served;
  }
  return Ok{};
}

Result<bool> Simulator::AskForWork(std::size_t index) {
  const auto source = [this](Machine& machine) -> std::optional<Suggestion> {
    ++done_.suggestions;
    ++done_.steps;
    return hooks_.suggest(machine.BasisView(), *machine.state().open_suggestion());
  };
  Outcome outcome = DriveSuggestions(
      machine_, machine_.RequestWork({}, workers_[index].name, true, now_), source, now_);
  FARETTO_RETURN_IF_ERROR(Keep(outcome));
  const auto* work = outcome.As<WorkAssigned>();
  if (work != nullptr) Begin(index, *work);
  return work != nullptr;
}

void Simulator::Begin(std::size_t index, const WorkAssigned& work) {
  VirtualWorker& worker = workers_[index];
  worker.ref = work.ref;
  const Assignment& assignment = machine_.state().assignments().at(worker.ref.assignment);
  const Trial& trial = *machine_.state().FindTrial(assignment.trial);
  worker.busy = true;
  worker.started_s = now_;
  worker.trial = trial.id;
  worker.to = assignment.to;
  worker.training = source_.Train(trial, assignment.from, assignment.to);
  worker.next_report = 0;
  PlanFailure(assignment, worker.training);
  PlanNext(index);
}

// Cuts the training where it fails by chance or takes too long.
void Simulator::PlanFailure(const Assignment& assignment, SimulatedTraining& training) const {
  RandomStream random(machine_.spec().seed, "simulate/failure",
                      {static_cast<std::uint64_t>(assignment.id)});
  if (options_.fail_rate > 0 && random.Uniform() < options_.fail_rate) {
    if (!training.reports.empty()) {
      const std::size_t last = random.Below(training.reports.size());
      training.failure_after_s = random.Uniform() * training.reports[last].cost_s;
      training.reports.resize(last);
    }
    training.failure = "simulated failure";
  }
  const auto& limit = machine_.state().limits().assignment_s;
  if (!limit) return;
  double elapsed = 0;
  for (std::size_t i = 0; i < training.reports.size(); ++i) {
    elapsed += training.reports[i].cost_s;
    if (elapsed <= *limit) continue;
    training.failure_after_s = *limit - (elapsed - training.reports[i].cost_s);
    training.reports.resize(i);
    training.failure = "it took longer than limits.assignment_s";
  }
}

void Simulator::PlanNext(std::size_t index) {
  const VirtualWorker& worker = workers_[index];
  if (worker.next_report < worker.training.reports.size()) {
    const double cost = worker.training.reports[worker.next_report].cost_s;
    queue_.Put({now_ + cost, Kind::kReport, index, worker.life});
  } else {
    queue_.Put({now_ + worker.training.failure_after_s, Kind::kEnd, index, worker.life});
  }
}

Status Simulator::Report(std::size_t index) {
  VirtualWorker& worker = workers_[index];
  const SimulatedReport& report = worker.training.reports[worker.next_report];
  Outcome outcome =
      machine_.Report({}, worker.ref, report.resource, report.values, report.cost_s, now_);
  FARETTO_RETURN_IF_ERROR(Keep(outcome));
  if (std::binary_search(rungs_.begin(), rungs_.end(), report.resource)) in_vain_ = false;
  ++worker.next_report;
  if (worker.next_report < worker.training.reports.size() || worker.training.failure) {
    if (options_.worker_mtbf_s) FARETTO_RETURN_IF_ERROR(SaveCheckpoint(worker, report.resource));
    PlanNext(index);
    return Ok{};
  }
  return End(index);
}

Status Simulator::SaveCheckpoint(const VirtualWorker& worker, std::int64_t resource) {
  const std::string file = std::to_string(worker.trial) + "/" + std::to_string(resource) + "-0-" +
                           std::to_string(worker.ref.fence) + ".ckpt";
  Outcome outcome = machine_.SaveCheckpoint({}, worker.ref, resource, 0, file, kDomain, now_);
  return Keep(outcome);
}

Status Simulator::End(std::size_t index) {
  VirtualWorker& worker = workers_[index];
  worker.busy = false;
  in_vain_ = false;
  done_.busy_s += now_ - worker.started_s;
  done_.virtual_s = now_;
  if (worker.training.failure) {
    Outcome failed = machine_.Fail({}, worker.ref, *worker.training.failure, "", now_);
    FARETTO_RETURN_IF_ERROR(Keep(failed));
  } else {
    FARETTO_RETURN_IF_ERROR(SaveCheckpoint(worker, worker.to));
    Outcome completed = machine_.Complete({}, worker.ref, {}, now_);
    FARETTO_RETURN_IF_ERROR(Keep(completed));
    const StudyState& state = machine_.state();
    if (state.FindTrial(worker.trial)->state == TrialState::kCompleted)
      done_.completions.push_back({now_, state.spent_resource(), worker.trial});
  }
  waiting_.push_back(index);
  return Ok{};
}

void Simulator::PlanLoss(std::size_t index) {
  if (!options_.worker_mtbf_s) return;
  RandomStream random(machine_.spec().seed, "simulate/loss", {index, workers_[index].life});
  const double lifetime = -std::log(1 - random.Uniform()) * *options_.worker_mtbf_s;
  queue_.Put({now_ + lifetime, Kind::kVanish, index, workers_[index].life});
}

void Simulator::Vanish(std::size_t index) {
  VirtualWorker& worker = workers_[index];
  ++worker.life;
  ++done_.losses;
  if (worker.busy) done_.busy_s += now_ - worker.started_s;
  worker.busy = false;
  std::erase(waiting_, index);
  // Its assignment is lost when the lease has run out; its hello says so.
  queue_.Put({now_ + Machine::kLeaseS, Kind::kArrive, index, worker.life});
}

}  // namespace

Result<Simulation> Simulate(Machine& machine, const TrainingSource& source,
                            const SimulationOptions& options, const SimulationHooks& hooks) {
  return Simulator(machine, source, options, hooks).Run();
}

}  // namespace faretto
