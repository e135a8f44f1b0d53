// What the budget allows to whom, and a study that changes hands between workers and ask-tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "machine_fixture.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

const Metrics kValues = {{"f1", 1}, {"f2", 2}};

TEST_F(MachineTest, APromotionThatStartsAgainAtZeroIsNotGivenOutBeyondTheBudget) {
  Json json = StudyJson();
  json["budget"]["resource"] = 7;
  Make(json);
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  Hello("v", "a", "other domain");
  promotion_ = Promotion{0, 6, nullptr};
  Outcome outcome = Keep(machine_->RequestWork(Next("v"), "v", true, now_));
  outcome = Keep(machine_->AnswerSuggestion(Propose(), now_));
  ASSERT_TRUE(outcome.needs_suggestion()) << "6 from 0 on do not fit into the 5 that are left";
  decline_ = true;
  outcome = Keep(machine_->AnswerSuggestion(Propose(), now_));
  EXPECT_EQ(JsonOf(outcome)["type"], "finished");
  EXPECT_EQ(machine_->state().spent_resource(), 2);
}

TEST_F(MachineTest, AWaitingTrialIsLeftToTheWorkerThatTheBudgetAllowsIt) {
  Json json = StudyJson();
  json["budget"]["resource"] = 7;
  Make(json);
  Hello("w");
  Hello("v", "a", "other domain");
  TrainTo("w", JsonOf(Ask("w")));
  promotion_ = Promotion{0, 6, nullptr};
  Keep(machine_->HandBack(Next("w"), RefOf(JsonOf(Ask("w"))), "drain", now_));
  EXPECT_TRUE(Keep(machine_->RequestWork(Next("v"), "v", true, now_)).needs_suggestion());
  const Json again = JsonOf(Ask("w"));
  EXPECT_EQ(again["trial"], 0);
  EXPECT_EQ(again["from"], 2);
}

TEST_F(MachineTest, TheWallClockIsNoDeadlineWhileRunningAssignmentsAreWaitedFor) {
  Json json = StudyJson();
  json["budget"] = {{"wall_clock_s", 100}};
  Make(json);
  EXPECT_EQ(machine_->NextDeadline(), 100);
  Hello("w");
  now_ = 95;
  Ask("w");
  EXPECT_EQ(machine_->NextDeadline(), 95 + Machine::kLeaseS);
}

TEST_F(MachineTest, WorkersTakeOverWhatAskTellHadAsked) {
  Ask("ask-tell", false);
  Hello("w");
  const Json taken = JsonOf(Ask("w"));
  EXPECT_EQ(taken["trial"], 0);
  TrainTo("w", taken);
  EXPECT_TRUE(machine_->state().assignments().empty());
}

TEST_F(MachineTest, AskTellTakesOverWhatWorkersHadButNoJobs) {
  baselines_ = {"pixels", "random_network"};
  Make(StudyJson());
  Hello("w");
  EXPECT_EQ(JsonOf(Ask("w"))["kind"], "baseline");
  EXPECT_EQ(JsonOf(Ask("ask-tell", false))["kind"], "train");
  ASSERT_EQ(machine_->state().assignments().size(), 1u);
  EXPECT_FALSE(machine_->state().assignments().begin()->second.leased);
}

TEST_F(MachineTest, BaselinesAreAskedForWhenWorkersComeAfterAskTell) {
  Ask("ask-tell", false);
  Keep(machine_->Start({"host", 2, "build", "isa"}, {"pixels"}, now_));
  Hello("w");
  EXPECT_EQ(JsonOf(Ask("w"))["kind"], "baseline");
}

TEST_F(MachineTest, ALossOfAJobIsNoAttempt) {
  baselines_ = {"pixels"};
  Make(StudyJson());
  for (const char* instance : {"a", "b", "c"}) {
    Hello("w", instance);
    ASSERT_EQ(JsonOf(Ask("w"))["kind"], "baseline");
  }
  Hello("w", "d");
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "crash", "", now_));
  EXPECT_EQ(machine_->state().jobs()[0].state, Job::State::kPending) << "the first of 3 attempts";
}

TEST_F(MachineTest, AskTellCannotTellForAWorker) {
  Hello("w");
  Ask("w");
  EXPECT_EQ(JsonOf(machine_->Tell(0, 2, kValues, 0, now_))["exit"], 2);
  EXPECT_EQ(JsonOf(machine_->TellFailure(0, "no", now_))["exit"], 2);
}

TEST_F(MachineTest, AToldRungIsNotToldAgainDuringThePromotion) {
  Ask("ask-tell", false);
  Keep(machine_->Tell(0, 2, kValues, 0, now_));
  promotion_ = Promotion{0, 6, nullptr};
  Ask("ask-tell", false);
  const Outcome again = Keep(machine_->Tell(0, 2, {{"f1", 0}, {"f2", 0}}, 0, now_));
  EXPECT_EQ(JsonOf(again)["exit"], 2);
  EXPECT_EQ(TrialOf(0).ReportAt(2)->values.at("f1"), 1);
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 3, kValues, 0, now_)))["type"], "ok");
}

