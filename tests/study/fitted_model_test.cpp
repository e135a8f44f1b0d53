#include <gtest/gtest.h>

#include "machine_fixture.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

class FittedModelTest : public MachineTest {
 protected:
  // Answers the open suggestion of a worker's request.
  Outcome AskFor(const std::string& worker, const Suggestion& suggestion) {
    Outcome outcome = Keep(machine_->RequestWork(Next(worker), worker, true, now_));
    EXPECT_TRUE(outcome.needs_suggestion());
    return Keep(machine_->AnswerSuggestion(suggestion, now_));
  }
  NewTrial TrialAt(double x) { return {Configuration{{x, x}}, 2, -1, "test", nullptr, {}}; }
};

const Json kModel = {{"lengthscales", {0.1, 1.0 / 3.0, 1e-300}}, {"noise", 0.1 + 0.2}};

TEST_F(FittedModelTest, IsRecordedBeforeTheAnswerAndKeptUntilTheNext) {
  Hello("w");
  EXPECT_EQ(machine_->state().model(), nullptr);
  const std::int64_t basis = machine_->state().sequence();
  NewTrial first = TrialAt(0.1);
  first.model = kModel;
  const std::size_t before = log_.size();
  const Json assignment = JsonOf(AskFor("w", first));
  ASSERT_EQ(log_.size(), before + 4);
  EXPECT_EQ(EventName(log_[before].body), "suggestion_requested");
  EXPECT_EQ(EventName(log_[before + 1].body), "model_fitted");
  EXPECT_EQ(EventName(log_[before + 2].body), "trial_created");
  ASSERT_NE(machine_->state().model(), nullptr);
  EXPECT_EQ(*machine_->state().model(), kModel);
  EXPECT_EQ(machine_->state().model_basis(), basis);

  TrainTo("w", assignment);
  AskFor("w", TrialAt(0.2));
  EXPECT_EQ(*machine_->state().model(), kModel) << "a suggestion without a fit keeps it";
  EXPECT_EQ(machine_->state().model_basis(), basis);
}

TEST_F(FittedModelTest, ComesWithPromotionsAndDeclinesToo) {
  Hello("w");
  TrainTo("w", JsonOf(AskFor("w", TrialAt(0.1))));
  AskFor("w", Promotion{0, 6, nullptr, Json{{"noise", 1}}});
  EXPECT_EQ((*machine_->state().model())["noise"], 1);
  Hello("v");
  const Outcome declined = AskFor("v", Decline{"waiting", false, Json{{"noise", 2}}});
  EXPECT_TRUE(declined.parked());
  EXPECT_EQ((*machine_->state().model())["noise"], 2);
  EXPECT_TRUE(machine_->state().decline().has_value()) << "a model alone asks no decline again";
}

TEST_F(FittedModelTest, SurvivesTheRecordToTheLastBit) {
  const Json text = EncodeEventBody(ModelFitted{4, 17, kModel});
  const auto parsed = ParseJson(DumpJson(text));
  ASSERT_TRUE(parsed.ok());
  const auto again = DecodeEventBody(*parsed);
  ASSERT_TRUE(again.ok()) << again.error().message;
  const auto& fitted = std::get<ModelFitted>(*again);
  EXPECT_EQ(fitted.suggestion, 4);
  EXPECT_EQ(fitted.basis, 17);
  EXPECT_EQ(CanonicalJson(fitted.model), CanonicalJson(kModel));
  EXPECT_EQ(fitted.model["lengthscales"][1].get<double>(), 1.0 / 3.0);
}

}  // namespace
}  // namespace faretto
