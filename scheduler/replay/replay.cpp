#include "scheduler/replay/replay.h"

#include <optional>

#include "results/store/reader.h"
#include "scheduler/suggest/suggest.h"
#include "study/basis_state.h"
#include "study/suggestion_events.h"

namespace faretto {
namespace {

// An answer in comparable form: what was decided, and the model that was fitted for it.
Json WithModel(Json answer, const std::optional<Json>& model) {
  if (model) answer["model"] = *model;
  return answer;
}

Json Derive(const StudyView& view, const SuggestionRequested& requested) {
  std::optional<Json> model;
  Json answer;
  for (const EventBody& body :
       AnswerEvents(view.spec, requested, 0, Suggest(view, requested.suggestion))) {
    if (const auto* fitted = std::get_if<ModelFitted>(&body)) model = fitted->model;
    answer = AnswerJson(body);
  }
  return WithModel(std::move(answer), model);
}

class Replayer {
 public:
  Replayer(const StudySpec& spec, std::int64_t every) : spec_(spec), state_(spec), every_(every) {
    if (spec.algorithm.lookahead > 0) basis_.emplace(spec);
  }

  ReplayResult result;

  Status Visit(const Event& event) {
    if (const auto* created = std::get_if<TrialCreated>(&event.body)) {
      CheckSeed(*created);
      // Enqueued ones have no suggestion.
      if (created->suggestion >= 0)
        Compare(created->suggestion, "trial " + std::to_string(created->trial),
                AnswerJson(event.body));
    } else if (const auto* promoted = std::get_if<TrialPromoted>(&event.body)) {
      Compare(promoted->suggestion, "trial " + std::to_string(promoted->trial),
              AnswerJson(event.body));
    } else if (const auto* declined = std::get_if<SuggestionDeclined>(&event.body)) {
      Compare(declined->suggestion, "declined", AnswerJson(event.body));
    } else if (const auto* fitted = std::get_if<ModelFitted>(&event.body)) {
      model_ = fitted->model;
    } else if (const auto* ignored = std::get_if<SuggestionIgnored>(&event.body)) {
      Compare(ignored->suggestion, "ignored", AnswerJson(event.body));
    } else if (const auto* requested = std::get_if<SuggestionRequested>(&event.body)) {
      Unanswered();
      CheckBasis(*requested);
    }
    FARETTO_RETURN_IF_ERROR(state_.Apply(event));
    if (basis_) basis_->Take(event);
    if (const auto* started = std::get_if<SchedulerStarted>(&event.body)) {
      result.build = started->build;
      result.instruction_set = started->instruction_set;
    } else if (const auto* requested = std::get_if<SuggestionRequested>(&event.body)) {
      open_ = requested->suggestion;
      derived_.reset();
      model_.reset();
      if (requested->suggestion % every_ == 0) {
        derived_ = Derive({spec_, basis_ ? basis_->Of(*requested) : state_}, *requested);
      }
    }
    return Ok{};
  }

  // A request whose answer does not follow it in the record. (The newest may be open still.)
  void Unanswered() {
    if (!open_) return;
    ++result.checked;
    result.differences.push_back("suggestion " + std::to_string(*open_) +
                                 ": the record has no answer to it");
    open_.reset();
  }

 private:
  void CheckBasis(const SuggestionRequested& requested) {
    const std::int64_t basis = state_.NextBasis();
    if (requested.basis == basis) return;
    ++result.checked;
    result.differences.push_back("the basis of suggestion " + std::to_string(requested.suggestion) +
                                 ": recorded " + std::to_string(requested.basis) + ", derived " +
                                 std::to_string(basis));
  }

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
  std::optional<BasisState> basis_;  // with lookahead; without, the state at a request is it
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
    FARETTO_RETURN_IF_ERROR(EventsSince(dir, 0, [&](const Event& event) -> Status {
      suggestions += std::holds_alternative<SuggestionRequested>(event.body) ? 1 : 0;
      return Ok{};
    }));
    every = std::max<std::int64_t>(1, suggestions / sample);
  }
  Replayer replayer(spec, every);
  FARETTO_RETURN_IF_ERROR(
      EventsSince(dir, 0, [&](const Event& event) { return replayer.Visit(event); }));
  return std::move(replayer.result);
}

}  // namespace faretto
