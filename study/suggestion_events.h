// The answer to a suggestion, as it stands in the record.
#pragma once

#include <vector>

#include "study/event.h"
#include "study/suggestion.h"

namespace faretto {

// `model_fitted`, if there is a model, then `trial_created` (its id is `next_trial`),
// `trial_promoted` or `suggestion_declined`. Thread safety: a pure function.
std::vector<EventBody> AnswerEvents(const StudySpec& spec, const SuggestionRequested& requested,
                                    TrialId next_trial, const Suggestion& suggestion);

// What of such an event the suggestion decided: {"params":...,"resource":...,"bracket":...,
// "origin":...,"diagnostics":...}, {"promoted":...,"resource":...,"diagnostics":...} or
// {"declined":...,"final":...}; of `suggestion_ignored` its answer; null for other events. Equal
// canonical text: the same answer.
Json AnswerJson(const EventBody& body);

}  // namespace faretto
