// Suggest: what a study does next, as a pure function. It joins the fidelity policy and the
// searcher that the study file names.
//
//   Outcome outcome = DriveSuggestions(machine, machine.RequestWork(...), SuggestNow, now);
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "study/machine.h"
#include "study/study_spec.h"
#include "study/suggestion.h"

namespace faretto {

// A function of the view (the state at the suggestion's basis), the study's seed and the number of
// the suggestion; nothing else enters, so that the record can be checked by deriving it again. The
// configuration of a new trial satisfies the space and belongs to no trial of the view. A decline
// is final when nothing runs that could change it. Thread safety: a pure function.
Suggestion Suggest(const StudyView& view, std::int64_t suggestion);

// Suggest for the machine's open suggestion: a source for DriveSuggestions that always answers.
std::optional<Suggestion> SuggestNow(Machine& machine);

// Is Suggest on this view a matter of milliseconds? A pure function, too.
bool SuggestsQuickly(const StudyView& view);

// kInvalid, with the path in the study file and what to write instead, for a searcher or a fidelity
// policy that does not exist, and for a searcher that cannot model so many objectives.
Status CheckAlgorithm(const StudySpec& spec);

}  // namespace faretto
