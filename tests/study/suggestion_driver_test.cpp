#include "study/suggestion_driver.h"

#include <gtest/gtest.h>

#include "machine_fixture.h"

namespace faretto {
namespace {

using SuggestionDriverTest = MachineTest;

TEST_F(SuggestionDriverTest, GoesOnUntilNoAnswerIsNeeded) {
  Json json = StudyJson();
  json["budget"] = {{"resource", 7}};
  Make(json);
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  // The first answer promotes a trial whose checkpoint this worker cannot read: the five epochs
  // that are left do not suffice to start it again.
  Hello("v", "a", "elsewhere");
  std::vector<std::int64_t> asked;
  const auto source = [&](Machine& machine) -> std::optional<Suggestion> {
    asked.push_back(*machine.state().open_suggestion());
    if (asked.size() > 1) return Propose();
    return Promotion{0, 6, nullptr, {}};
  };
  const Outcome outcome =
      DriveSuggestions(*machine_, machine_->RequestWork(Next("v"), "v", true, now_), source, now_);
  EXPECT_EQ(asked, (std::vector<std::int64_t>{1, 2}));
  ASSERT_NE(outcome.As<WorkAssigned>(), nullptr);
  EXPECT_EQ(outcome.As<WorkAssigned>()->trial, 1);
  std::vector<std::string_view> names;
  for (const Event& event : outcome.events) names.push_back(EventName(event.body));
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"suggestion_requested", "trial_promoted",
                                           "suggestion_requested", "trial_created", "assigned"}));
}

TEST_F(SuggestionDriverTest, ParksWhatTakesItsTime) {
  Hello("w");
  const auto slow = [](Machine&) -> std::optional<Suggestion> { return std::nullopt; };
  const Outcome outcome = Keep(
      DriveSuggestions(*machine_, machine_->RequestWork(Next("w"), "w", true, now_), slow, now_));
  EXPECT_TRUE(outcome.parked());
  EXPECT_EQ(outcome.events.size(), 1u) << "the request for a suggestion";
  EXPECT_TRUE(Keep(machine_->AnswerSuggestion(Propose(), now_)).parked());
  const Outcome next = Ask("w");
  ASSERT_NE(next.As<WorkAssigned>(), nullptr);
  EXPECT_EQ(next.As<WorkAssigned>()->trial, 0) << "the trial waits for whoever asks next";
}

TEST_F(SuggestionDriverTest, AsksForNothingWhereNothingIsNeeded) {
  const auto never = [](Machine&) -> std::optional<Suggestion> {
    ADD_FAILURE() << "no suggestion is open";
    return std::nullopt;
  };
  const Outcome outcome =
      DriveSuggestions(*machine_, machine_->StopStudy(Next("c"), now_), never, now_);
  EXPECT_NE(outcome.As<Accepted>(), nullptr);
}

}  // namespace
}  // namespace faretto
