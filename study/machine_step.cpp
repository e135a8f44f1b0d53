#include "study/machine_step.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "base/log.h"
#include "base/random.h"

namespace faretto {
namespace {

// Retrying these under the same seed gives the same.
bool IsFinalReason(const std::string& reason) { return reason == "collapsed" || reason == "nan"; }

// docs/study-file.md: without a reference point in the study file the first finished trials set it.
constexpr int kTrialsForReference = 10;
// So many failures in a row are no bad luck. Without a limit a study in which nothing works would
// never end: trials that fail before their first report use no resource. A convention.
constexpr std::size_t kFailuresThatEnd = 50;

}  // namespace

void MachineStep::Emit(EventBody body) {
  Event event;
  event.sequence = state().sequence() + 1;
  event.live_s = now_;
  event.body = std::move(body);
  const Status applied = machine_.state_.Apply(event);
  // The machine made an event that its own state refuses: going on would store nonsense.
  if (!applied.ok()) EndWithInternalError(applied.error().message);
  if (machine_.basis_) machine_.basis_->Take(event);
  events_.push_back(std::move(event));
}

std::optional<Outcome> MachineStep::Repeated(const Request& request) const {
  const auto it = state().requests().find(request.client);
  if (it == state().requests().end() || request.number > it->second.number) return std::nullopt;
  if (request.number == it->second.number) {
    const auto stored = ParseReply(it->second.reply);
    return Outcome{{}, stored.ok() ? *stored : Reply(stored.error())};
  }
  return Outcome{
      {},
      Reply(Invalid("request " + std::to_string(request.number) + " of " + request.client +
                    " is older than its newest, " + std::to_string(it->second.number)))};
}

Outcome MachineStep::Answer(const Request& request, Reply reply) {
  Settle();
  if (!events_.empty() && !request.client.empty()) {
    events_.back().request = RequestRecord{request.client, request.number, ReplyJson(reply)};
    machine_.state_.requests_[request.client] = *events_.back().request;
  }
  return {std::move(events_), std::move(reply)};
}

Outcome MachineStep::Refuse(ErrorKind kind, const std::string& message) {
  return {std::move(events_), Reply(Error{kind, message})};
}

Outcome MachineStep::Parked() {
  Settle();
  return {std::move(events_), faretto::Parked{}};
}

Outcome MachineStep::NeedSuggestion() {
  machine_.answer_awaited_ = true;
  return {std::move(events_), NeedsSuggestion{}};
}

const Assignment* MachineStep::Live(const AssignmentRef& ref) const {
  const auto it = state().assignments().find(ref.assignment);
  return it != state().assignments().end() && it->second.fence == ref.fence ? &it->second : nullptr;
}

bool MachineStep::wall_clock_over() const {
  return state().budget().wall_clock_s && now_ >= *state().budget().wall_clock_s;
}

bool MachineStep::everything_fails() const {
  return state().failures_in_a_row().count >= kFailuresThatEnd;
}

bool MachineStep::budget_allows_suggestion() const {
  return !state().stop_requested() && !state().finished() && !wall_clock_over() &&
         !everything_fails() && state().remaining_resource() > 0;
}

bool MachineStep::BudgetCovers(const Trial& trial, std::int64_t from) const {
  return !wall_clock_over() &&
         static_cast<double>(trial.target - from) <= state().remaining_resource() + 1e-9;
}

bool MachineStep::Fits(const Trial& trial, const std::string& worker, bool leased) const {
  const Checkpoint* checkpoint = leased ? UsableCheckpoint(trial, worker) : nullptr;
  const std::int64_t from = checkpoint ? checkpoint->resource : leased ? 0 : trial.OutsidePoint();
  return !state().stop_requested() && !state().finished() && BudgetCovers(trial, from);
}

bool MachineStep::FitsSomebody(const Trial& trial) const {
  return !state().stop_requested() && !state().finished() &&
         BudgetCovers(trial, trial.NewestPoint());
}

const Checkpoint* MachineStep::UsableCheckpoint(const Trial& trial,
                                                const std::string& worker) const {
  const auto it = state().workers().find(worker);
  const std::string domain = it == state().workers().end() ? "" : it->second.domain;
  for (auto checkpoint = trial.checkpoints.rbegin(); checkpoint != trial.checkpoints.rend();
       ++checkpoint) {
    if (checkpoint->domain == domain && checkpoint->resource <= trial.target) return &*checkpoint;
  }
  return nullptr;
}

WorkAssigned MachineStep::Assign(Assigned assigned, std::uint64_t seed,
                                 const Checkpoint* checkpoint) {
  assigned.assignment = state().next_assignment();
  assigned.fence = assigned.assignment + 1;
  WorkAssigned work;
  work.ref = {assigned.assignment, assigned.fence};
  work.kind = assigned.kind;
  work.trial = assigned.trial;
  work.job = assigned.job;
  work.from = assigned.from;
  work.to = assigned.to;
  work.seed = seed;
  // A promotion continues the same learning-rate curve, so the horizon is the top rung at every
  // rung.
  work.horizon = assigned.kind == AssignmentKind::kTrain ? spec().top_resource()
                                                         : std::max<std::int64_t>(assigned.to, 1);
  if (checkpoint) work.checkpoint = *checkpoint;
  const bool leased = assigned.leased;
  Emit(std::move(assigned));
  if (leased) machine_.leases_[work.ref.assignment] = {now_ + Machine::kLeaseS, now_, -1};
  return work;
}

WorkAssigned MachineStep::AssignTrial(const Trial& trial, const std::string& worker, bool leased) {
  // Without leases (ask-tell) the outside program keeps what it trained so far.
  const Checkpoint* checkpoint = leased ? UsableCheckpoint(trial, worker) : nullptr;
  Assigned assigned;
  assigned.trial = trial.id;
  assigned.from = checkpoint ? checkpoint->resource : leased ? 0 : trial.OutsidePoint();
  assigned.to = trial.target;
  assigned.worker = worker;
  assigned.leased = leased;
  // Nobody but a worker needs to be told the parameters: ask-tell sees the state.
  Json params = leased ? trial.params : Json();
  WorkAssigned work = Assign(std::move(assigned), trial.seed, checkpoint);
  work.params = std::move(params);
  return work;
}

WorkAssigned MachineStep::AssignJob(const Job& job, const std::string& worker, bool leased) {
  const Trial* trial = state().FindTrial(job.trial);
  Json params = trial ? trial->params : Json::object();
  if (job.kind == AssignmentKind::kBaseline) {
    if (const auto configuration = spec().space.Default())
      params = spec().space.ToJson(*configuration);
  }
  Assigned assigned;
  assigned.kind = job.kind;
  assigned.trial = job.trial;
  assigned.job = job.id;
  assigned.to = job.resource;
  assigned.worker = worker;
  assigned.leased = leased;
  const Checkpoint* checkpoint =
      job.kind == AssignmentKind::kEvaluate && trial ? UsableCheckpoint(*trial, worker) : nullptr;
  const std::string name = job.name;
  const std::string split = job.split;
  WorkAssigned work = Assign(std::move(assigned), job.seed, checkpoint);
  work.params = std::move(params);
  work.name = name;
  work.split = split;
  return work;
}

std::optional<WorkAssigned> MachineStep::AssignReady(const std::string& worker, bool leased) {
  // An outside program (ask-tell) trains configurations, nothing else.
  for (const Job& job : state().jobs()) {
    if (leased && job.state == Job::State::kPending) return AssignJob(job, worker, leased);
  }
  for (const TrialId id : state().waiting()) {
    const Trial& trial = *state().FindTrial(id);
    if (Fits(trial, worker, leased)) return AssignTrial(trial, worker, leased);
  }
  return std::nullopt;
}

void MachineStep::FailAssignment(const Assignment& assignment, const std::string& reason,
                                 const std::string& log) {
  const Trial* trial = assignment.job >= 0 ? nullptr : state().FindTrial(assignment.trial);
  const std::int64_t attempts =
      trial ? trial->attempts : state().jobs()[static_cast<std::size_t>(assignment.job)].attempts;
  const bool final = IsFinalReason(reason) || attempts + 1 >= state().retry().max_attempts;
  machine_.leases_.erase(assignment.id);
  Emit(AssignmentFailed{assignment.id, reason, log, final});
}

void MachineStep::LoseAssignment(const Assignment& assignment, const std::string& reason) {
  const Trial* trial = assignment.job >= 0 ? nullptr : state().FindTrial(assignment.trial);
  const std::int64_t losses =
      trial ? trial->losses : state().jobs()[static_cast<std::size_t>(assignment.job)].losses;
  const bool final = losses + 1 > state().retry().max_lost;
  machine_.leases_.erase(assignment.id);
  Emit(LeaseExpired{assignment.id,
                    final ? reason + " for the " + std::to_string(losses + 1) + ". time" : reason,
                    final});
}

void MachineStep::Settle() {
  MaybeSetReferencePoint();
  MaybeFinish();
}

void MachineStep::MaybeSetReferencePoint() {
  if (state().reference_point()) return;
  std::vector<std::vector<double>> points;
  for (const Trial& trial : state().trials()) {
    if (trial.state != TrialState::kCompleted) continue;
    const TrialReport* report = trial.ReportAt(spec().top_resource());
    if (report == nullptr) continue;
    if (auto values = MinimizedValues(spec().objectives, report->values))
      points.push_back(std::move(*values));
    if (points.size() == kTrialsForReference) break;
  }
  if (points.size() < kTrialsForReference) return;
  Json reference = Json::array();
  for (std::size_t k = 0; k < spec().objectives.size(); ++k) {
    if (const auto given = MinimizedReference(spec().objectives[k])) {
      reference.push_back(*given);
      continue;
    }
    double low = points[0][k];
    double high = points[0][k];
    for (const auto& point : points) {
      low = std::min(low, point[k]);
      high = std::max(high, point[k]);
    }
    // A constant objective still needs room behind its nadir. In halves, which do not overflow.
    const double half = high > low ? high / 2 - low / 2 : std::max(std::abs(high), 1.0) / 2;
    reference.push_back(std::min(high + 0.2 * half, std::numeric_limits<double>::max()));
  }
  Emit(ReferencePointSet{std::move(reference)});
}

void MachineStep::MaybeFinish() {
  const StudyState& s = state();
  if (s.finished() || !s.assignments().empty() || s.open_suggestion()) return;
  // An outside program is never given one.
  for (const Job& job : s.jobs()) {
    if (job.state == Job::State::kPending && !outside_) return;
  }
  // A decline says that somebody asked and could be given nothing: what waits has its checkpoint
  // where nobody reads it, and the budget does not allow to start it again.
  for (const TrialId id : s.waiting()) {
    if (!s.decline() && FitsSomebody(*s.FindTrial(id))) return;
  }
  if (everything_fails()) {
    const auto& failure = s.FindTrial(s.failures_in_a_row().newest)->failure;
    Emit(StopRequested{});  // so that the next start goes on
    Emit(StudyFinished{
        std::to_string(kFailuresThatEnd) +
        " trials in a row failed, the newest with: " + (failure ? failure->reason : "")});
  } else if (s.stop_requested()) {
    Emit(StudyFinished{"it was stopped"});
  } else if (wall_clock_over()) {
    Emit(StudyFinished{"the wall clock budget is used up"});
  } else if (s.remaining_resource() <= 0) {
    Emit(StudyFinished{"the resource budget is used up"});
  } else if (s.decline()) {
    // Nothing runs and nothing can be proposed: no later report can change that.
    Emit(StudyFinished{s.decline()->reason});
  }
}

}  // namespace faretto