TEST_F(MachineTest, AFailThroughAskTellIsFinalAndManyDoNotEndTheStudy) {
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(JsonOf(Ask("ask-tell", false))["trial"], i);
    Keep(machine_->TellFailure(i, "infeasible", now_));
  }
  EXPECT_FALSE(machine_->state().finished());
  EXPECT_EQ(JsonOf(machine_->Retry(Next("c"), 0, now_))["exit"], 2);
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
}

TEST_F(MachineTest, ARetryThatTheUsedUpBudgetCannotPayIsRefused) {
  Json json = StudyJson();
  json["budget"]["resource"] = 3;
  Make(json);
  Hello("w");
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "collapsed", "", now_));
  TrainTo("w", JsonOf(Ask("w")));
  decline_ = true;
  EXPECT_EQ(JsonOf(Ask("w"))["type"], "finished");
  const Outcome retry = Keep(machine_->Retry(Next("c"), 0, now_));
  EXPECT_EQ(JsonOf(retry)["exit"], 2);
  EXPECT_THAT(JsonOf(retry)["message"].get<std::string>(),
              ::testing::HasSubstr("raise its budget"));
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
}

TEST_F(MachineTest, FailuresInARowAreCountedWhateverElseRuns) {
  const std::vector<std::string> workers = {"u", "v", "w"};
  std::map<std::string, Json> running;
  for (const std::string& worker : workers) {
    Hello(worker);
    running[worker] = JsonOf(Ask(worker));
  }
  const auto fail = [&](int i) {
    const std::string& worker = workers[static_cast<std::size_t>(i) % workers.size()];
    Keep(machine_->Fail(Next(worker), RefOf(running[worker]), "collapsed", "", now_));
    running[worker] = JsonOf(Ask(worker));
  };
  for (int i = 0; i < 49; ++i) fail(i);
  // One that ends well: the count begins anew.
  TrainTo("v", running["v"]);
  EXPECT_EQ(machine_->state().failures_in_a_row().count, 0u);
  running["v"] = JsonOf(Ask("v"));
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(machine_->state().stop_requested()) << i;
    fail(i);
  }
  // The others end first.
  int left = 0;
  for (const auto& [worker, assignment] : running) {
    if (assignment.is_null() || assignment["type"] != "assignment") continue;
    ++left;
    EXPECT_FALSE(machine_->state().finished());
    Keep(machine_->Fail(Next(worker), RefOf(assignment), "collapsed", "", now_));
  }
  EXPECT_EQ(left, 2);
  EXPECT_THAT(machine_->state().finish_reason(), ::testing::HasSubstr("failed, the newest with: "));
}

TEST_F(MachineTest, JobsThatAskTellIsNotGivenDoNotKeepItFromTheEnd) {
  baselines_ = {"pixels"};
  Make(StudyJson());
  decline_ = true;
  EXPECT_EQ(JsonOf(Ask("ask-tell", false))["type"], "finished");
  // A worker does them still.
  Hello("w");
  EXPECT_EQ(JsonOf(Ask("w"))["kind"], "baseline");
}

TEST_F(MachineTest, ARetryOfAStoppedStudyIsRefused) {
  Hello("w");
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "collapsed", "", now_));
  Keep(machine_->StopStudy(Next("c"), now_));
  const Outcome retry = Keep(machine_->Retry(Next("c"), 0, now_));
  EXPECT_THAT(JsonOf(retry)["message"].get<std::string>(), ::testing::HasSubstr("start it again"));
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
}

TEST_F(MachineTest, AReferencePointStaysFiniteForTheLargestValues) {
  MakeWithObjectives(R"([{"name":"f1"},{"name":"f2"}])");
  constexpr double kLargest = std::numeric_limits<double>::max();
  for (int i = 0; i < 10; ++i)
    TrainTo("w", JsonOf(Ask("w")), i == 0 ? kLargest : 1, i == 0 ? kLargest : -kLargest);
  ASSERT_TRUE(machine_->state().reference_point());
  EXPECT_THAT(*machine_->state().reference_point(), ::testing::ElementsAre(kLargest, kLargest));
}

TEST(StudyState, AReferencePointThatOverflowedInAnOlderStoreIsNone) {
  Json json = StudyJson();
  json["objectives"] = *ParseJson(R"([{"name":"f1"},{"name":"f2"}])");
  const StudySpec spec = SpecOf(json);
  StudyState state(spec);
  EXPECT_TRUE(state.Apply({1, 0, 0, ReferencePointSet{{nullptr, 1}}, {}}).ok());
  EXPECT_EQ(state.reference_point(), std::nullopt);
  EXPECT_FALSE(state.Apply({2, 0, 0, ReferencePointSet{{"x", 1}}, {}}).ok());
}

TEST_F(MachineTest, AStopOfAFinishedStudyDoesNotReopenItAtTheNextStart) {
  Json json = StudyJson();
  json["budget"]["resource"] = 2;
  Make(json);
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  ASSERT_TRUE(machine_->state().finished());
  Keep(machine_->StopStudy(Next("c"), now_));
  Keep(machine_->Start({"host", 2, "build", "isa"}, {}, now_));
  EXPECT_TRUE(machine_->state().finished());
}

}  // namespace
}  // namespace faretto
