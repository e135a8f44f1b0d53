#include "study/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "machine_fixture.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

TEST_F(MachineTest, StateIsTheFoldOfTheEncodedEvents) {
  Hello("w");
  const Json first = JsonOf(Ask("w"));
  TrainTo("w", first);
  promotion_ = Promotion{0, 6, nullptr};
  const Json second = JsonOf(Ask("w"));
  Keep(machine_->Fail(Next("w"), RefOf(second), "crash", "last line", now_));

  Machine again(SpecOf(spec_json_));
  for (Event event : log_) {
    auto body = DecodeEventBody(*ParseJson(DumpJson(EncodeEventBody(event.body))));
    ASSERT_TRUE(body.ok()) << body.error().message;
    event.body = *body;
    const Status applied = again.Replay(event);
    ASSERT_TRUE(applied.ok()) << applied.error().message;
  }
  EXPECT_EQ(again.state().sequence(), machine_->state().sequence());
  EXPECT_EQ(again.state().spent_resource(), machine_->state().spent_resource());
  EXPECT_EQ(again.state().trials().size(), 1u);
  EXPECT_EQ(again.state().trials()[0].state, TrialState::kWaiting);
  EXPECT_EQ(again.state().trials()[0].attempts, 1);
  EXPECT_EQ(again.state().trials()[0].checkpoints.size(), 1u);
  EXPECT_EQ(again.state().requests().size(), machine_->state().requests().size());
}

TEST_F(MachineTest, APromotionContinuesFromTheCheckpoint) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  EXPECT_EQ(TrialOf(0).state, TrialState::kPaused);
  promotion_ = Promotion{0, 6, nullptr};
  const Json next = JsonOf(Ask("w"));
  EXPECT_EQ(next["from"], 2);
  EXPECT_EQ(next["to"], 6);
  EXPECT_EQ(next["checkpoint"]["resource"], 2);
  TrainTo("w", next);
  promotion_ = Promotion{0, 18, nullptr};
  TrainTo("w", JsonOf(Ask("w")));
  EXPECT_EQ(TrialOf(0).state, TrialState::kCompleted);
  EXPECT_EQ(machine_->state().spent_resource(), 18);
}

TEST_F(MachineTest, AnotherDomainStartsAgainAtZeroAndItsCostCounts) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  Keep(machine_->Hello(Next("v"), {"v", "a", "host", 6, "elsewhere"}, now_));
  promotion_ = Promotion{0, 6, nullptr};
  const Json next = JsonOf(Ask("v"));
  EXPECT_EQ(next["from"], 0);
  EXPECT_TRUE(next["checkpoint"].is_null());
  TrainTo("v", next);
  EXPECT_EQ(machine_->state().spent_resource(), 8);
}

TEST_F(MachineTest, ARepeatedRequestGetsTheStoredReplyAndMakesNoEvent) {
  Hello("w");
  const Request request = Next("w");
  Outcome first = machine_->RequestWork(request, "w", true, now_);
  first = machine_->AnswerSuggestion(Propose(), now_);
  const Outcome second = machine_->RequestWork(request, "w", true, now_);
  EXPECT_EQ(JsonOf(first), JsonOf(second));
  EXPECT_TRUE(second.events.empty());
  EXPECT_EQ(machine_->state().trials().size(), 1u);
}

