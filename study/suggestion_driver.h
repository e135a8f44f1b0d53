// The loop between the core and the searchers, for all shells: as long as a step needs a
// suggestion, ask for one and hand it in.
//
//   Outcome outcome = DriveSuggestions(machine, machine.RequestWork(...), suggest, now);
//
// Thread safety: as Machine, none.
#pragma once

#include <functional>
#include <optional>

#include "study/machine.h"

namespace faretto {

// The answer to the open suggestion. Nothing: it takes its time, and its owner hands it in later
// (Machine::AnswerSuggestion).
using SuggestionSource = std::function<std::optional<Suggestion>(Machine& machine)>;

// The outcome when no suggestion is needed any more, with the events of all steps in order. Where
// one takes its time the request is parked, and the trial that the answer makes waits for whoever
// asks next.
Outcome DriveSuggestions(Machine& machine, Outcome outcome, const SuggestionSource& source,
                         double now);

}  // namespace faretto
