#include "study/suggestion_driver.h"

#include <iterator>
#include <utility>

namespace faretto {

Outcome DriveSuggestions(Machine& machine, Outcome outcome, const SuggestionSource& source,
                         double now) {
  while (outcome.needs_suggestion()) {
    const std::optional<Suggestion> suggestion = source(machine);
    if (!suggestion) {
      machine.DeferAnswer();
      outcome.answer = Parked{};
      break;
    }
    Outcome next = machine.AnswerSuggestion(*suggestion, now);
    std::move(next.events.begin(), next.events.end(), std::back_inserter(outcome.events));
    outcome.answer = std::move(next.answer);
  }
  return outcome;
}

}  // namespace faretto