TEST_F(MachineTest, AnExpiredLeaseReturnsTheTrialAndItsLateReportCountsNothing) {
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  now_ += Machine::kLeaseS + 1;
  Keep(machine_->Tick(now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kWaiting);
  EXPECT_EQ(TrialOf(0).losses, 1);
  const Outcome late =
      Keep(machine_->Report(Next("w"), RefOf(assignment), 1, {{"f1", 1}, {"f2", 1}}, 1, now_));
  EXPECT_EQ(JsonOf(late)["type"], "superseded");
  EXPECT_TRUE(TrialOf(0).reports.empty());
  EXPECT_EQ(machine_->state().spent_resource(), 0);
  EXPECT_EQ(CountEvents("reported"), 1) << "kept for the record";
}

TEST_F(MachineTest, HeartbeatsExtendTheLeaseButAStallFails) {
  Json json = StudyJson();
  json["limits"] = {{"stall_s", 60}};
  Make(json);
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  for (int i = 0; i < 6; ++i) {
    now_ += 10;
    EXPECT_TRUE(machine_->Heartbeat(RefOf(assignment), 1, now_));
    Keep(machine_->Tick(now_));
  }
  EXPECT_EQ(TrialOf(0).state, TrialState::kRunning);
  now_ += 10;
  Keep(machine_->Tick(now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kWaiting);
  EXPECT_EQ(TrialOf(0).failure->reason, "stalled");
  EXPECT_FALSE(machine_->Heartbeat(RefOf(assignment), 2, now_));
}

TEST_F(MachineTest, ARestartGivesLiveLeasesTheirFullTimeAgain) {
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  now_ += Machine::kLeaseS - 1;
  Keep(machine_->Start({"host", 2, "build", "isa"}, {}, now_));
  EXPECT_EQ(machine_->state().incarnation(), 2);
  now_ += Machine::kLeaseS - 1;
  Keep(machine_->Tick(now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kRunning);
  EXPECT_TRUE(machine_->Heartbeat(RefOf(assignment), 1, now_));
}

TEST_F(MachineTest, AnotherProcessUnderTheSameNameLosesTheAssignmentOfTheOneBefore) {
  Hello("w", "first");
  Ask("w");
  Hello("w", "second");
  EXPECT_EQ(TrialOf(0).state, TrialState::kWaiting);
  EXPECT_EQ(JsonOf(Ask("w"))["trial"], 0);
}

TEST_F(MachineTest, FailuresAreTriedAgainUpToTheLimitAndCollapsedOnesNever) {
  Hello("w");
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Json assignment = JsonOf(Ask("w"));
    ASSERT_EQ(assignment["trial"], 0);
    Keep(machine_->Fail(Next("w"), RefOf(assignment), "exit status 134", "abort", now_));
  }
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
  const Json second = JsonOf(Ask("w"));
  ASSERT_EQ(second["trial"], 1);
  Keep(machine_->Fail(Next("w"), RefOf(second), "collapsed", "", now_));
  EXPECT_EQ(TrialOf(1).state, TrialState::kFailed);
}

TEST_F(MachineTest, LossesWithoutNoticeAreCountedAndACheckpointForgivesThem) {
  Json json = StudyJson();
  json["retry"] = {{"max_lost", 1}};
  Make(json);
  Hello("w");
  Json assignment = JsonOf(Ask("w"));
  now_ += 100;
  Keep(machine_->Tick(now_));
  assignment = JsonOf(Ask("w"));
  SaveAt("w", assignment, 1);
  now_ += 100;
  Keep(machine_->Tick(now_));
  EXPECT_EQ(TrialOf(0).losses, 1);
  assignment = JsonOf(Ask("w"));
  EXPECT_EQ(assignment["from"], 1);
  now_ += 100;
  Keep(machine_->Tick(now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
}

TEST_F(MachineTest, AHandedBackAssignmentIsFree) {
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  Keep(machine_->HandBack(Next("w"), RefOf(assignment), "SIGTERM", now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kWaiting);
  EXPECT_EQ(TrialOf(0).losses + TrialOf(0).attempts, 0);
}

TEST_F(MachineTest, OldCheckpointsAreOrderedToBeDeletedNewestAndPreviousStay) {
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  promotion_ = Promotion{0, 18, nullptr};
  const Json assignment = JsonOf(Ask("w"));
  EXPECT_TRUE(SaveAt("w", assignment, 3)["delete"].empty());
  const Json reply = SaveAt("w", assignment, 4);
  ASSERT_EQ(reply["delete"].size(), 1u);
  EXPECT_EQ(reply["delete"][0], "0/2-1.ckpt");
  EXPECT_EQ(TrialOf(0).checkpoints.back().resource, 4);
}

TEST_F(MachineTest, NotFiniteValuesAreRefused) {
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Outcome outcome =
      machine_->Report(Next("w"), RefOf(assignment), 1, {{"f1", nan}, {"f2", 1}}, 1, now_);
  EXPECT_EQ(JsonOf(outcome)["type"], "error");
  EXPECT_TRUE(outcome.events.empty());
}

TEST_F(MachineTest, TheResourceBudgetIsNeverExceededAndEndsTheStudy) {
  Json json = StudyJson();
  json["budget"]["resource"] = 6;
  Make(json);
  Hello("w");
  for (int i = 0; i < 3; ++i) TrainTo("w", JsonOf(Ask("w")));
  EXPECT_TRUE(machine_->state().finished());
  EXPECT_EQ(machine_->state().spent_resource(), 6);
  EXPECT_EQ(TrialOf(0).state, TrialState::kStopped);
  EXPECT_EQ(JsonOf(Ask("w"))["type"], "finished");
}

TEST_F(MachineTest, ARaisedBudgetReopensAFinishedStudy) {
  Json json = StudyJson();
  json["budget"]["resource"] = 6;
  Make(json);
  Hello("w");
  for (int i = 0; i < 3; ++i) TrainTo("w", JsonOf(Ask("w")));
  ASSERT_TRUE(machine_->state().finished());
  json["budget"]["resource"] = 60;
  Machine resumed(SpecOf(json));
  for (const Event& event : log_) ASSERT_TRUE(resumed.Replay(event).ok());
  resumed.Start({"host", 2, "build", "isa"}, {}, now_);
  EXPECT_FALSE(resumed.state().finished());
  EXPECT_EQ(resumed.state().FindTrial(0)->state, TrialState::kPaused);
}

TEST_F(MachineTest, TheWallClockEndsTheStudyAfterRunningAssignments) {
  Json json = StudyJson();
  json["budget"] = {{"wall_clock_s", 100}};
  Make(json);
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  for (int i = 0; i < 11; ++i) {
    now_ += 10;
    machine_->Heartbeat(RefOf(assignment), i, now_);
  }
  Keep(machine_->Tick(now_));
  EXPECT_FALSE(machine_->state().finished());
  TrainTo("w", assignment);
  EXPECT_TRUE(machine_->state().finished());
}

TEST_F(MachineTest, ADeclineWithNothingRunningEndsTheStudyOneWithRunningWorkWaits) {
  Hello("w");
  Hello("v");
  const Json assignment = JsonOf(Ask("w"));
  decline_ = true;
  EXPECT_TRUE(Ask("v").parked());
  EXPECT_FALSE(machine_->state().finished());
  EXPECT_TRUE(Ask("v").parked()) << "not asked again before something changes";
  EXPECT_EQ(CountEvents("suggestion_requested"), 2);
  TrainTo("w", assignment);
  EXPECT_FALSE(machine_->state().finished()) << "the report may change the answer";
  EXPECT_EQ(JsonOf(Ask("v"))["type"], "finished");
}

TEST_F(MachineTest, FiftyFailuresInARowEndTheStudyAndTheNextStartGoesOn) {
  Hello("w");
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(machine_->state().finished());
    Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "collapsed", "", now_));
  }
  EXPECT_TRUE(machine_->state().finished());
  EXPECT_THAT(machine_->state().finish_reason(), ::testing::HasSubstr("collapsed"));
  Keep(machine_->Start({"host", 2, "build", "isa"}, {}, now_));
  EXPECT_FALSE(machine_->state().finished());
  Hello("w", "b");
  EXPECT_EQ(JsonOf(Ask("w"))["trial"], 50);
}

TEST_F(MachineTest, BaselinesRunOnceAndDoNotCount) {
  baselines_ = {"pixels", "default"};
  Make(StudyJson());
  Hello("w");
  const Json pixels = JsonOf(Ask("w"));
  EXPECT_EQ(pixels["kind"], "baseline");
  EXPECT_EQ(pixels["name"], "pixels");
  Keep(machine_->Complete(Next("w"), RefOf(pixels), {{"f1", 0.5}}, now_));
  const Json defaults = JsonOf(Ask("w"));
  EXPECT_EQ(defaults["to"], 18);
  Keep(machine_->Report(Next("w"), RefOf(defaults), 1, {{"f1", 1}, {"f2", 1}}, 1, now_));
  Keep(machine_->Complete(Next("w"), RefOf(defaults), {{"f1", 0.1}}, now_));
  EXPECT_EQ(machine_->state().spent_resource(), 0);
  Keep(machine_->Start({"host", 2, "build", "isa"}, baselines_, now_));
  EXPECT_EQ(machine_->state().jobs().size(), 2u);
}

TEST_F(MachineTest, RetrainRunsAfterTheEndWithDifferentSeeds) {
  Json json = StudyJson();
  json["budget"]["resource"] = 2;
  Make(json);
  Hello("w");
  TrainTo("w", JsonOf(Ask("w")));
  ASSERT_TRUE(machine_->state().finished());
  const Outcome outcome = Keep(machine_->Retrain(Next("c"), 0, 2, 18, "test", now_));
  EXPECT_EQ(JsonOf(outcome)["jobs"].size(), 2u);
  const Json first = JsonOf(Ask("w"));
  EXPECT_EQ(first["kind"], "retrain");
  EXPECT_EQ(first["split"], "test");
  Keep(machine_->Complete(Next("w"), RefOf(first), {{"f1", 0.5}}, now_));
  const Json second = JsonOf(Ask("w"));
  EXPECT_NE(first["seed"], second["seed"]);
  EXPECT_EQ(JsonOf(machine_->Retrain(Next("c"), 9, 2, 18, "test", now_))["exit"], 3);
}

TEST_F(MachineTest, EnqueuedConfigurationsGoFirstAndRepeatsAreRefused) {
  const Json params = {{"x1", 0.25}, {"x2", 0.75}};
  EXPECT_EQ(JsonOf(Keep(machine_->Enqueue(Next("c"), params, now_)))["trial"], 0);
  EXPECT_EQ(JsonOf(machine_->Enqueue(Next("c"), params, now_))["exit"], 2);
  EXPECT_EQ(JsonOf(machine_->Enqueue(Next("c"), {{"x1", 3}}, now_))["exit"], 2);
  Hello("w");
  EXPECT_EQ(JsonOf(Ask("w"))["params"], params);
  EXPECT_EQ(TrialOf(0).origin, "enqueued");
}

TEST_F(MachineTest, RetryGivesAFailedTrialAllAttemptsAgain) {
  Hello("w");
  Keep(machine_->Fail(Next("w"), RefOf(JsonOf(Ask("w"))), "collapsed", "", now_));
  EXPECT_EQ(JsonOf(machine_->Retry(Next("c"), 5, now_))["exit"], 3);
  EXPECT_EQ(JsonOf(Keep(machine_->Retry(Next("c"), 0, now_)))["type"], "ok");
  EXPECT_EQ(JsonOf(Ask("w"))["trial"], 0);
  EXPECT_EQ(JsonOf(machine_->Retry(Next("c"), 0, now_))["exit"], 2);
}

TEST_F(MachineTest, AStoppedTrialTakesItsWorkersLeaseAway) {
  Hello("w");
  const Json assignment = JsonOf(Ask("w"));
  Keep(machine_->StopTrial(Next("c"), 0, now_));
  EXPECT_FALSE(machine_->Heartbeat(RefOf(assignment), 1, now_));
  EXPECT_EQ(TrialOf(0).state, TrialState::kStopped);
}

TEST_F(MachineTest, AskTellAsksPromotesAndRefusesWrongTells) {
  const Json ask = JsonOf(Ask("ask-tell", false));
  EXPECT_EQ(ask["from"], 0);
  const Metrics values = {{"f1", 1}, {"f2", 2}};
  EXPECT_EQ(JsonOf(machine_->Tell(0, 3, values, 0, now_))["exit"], 2) << "above the asked resource";
  EXPECT_EQ(JsonOf(machine_->Tell(0, 2, {{"f1", 1}}, 0, now_))["exit"], 2)
      << "an objective is missing";
  EXPECT_EQ(JsonOf(machine_->Tell(4, 2, values, 0, now_))["exit"], 3);
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 1, values, 0, now_)))["type"], "ok");
  EXPECT_EQ(TrialOf(0).state, TrialState::kRunning);
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 2, values, 0, now_)))["type"], "ok");
  EXPECT_EQ(JsonOf(machine_->Tell(0, 2, values, 0, now_))["exit"], 2) << "a second closing tell";
  promotion_ = Promotion{0, 6, nullptr};
  const Json again = JsonOf(Ask("ask-tell", false));
  EXPECT_EQ(again["trial"], 0);
  EXPECT_EQ(again["to"], 6);
  EXPECT_EQ(again["from"], 2);
  EXPECT_EQ(machine_->state().spent_resource(), 2);
  EXPECT_EQ(JsonOf(Keep(machine_->TellFailure(0, "out of memory", now_)))["type"], "ok");
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
}

