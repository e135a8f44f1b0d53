// Requests for work, and the suggestions that answer them.
#include "study/machine.h"
#include "study/machine_step.h"
#include "study/suggestion_events.h"

namespace faretto {

Outcome Machine::RequestWork(const Request& request, const std::string& worker, bool leased,
                             double now) {
  MachineStep step(*this, now);
  if (auto repeated = step.Repeated(request)) return std::move(*repeated);
  std::vector<Assignment> over;
  for (const auto& [id, assignment] : state_.assignments()) {
    if (assignment.leased != leased || (leased && assignment.worker == worker))
      over.push_back(assignment);
  }
  for (const Assignment& assignment : over) {
    if (assignment.leased != leased) {
      // One master at a time: the folder has changed hands between workers and ask-tell.
      leases_.erase(assignment.id);
      step.Emit(AssignmentReturned{assignment.id, leased ? "the study goes on with workers"
                                                         : "the study goes on with ask-tell"});
    } else {
      // A worker has one assignment at a time: asking again without having ended it means that it
      // lost it.
      step.LoseAssignment(assignment, "its worker asked for other work");
    }
  }
  if (auto work = step.AssignReady(worker, leased)) return step.Answer(request, std::move(*work));
  return step.SuggestOrPark({request, worker, leased});
}

StudyView Machine::BasisView() {
  if (!basis_) return view();
  return {spec_, basis_->Of({*state_.open_suggestion(), state_.open_basis()})};
}

StudyView Machine::BasisAhead(const SuggestionRequested& requested,
                              std::span<const EventBody> expected) {
  return {spec_, basis_->Ahead(requested, expected, state_.NextBasis())};
}

bool Machine::Resume(const StudyState& state) {
  if (spec_.algorithm.lookahead > 0 || state.open_suggestion()) return false;
  state_ = state.For(spec_);
  basis_ = keep_basis_ ? std::make_unique<BasisState>(state_) : nullptr;
  return true;
}

Status Machine::Replay(const Event& event) {
  FARETTO_RETURN_IF_ERROR(state_.Apply(event));
  basis_->TakeAndAdvance(event,
                         state_.open_suggestion() ? state_.open_basis() : state_.NextBasis());
  return Ok{};
}

Outcome Machine::AnswerSuggestion(const Suggestion& suggestion, double now) {
  MachineStep step(*this, now);
  if (!state_.open_suggestion()) return step.Refuse(ErrorKind::kInvalid, "no suggestion is open");
  const SuggestionRequested requested{*state_.open_suggestion(), state_.open_basis()};
  const std::optional<OpenRequest> open = std::exchange(open_request_, std::nullopt);
  answer_awaited_ = false;
  // Without lookahead nothing that comes later will ask for less.
  if (basis_ && spec_.algorithm.lookahead == 0) basis_->Advance(state_.sequence());

  const auto next_trial = static_cast<TrialId>(state_.trials().size());
  std::vector<EventBody> events = AnswerEvents(spec_, requested, next_trial, suggestion);
  EventBody answer = std::move(events.back());
  events.pop_back();
  for (EventBody& fitted : events) step.Emit(std::move(fitted));
  const std::string outdated = step.WhyIgnored(suggestion);
  if (!outdated.empty())
    answer = SuggestionIgnored{requested.suggestion, outdated, AnswerJson(answer)};
  const auto* created = std::get_if<TrialCreated>(&answer);
  const auto* promoted = std::get_if<TrialPromoted>(&answer);
  const TrialId chosen = created ? created->trial : promoted ? promoted->trial : -1;
  const bool promotes = promoted != nullptr;
  step.Emit(std::move(answer));
  if (!open) return step.Parked();
  if (chosen < 0) {
    step.Settle();
    if (!state_.finished()) return step.SuggestOrPark(*open);
    return step.Answer(open->request, StudyOver{state_.finish_reason()});
  }
  const Trial& trial = *state_.FindTrial(chosen);
  // A worker that cannot read the checkpoint starts at 0, which the policy did not reckon with.
  if (promotes && !step.Fits(trial, open->worker, open->leased)) return step.SuggestOrPark(*open);
  return step.Answer(open->request, step.AssignTrial(trial, open->worker, open->leased));
}

Outcome MachineStep::SuggestOrPark(Machine::OpenRequest open) {
  if (state().open_suggestion() && machine_.answer_awaited_) return Parked();
  // One that an earlier scheduler left open comes first.
  if (state().open_suggestion()) {
    machine_.open_request_ = std::move(open);
    return NeedSuggestion();
  }
  if (!state().decline() && budget_allows_suggestion()) {
    Emit(SuggestionRequested{state().next_suggestion(), state().NextBasis()});
    machine_.open_request_ = std::move(open);
    return NeedSuggestion();
  }
  outside_ = !open.leased;
  Settle();
  if (state().finished()) return Answer({}, StudyOver{state().finish_reason()});
  return Parked();
}

std::string MachineStep::WhyIgnored(const Suggestion& suggestion) const {
  if (std::holds_alternative<Decline>(suggestion)) return "";
  if (state().stop_requested() || state().finished()) return "the study was stopped";
  if (wall_clock_over()) return "the wall clock budget is used up";
  if (const auto* promotion = std::get_if<Promotion>(&suggestion)) {
    const Trial* trial = state().FindTrial(promotion->trial);
    if (trial == nullptr) return "there is no trial " + std::to_string(promotion->trial);
    if (trial->state != TrialState::kPaused) {
      return "trial " + std::to_string(trial->id) + " is " +
             std::string(TrialStateName(trial->state)) + " by now";
    }
    const bool covered = static_cast<double>(promotion->resource - trial->NewestPoint()) <=
                         state().remaining_resource() + 1e-9;
    return covered ? "" : "the resource budget does not cover it by now";
  }
  const auto& made = std::get<NewTrial>(suggestion);
  const std::string key = spec().space.CanonicalKey(made.configuration);
  if (const Trial* same = state().FindTrialByKey(key))
    return "its configuration is trial " + std::to_string(same->id) + " by now";
  const auto& trials = state().budget().trials;
  if (trials && state().budgeted_trials() >= *trials) return "the trial budget is used up by now";
  if (static_cast<double>(made.resource) > state().remaining_resource() + 1e-9)
    return "the resource budget does not cover it by now";
  return "";
}

}  // namespace faretto
