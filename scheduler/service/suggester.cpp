#include "scheduler/service/suggester.h"

#include <utility>

#include "study/suggestion_events.h"

namespace faretto {

Suggester::Suggester(Machine& machine, Compute suggest, IsQuick quick, std::function<void()> done)
    : machine_(machine),
      suggest_(std::move(suggest)),
      quick_(std::move(quick)),
      thread_(suggest_, std::move(done)) {}

namespace {

// Does the answer make or promote a trial, as seen by the one who gave it?
bool LeadsOn(const StudyView& known, const Suggestion& answer) {
  if (const auto* made = std::get_if<NewTrial>(&answer)) {
    const std::string key = known.spec.space.CanonicalKey(made->configuration);
    return known.state.FindTrialByKey(key) == nullptr;
  }
  const auto* promotion = std::get_if<Promotion>(&answer);
  const Trial* trial = promotion ? known.state.FindTrial(promotion->trial) : nullptr;
  return trial != nullptr && trial->state == TrialState::kPaused;
}

}  // namespace

bool Suggester::FitsOpen(const Draft& draft) const {
  const StudyState& state = machine_.state();
  return draft.requested.suggestion == *state.open_suggestion() &&
         draft.requested.basis == state.open_basis() && draft.fingerprint == open_fingerprint_;
}

std::optional<Suggestion> Suggester::AtHand() {
  const StudyState& state = machine_.state();
  const bool just_requested = state.sequence() == state.open_basis() + 1;
  if (machine_.spec().algorithm.lookahead == 0 && just_requested && !thread_.busy() && quick_ &&
      quick_(machine_.view()))
    return suggest_(machine_.view(), *state.open_suggestion());
  if (seen_open_ != state.open_suggestion()) {
    seen_open_ = state.open_suggestion();
    open_fingerprint_ = machine_.basis_fingerprint();
  }
  Collect();
  if (ready_.empty() || !FitsOpen(ready_.front())) return std::nullopt;
  Suggestion answer = std::move(*ready_.front().answer);
  ready_.pop_front();
  return answer;
}

std::optional<Suggestion> Suggester::Next(bool ahead) {
  Collect();
  const StudyState& state = machine_.state();
  if (!state.open_suggestion()) {
    Prune();
    if (ahead && !thread_.busy()) StartAhead();
    return std::nullopt;
  }
  if (seen_open_ != state.open_suggestion()) {
    // An earlier scheduler left it open: nothing that was computed here can fit.
    seen_open_ = state.open_suggestion();
    ready_.clear();
    if (current_) current_->fingerprint = ~open_fingerprint_;
  }
  if (!ready_.empty() && FitsOpen(ready_.front())) {
    Suggestion answer = std::move(*ready_.front().answer);
    ready_.pop_front();
    return answer;
  }
  ready_.clear();
  if (!thread_.busy()) StartOpen();
  return std::nullopt;
}

void Suggester::Collect() {
  if (!thread_.busy()) return;
  std::optional<Suggestion> answer = thread_.Collect();
  if (!answer) return;
  current_->events =
      AnswerEvents(machine_.spec(), current_->requested, current_->next_trial, *answer);
  current_->leads_on = LeadsOn({machine_.spec(), *known_}, *answer);
  current_->answer = std::move(answer);
  ready_.push_back(std::move(*current_));
  current_.reset();
}

// What was computed ahead is of use only as long as what it knows is what happens.
void Suggester::Prune() {
  if (ready_.empty()) return;
  const Draft& front = ready_.front();
  if (front.requested.suggestion == machine_.state().next_suggestion() &&
      front.requested.basis == machine_.state().NextBasis() &&
      front.fingerprint == machine_.basis_fingerprint())
    return;
  ready_.clear();
}

void Suggester::StartOpen() {
  const StudyState& state = machine_.state();
  Start({*state.open_suggestion(), state.open_basis()}, open_fingerprint_, machine_.BasisView());
}

void Suggester::StartAhead() {
  const StudyState& state = machine_.state();
  if (state.finished() || state.stop_requested()) return;
  const auto ready = static_cast<std::int64_t>(ready_.size());
  if (ready >= machine_.spec().algorithm.lookahead) return;
  // After a declined or ignored one the next suggestion knows everything up to its request.
  if (ready > 0 && !ready_.back().leads_on) return;
  const std::int64_t suggestion = state.next_suggestion() + ready;
  const auto basis = state.FutureBasis(suggestion);
  if (!basis) return;
  std::vector<EventBody> expected;
  std::uint64_t fingerprint = machine_.basis_fingerprint();
  for (const Draft& draft : ready_) {
    for (const EventBody& body : draft.events) {
      expected.push_back(body);
      fingerprint = BasisState::Fingerprint(fingerprint, body);
    }
  }
  const SuggestionRequested requested{suggestion, *basis};
  Start(requested, fingerprint, machine_.BasisAhead(requested, expected));
}

void Suggester::Start(const SuggestionRequested& requested, std::uint64_t fingerprint,
                      StudyView view) {
  current_ = Draft{requested, fingerprint, static_cast<TrialId>(view.state.trials().size())};
  known_ = &view.state;
  thread_.Start(view, requested.suggestion);
}

}  // namespace faretto