TEST_F(MachineTest, IntermediateTellsRiseAndARepeatedOneChangesNothing) {
  Ask("ask-tell", false);
  promotion_ = Promotion{0, 6, nullptr};
  Keep(machine_->Tell(0, 2, {{"f1", 1}, {"f2", 2}}, 0, now_));
  Ask("ask-tell", false);
  const Metrics values = {{"f1", 0.5}, {"f2", 2}};
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 4, values, 1.5, now_)))["type"], "ok");
  const std::size_t reports = TrialOf(0).reports.size();
  const Outcome repeated = Keep(machine_->Tell(0, 4, values, 1.5, now_));
  EXPECT_EQ(JsonOf(repeated)["type"], "ok");
  EXPECT_TRUE(repeated.events.empty());
  const Json other = JsonOf(machine_->Tell(0, 4, {{"f1", 0.6}, {"f2", 2}}, 1.5, now_));
  EXPECT_EQ(other["exit"], 2);
  EXPECT_EQ(other["message"],
            "trial 0 was told up to resource 4 already, with other numbers at 4; tell a higher "
            "resource");
  const Json lower = JsonOf(machine_->Tell(0, 3, values, 1.5, now_));
  EXPECT_EQ(lower["message"], "trial 0 was told up to resource 4 already; tell a higher resource");
  EXPECT_EQ(TrialOf(0).reports.size(), reports);
  EXPECT_EQ(machine_->state().spent_resource(), 4);
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 6, values, 0, now_)))["type"], "ok");
}

TEST_F(MachineTest, AReferencePointIsSetOnceFromTheFirstTenFinished) {
  MakeWithObjectives(R"([{"name":"f1"},{"name":"f2"}])");
  for (int i = 0; i < 12; ++i) TrainTo("w", JsonOf(Ask("w")), i, 20 - i);
  ASSERT_TRUE(machine_->state().reference_point());
  EXPECT_NEAR((*machine_->state().reference_point())[0], 9 + 0.9, 1e-9);
  EXPECT_NEAR((*machine_->state().reference_point())[1], 20 + 0.9, 1e-9);
  EXPECT_EQ(CountEvents("reference_point_set"), 1);
}

TEST_F(MachineTest, WhatTheFileGivesOfAReferencePointStays) {
  MakeWithObjectives(R"([{"name":"f1"},{"name":"f2","direction":"maximize","reference":3}])");
  for (int i = 0; i < 10; ++i) TrainTo("w", JsonOf(Ask("w")), i, i);
  ASSERT_TRUE(machine_->state().reference_point());
  EXPECT_NEAR((*machine_->state().reference_point())[0], 9 + 0.9, 1e-9);
  EXPECT_EQ((*machine_->state().reference_point())[1], -3);
}

}  // namespace
}  // namespace faretto
