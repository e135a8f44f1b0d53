#include "study/suggestion_events.h"

#include <utility>

namespace faretto {

std::vector<EventBody> AnswerEvents(const StudySpec& spec, const SuggestionRequested& requested,
                                    TrialId next_trial, const Suggestion& suggestion) {
  const std::int64_t number = requested.suggestion;
  std::vector<EventBody> events;
  if (const auto model = std::visit([](const auto& answer) { return answer.model; }, suggestion))
    events.emplace_back(ModelFitted{number, requested.basis, *model});
  if (const auto* decline = std::get_if<Decline>(&suggestion)) {
    events.emplace_back(SuggestionDeclined{number, decline->reason, decline->final});
  } else if (const auto* promotion = std::get_if<Promotion>(&suggestion)) {
    events.emplace_back(
        TrialPromoted{promotion->trial, number, promotion->resource, promotion->diagnostics});
  } else {
    const auto& made = std::get<NewTrial>(suggestion);
    events.emplace_back(TrialCreated{next_trial, number, spec.space.ToJson(made.configuration),
                                     made.origin, made.resource, made.bracket,
                                     TrialSeed(spec, next_trial), made.diagnostics});
  }
  return events;
}

Json AnswerJson(const EventBody& body) {
  if (const auto* created = std::get_if<TrialCreated>(&body)) {
    return {{"params", created->params},
            {"resource", created->resource},
            {"bracket", created->bracket},
            {"origin", created->origin},
            {"diagnostics", created->diagnostics}};
  }
  if (const auto* promoted = std::get_if<TrialPromoted>(&body)) {
    return {{"promoted", promoted->trial},
            {"resource", promoted->resource},
            {"diagnostics", promoted->diagnostics}};
  }
  if (const auto* declined = std::get_if<SuggestionDeclined>(&body))
    return {{"declined", declined->reason}, {"final", declined->final}};
  if (const auto* ignored = std::get_if<SuggestionIgnored>(&body)) return ignored->answer;
  return nullptr;
}

}  // namespace faretto
