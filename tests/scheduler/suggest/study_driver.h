// Drives a study through the real state machine the ask-tell way, with workers that are told when
// to answer. Every suggestion is derived twice and must be the same (once under sanitizers, which
// see nothing new in the second).
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"
#include "scheduler/suggest/suggest.h"
#include "study/machine.h"
#include "study/study_spec.h"
#include "study/suggestion_driver.h"

namespace faretto {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kDeriveTwice = false;
#else
inline constexpr bool kDeriveTwice = true;
#endif

inline StudySpec AskTellSpec(const Json& json) {
  auto spec = ParseStudy(DumpJson(json), StudyUse::kAskTell);
  if (!spec.ok()) throw std::runtime_error(spec.error().message);
  return std::move(*spec);
}

// A suggestion as text, for comparing.
inline std::string Text(const Space& space, const Suggestion& suggestion) {
  Json json;
  const auto model = std::visit([](const auto& answer) { return answer.model; }, suggestion);
  if (const auto* made = std::get_if<NewTrial>(&suggestion)) {
    json = {{"params", space.ToJson(made->configuration)},
            {"resource", made->resource},
            {"bracket", made->bracket},
            {"origin", made->origin},
            {"diagnostics", made->diagnostics}};
  } else if (const auto* promotion = std::get_if<Promotion>(&suggestion)) {
    json = {{"trial", promotion->trial},
            {"resource", promotion->resource},
            {"diagnostics", promotion->diagnostics}};
  } else {
    const auto& decline = std::get<Decline>(suggestion);
    json = {{"reason", decline.reason}, {"final", decline.final}};
  }
  if (model) json["model"] = *model;
  return DumpJson(json);
}

class StudyDriver {
 public:
  // Values of a trial at a resource; nothing = it fails.
  using Evaluate = std::function<std::optional<Metrics>(const Trial&, std::int64_t resource)>;

  explicit StudyDriver(StudySpec spec) : machine_(std::make_unique<Machine>(std::move(spec))) {
    Keep(machine_->Start({"host", 1, "build", "isa"}, {}, 0));
  }

  const StudySpec& spec() const { return machine_->spec(); }
  const StudyState& state() const { return machine_->state(); }
  StudyView view() const { return machine_->view(); }
  const std::vector<Event>& events() const { return events_; }
  // What was suggested, in order.
  const std::vector<std::string>& suggestions() const { return suggestions_; }

  // The next trial to be trained; nothing when the study waits or is over.
  std::optional<TrialId> Ask() {
    const auto source = [this](Machine& machine) {
      const std::int64_t number = *state().open_suggestion();
      const StudyView known = machine.BasisView();
      const Suggestion suggestion = Suggest(known, number);
      suggestions_.push_back(Text(spec().space, suggestion));
      if (kDeriveTwice) {
        EXPECT_EQ(suggestions_.back(), Text(spec().space, Suggest(known, number)));
      }
      return std::optional(suggestion);
    };
    const Outcome outcome =
        Keep(DriveSuggestions(*machine_, machine_->RequestWork({}, "driver", false, 0), source, 0));
    const auto* work = outcome.As<WorkAssigned>();
    return work ? std::optional(work->trial) : std::nullopt;
  }

  void Tell(TrialId id, const Metrics& values, double cost = 1) {
    TellAt(id, state().FindTrial(id)->target, values, cost);
  }
  void TellAt(TrialId id, std::int64_t resource, const Metrics& values, double cost = 1) {
    const Outcome outcome = Keep(machine_->Tell(id, resource, values, cost, 0));
    const auto* refused = outcome.As<Error>();
    ASSERT_EQ(refused, nullptr) << refused->message;
  }
  void Fail(TrialId id) { Keep(machine_->TellFailure(id, "crashed", 0)); }
  void Stop(TrialId id) { Keep(machine_->StopTrial({}, id, 0)); }

  Outcome Enqueue(const Json& params) { return Keep(machine_->Enqueue({}, params, 0)); }
  // As study/import.h has it.
  Outcome Import(const Json& trials) { return Keep(machine_->Import({}, trials, 0)); }

  // Asks up to `asks` times with `workers` trials in the air, answered first in, first out.
  void Run(int asks, std::size_t workers, const Evaluate& evaluate) {
    std::deque<TrialId> running;
    while (asks > 0 || !running.empty()) {
      bool asked = false;
      if (asks > 0 && running.size() < workers) {
        if (const auto id = Ask()) {
          running.push_back(*id);
          --asks;
          asked = true;
        }
      }
      if (asked) continue;
      if (running.empty()) return;
      Answer(running.front(), evaluate);
      running.pop_front();
    }
  }

  // Folds the record again and derives every suggestion from its basis.
  void CheckReplay() const {
    StudyState state(spec());
    BasisState basis(spec());
    std::size_t number = 0;
    for (const Event& event : events_) {
      const Status applied = state.Apply(event);
      ASSERT_TRUE(applied.ok()) << applied.error().message;
      basis.Take(event);
      const auto* requested = std::get_if<SuggestionRequested>(&event.body);
      if (requested == nullptr) continue;
      ASSERT_LT(number, suggestions_.size());
      EXPECT_EQ(Text(spec().space, Suggest({spec(), basis.Of(*requested)}, requested->suggestion)),
                suggestions_[number++]);
    }
    EXPECT_EQ(number, suggestions_.size());
  }

 private:
  Outcome Keep(Outcome outcome) {
    events_.insert(events_.end(), outcome.events.begin(), outcome.events.end());
    return outcome;
  }

  void Answer(TrialId id, const Evaluate& evaluate) {
    const Trial& trial = *state().FindTrial(id);
    if (const auto values = evaluate(trial, trial.target)) {
      Tell(id, *values);
    } else {
      Fail(id);
    }
  }

  std::unique_ptr<Machine> machine_;
  std::vector<Event> events_;
  std::vector<std::string> suggestions_;
};

}  // namespace faretto
