#include "cli/replay.h"

#include <optional>

#include "results/reader.h"
#include "scheduler/suggest/suggest.h"
#include "study/event.h"

namespace faretto {
namespace {

// The recorded answer to a suggestion, and what Suggest derives, in one comparable form.
Json AnswerJson(const TrialCreated& e) {
  return {{"params", e.params},
          {"resource", e.resource},
          {"bracket", e.bracket},
          {"origin", e.origin},
          {"diagnostics", e.diagnostics}};
}
Json AnswerJson(const TrialPromoted& e) {
  return {{"promoted", e.trial}, {"resource", e.resource}, {"diagnostics", e.diagnostics}};
}
Json AnswerJson(const SuggestionDeclined& e) {
  return {{"declined", e.reason}, {"final", e.final}};
}

Json WithModel(Json answer, const std::optional<Json>& model) {
  if (model) answer["model"] = *model;
  return answer;
}

Json AnswerJson(const Space& space, const Suggestion& suggestion) {
  if (const auto* made = std::get_if<NewTrial>(&suggestion)) {
    return WithModel(AnswerJson(TrialCreated{.params = space.ToJson(made->configuration),
                                             .origin = made->origin,
                                             .resource = made->resource,
                                             .bracket = made->bracket,
                                             .diagnostics = made->diagnostics}),
                     made->model);
  }
  if (const auto* promotion = std::get_if<Promotion>(&suggestion)) {
    return WithModel(AnswerJson(TrialPromoted{.trial = promotion->trial,
                                              .resource = promotion->resource,
                                              .diagnostics = promotion->diagnostics}),
                     promotion->model);
  }
  const auto& decline = std::get<Decline>(suggestion);
  return WithModel(AnswerJson(SuggestionDeclined{.reason = decline.reason, .final = decline.final}),
                   decline.model);
}

class Replayer {
 public:
  Replayer(const StudySpec& spec, std::int64_t every) : spec_(spec), state_(spec), every_(every) {}

  ReplayResult result;

  Status Visit(const Event& event) {
    if (const auto* created = std::get_if<TrialCreated>(&event.body)) {
      CheckSeed(*created);
      // Enqueued ones have no suggestion.
      if (created->suggestion >= 0)
        Compare(created->suggestion, "trial " + std::to_string(created->trial),
                AnswerJson(*created));
    } else if (const auto* promoted = std::get_if<TrialPromoted>(&event.body)) {
      Compare(promoted->suggestion, "trial " + std::to_string(promoted->trial),
              AnswerJson(*promoted));
    } else if (const auto* declined = std::get_if<SuggestionDeclined>(&event.body)) {
      Compare(declined->suggestion, "declined", AnswerJson(*declined));
    } else if (const auto* fitted = std::get_if<ModelFitted>(&event.body)) {
      model_ = fitted->model;
    } else if (std::holds_alternative<SuggestionRequested>(event.body)) {
      Unanswered();
    }
    FARETTO_RETURN_IF_ERROR(state_.Apply(event));
    if (const auto* started = std::get_if<SchedulerStarted>(&event.body)) {
      result.build = started->build;
      result.instruction_set = started->instruction_set;
      open_.reset();
    } else if (const auto* requested = std::get_if<SuggestionRequested>(&event.body)) {
      open_ = requested->suggestion;
      derived_.reset();
      model_.reset();
      if (requested->suggestion % every_ == 0) {
        derived_ = AnswerJson(spec_.space, Suggest({spec_, state_}, requested->suggestion));
      }
    }
    return Ok{};
  }

  // A request whose answer does not follow it in the record.
  void Unanswered() {
    if (!open_) return;
    ++result.checked;
    result.differences.push_back("suggestion " + std::to_string(*open_) +
                                 ": the record has no answer to it");
    open_.reset();
  }

 private:
  void CheckSeed(const TrialCreated& created) {
    const std::uint64_t seed = TrialSeed(spec_, created.trial);
    if (created.seed == seed) return;
    ++result.checked;
    result.differences.push_back("the seed of trial " + std::to_string(created.trial) +
                                 ": recorded " + std::to_string(created.seed) + ", derived " +
                                 std::to_string(seed));
  }

  void Compare(std::int64_t suggestion, const std::string& what, Json recorded) {
    recorded = WithModel(std::move(recorded), model_);
    if (!open_ || suggestion != *open_) {
      ++result.checked;
      result.differences.push_back("suggestion " + std::to_string(suggestion) + " (" + what +
                                   "): it is not asked for where the record answers it");
      return;
    }
    if (derived_) {
      ++result.checked;
      if (CanonicalJson(recorded) == CanonicalJson(*derived_)) {
        ++result.agreed;
      } else {
        result.differences.push_back("suggestion " + std::to_string(*open_) + " (" + what +
                                     "): recorded " + DumpJson(recorded) + ", derived " +
                                     DumpJson(*derived_));
      }
    }
    open_.reset();
  }

  const StudySpec& spec_;
  StudyState state_;
  std::int64_t every_;
  std::optional<std::int64_t> open_;
  std::optional<Json> derived_;
  std::optional<Json> model_;  // recorded since the request
};

}  // namespace

Result<ReplayResult> ReplayStudy(const std::filesystem::path& dir, const StudySpec& spec,
                                 std::int64_t sample) {
  std::int64_t every = 1;
  if (sample > 0) {
    std::int64_t suggestions = 0;
    FARETTO_RETURN_IF_ERROR(ReadEvents(dir, [&](const Event& event) -> Status {
      suggestions += std::holds_alternative<SuggestionRequested>(event.body) ? 1 : 0;
      return Ok{};
    }));
    every = std::max<std::int64_t>(1, suggestions / sample);
  }
  Replayer replayer(spec, every);
  FARETTO_RETURN_IF_ERROR(
      ReadEvents(dir, [&](const Event& event) { return replayer.Visit(event); }));
  replayer.Unanswered();
  return std::move(replayer.result);
}

}  // namespace faretto
