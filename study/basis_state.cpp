#include "study/basis_state.h"

#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/hash.h"
#include "base/log.h"

namespace faretto {
namespace {

template <class... T>
std::tuple<T...> Values(const std::tuple<T&...>& references) {
  return references;
}

// Events that a suggestion knows whatever its basis is.
bool IsKnownAtOnce(const EventBody& body) {
  return std::holds_alternative<SchedulerStarted>(body) ||
         std::holds_alternative<ModelFitted>(body) || std::holds_alternative<TrialCreated>(body) ||
         std::holds_alternative<TrialPromoted>(body) ||
         std::holds_alternative<ResultImported>(body) ||
         std::holds_alternative<TrialStopped>(body) || std::holds_alternative<TrialRetried>(body);
}

// The record was accepted before, so an event that is refused now is a programmer's error.
void Apply(StudyState& state, const Event& event) {
  if (const Status applied = state.Apply(event); !applied.ok())
    EndWithInternalError(applied.error().message);
}

}  // namespace

// Everything that the events of IsKnownAtOnce change, except trials and their keys, which are too
// many to copy.
auto BasisState::SmallFields(StudyState& s) {
  return std::tie(s.waiting_, s.counts_, s.imported_trials_, s.assignments_, s.budget_, s.retry_,
                  s.limits_, s.incarnation_, s.next_assignment_, s.next_suggestion_,
                  s.open_suggestion_, s.open_basis_, s.answers_, s.restart_lookahead_,
                  s.lookahead_floor_, s.model_, s.data_version_, s.changed_at_, s.decline_,
                  s.stop_requested_, s.failures_in_a_row_);
}

struct BasisState::Saved {
  decltype(Values(SmallFields(std::declval<StudyState&>()))) small;
  std::size_t trials = 0;
  std::vector<Trial> touched;
};

BasisState::BasisState(const StudySpec& spec) : state_(spec) {}
BasisState::BasisState(const StudyState& state) : state_(state) {}
BasisState::BasisState(const StudyState& state, const std::deque<Event>& later)
    : state_(state), later_(later) {}
BasisState::~BasisState() = default;

void BasisState::Save() {
  saved_ = std::make_unique<Saved>(Saved{Values(SmallFields(state_)), state_.trials_.size(), {}});
}

void BasisState::Restore() {
  if (!saved_) return;
  SmallFields(state_) = std::move(saved_->small);
  for (std::size_t id = saved_->trials; id < state_.trials_.size(); ++id)
    state_.by_key_.erase(state_.trials_[id].key);
  state_.trials_.resize(saved_->trials);
  for (RungResults& rung : state_.rungs_) rung.Resize(saved_->trials);
  for (Trial& trial : saved_->touched) {
    for (RungResults& rung : state_.rungs_) rung.Update(trial);
    state_.trials_[static_cast<std::size_t>(trial.id)] = std::move(trial);
  }
  saved_.reset();
}

std::uint64_t BasisState::Fingerprint(std::uint64_t before, const EventBody& body) {
  return IsKnownAtOnce(body) ? Hash64(before, DumpJson(EncodeEventBody(body))) : before;
}

void BasisState::Take(const Event& event) {
  if (looks_ahead()) fingerprint_ = Fingerprint(fingerprint_, event.body);
  later_.push_back({event.sequence, event.live_s, event.unix_s, event.body, std::nullopt});
}

void BasisState::TakeAndAdvance(const Event& event, std::int64_t basis) {
  if (saved_ || !later_.empty() || event.sequence > basis) {
    Take(event);
    return Advance(basis);
  }
  if (looks_ahead()) fingerprint_ = Fingerprint(fingerprint_, event.body);
  Apply(state_, event);
}

void BasisState::Advance(std::int64_t basis) {
  Restore();
  while (!later_.empty() && later_.front().sequence <= basis) {
    Apply(state_, later_.front());
    later_.pop_front();
  }
}

const StudyState& BasisState::Of(const SuggestionRequested& requested) {
  Advance(requested.basis);
  const auto is_request = [&](const Event& event) {
    const auto* request = std::get_if<SuggestionRequested>(&event.body);
    return request != nullptr && request->suggestion == requested.suggestion;
  };
  // Without lookahead nothing lies between basis and request, so there is nothing to undo later.
  if (!looks_ahead() && !later_.empty() && is_request(later_.front())) {
    Advance(later_.front().sequence);
    return state_;
  }
  Save();
  RunWaiting();
  for (const Event& event : later_) {
    Know(event);
    if (is_request(event)) break;
  }
  return state_;
}

const StudyState& BasisState::Ahead(const SuggestionRequested& requested,
                                    std::span<const EventBody> expected, std::int64_t lowest) {
  Advance(lowest);
  ahead_.reset(new BasisState(state_, later_));
  BasisState& ahead = *ahead_;
  ahead.Advance(requested.basis);
  ahead.Save();
  ahead.RunWaiting();
  for (const Event& event : ahead.later_) ahead.Know(event);
  for (const EventBody& body : expected) ahead.Know({0, 0, 0, body, std::nullopt});
  ahead.state_.next_suggestion_ = requested.suggestion;
  ahead.Know({0, 0, 0, requested, std::nullopt});
  return ahead.state_;
}

void BasisState::Know(const Event& event) {
  if (std::holds_alternative<SuggestionRequested>(event.body)) return Fold(event);
  if (!IsKnownAtOnce(event.body)) return;
  if (const auto* created = std::get_if<TrialCreated>(&event.body)) {
    Fold(event);
    if (created->origin != kImportedOrigin) Run(created->trial);
  } else if (const auto* promoted = std::get_if<TrialPromoted>(&event.body)) {
    Touch(promoted->trial);
    if (state_.FindTrial(promoted->trial)->state != TrialState::kPaused) return;
    Fold(event);
    Run(promoted->trial);
  } else if (const auto* imported = std::get_if<ResultImported>(&event.body)) {
    Touch(imported->trial);
    Fold(event);
  } else if (const auto* stopped = std::get_if<TrialStopped>(&event.body)) {
    Touch(stopped->trial);
    Fold(event);
  } else if (const auto* retried = std::get_if<TrialRetried>(&event.body)) {
    Touch(retried->trial);
    // As this suggestion knows it, the trial may still be running.
    if (state_.FindTrial(retried->trial)->state == TrialState::kFailed) Fold(event);
  } else {
    Fold(event);
  }
}

void BasisState::Fold(const Event& event) {
  if (const std::string problem = state_.Fold(event); !problem.empty())
    EndWithInternalError(std::string(EventName(event.body)) + " " + problem);
}

// Saves the trial before it changes. Trials that were made since the basis are simply removed
// later.
void BasisState::Touch(TrialId id) {
  if (id >= static_cast<TrialId>(saved_->trials)) return;
  for (const Trial& trial : saved_->touched)
    if (trial.id == id) return;
  saved_->touched.push_back(state_.trials_[static_cast<std::size_t>(id)]);
}

// The trial that the event at the basis made is given to a worker only after it.
void BasisState::RunWaiting() {
  const std::vector<TrialId> waiting(state_.waiting_.begin(), state_.waiting_.end());
  for (const TrialId id : waiting) {
    const Trial& trial = *state_.FindTrial(id);
    const auto cost = static_cast<double>(trial.target - trial.NewestPoint());
    if (cost > state_.remaining_resource() + 1e-9) continue;
    Touch(id);
    Run(id);
  }
}

// As if it were assigned, so that its cost counts against the budget.
void BasisState::Run(TrialId id) {
  Trial& trial = state_.trials_[static_cast<std::size_t>(id)];
  const std::int64_t from = trial.NewestPoint();
  const AssignmentId assignment = state_.next_assignment_++;
  state_.assignments_[assignment] = {.id = assignment,
                                     .trial = id,
                                     .from = from,
                                     .to = trial.target,
                                     .leased = !trial.outside,
                                     .reported = from};
  state_.SetState(trial, TrialState::kRunning);
  trial.assignment = assignment;
}

}  // namespace faretto
