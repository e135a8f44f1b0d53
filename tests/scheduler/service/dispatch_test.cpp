#include "scheduler/service/dispatch.h"

#include <gtest/gtest.h>

#include "protocol/message.h"
#include "small_study.h"

namespace faretto {
namespace {

using Verdict = Dispatched::Verdict;

class DispatchTest : public ::testing::Test {
 protected:
  DispatchTest() : machine_(SmallStudy()) {
    context_.suggest = SuggestAlongDiagonal;
    context_.progress = [](const StudyView& study, double) {
      return Json{{"total_resource", *study.state.budget().resource}};
    };
    context_.identity = {{"host", "h"}, {"pid", 1}, {"study", "small"}};
    context_.welcome = {{"study", "small"}};
    context_.store = "nonce";
    machine_.Start({"h", 1, "build", "isa"}, {}, 0);
  }

  Dispatched Send(Json message, const std::string& worker, std::int64_t number,
                  const std::string& instance = "a") {
    message["worker"] = worker;
    message["instance"] = instance;
    message["number"] = number;
    return SendAsIs(message);
  }
  Dispatched SendAsClient(Json message, std::int64_t number) {
    message["client"] = "c";
    message["number"] = number;
    return SendAsIs(message);
  }
  Dispatched SendAsIs(const Json& message) {
    const auto envelope = ParseMessage(DumpJson(message));
    if (!envelope.ok()) return {Verdict::kDropped, nullptr, {}, envelope.error().message};
    return Dispatch(machine_, *envelope, context_, now_);
  }
  void Hello(const std::string& worker, const std::string& instance = "a") {
    Send(HelloRequest("h", 2, "domain"), worker, 1, instance);
  }
  AssignmentRef GiveWork(const std::string& worker) {
    const Dispatched done = Send(NextRequest(), worker, 2);
    return ParseAssignment(done.reply)->ref;
  }

  Machine machine_;
  DispatchContext context_;
  double now_ = 1;
};

TEST_F(DispatchTest, HelloIsAnsweredWithTheWelcome) {
  const Dispatched done = Send(HelloRequest("h", 2, "domain"), "w0", 1);
  EXPECT_EQ(done.verdict, Verdict::kReply);
  EXPECT_EQ(done.reply["type"], "ok");
  EXPECT_EQ(done.reply["study"], "small");
  EXPECT_EQ(done.events.size(), 1u);
}

TEST_F(DispatchTest, NextHoldsTheWholeChainOfEvents) {
  Hello("w0");
  const Dispatched done = Send(NextRequest(), "w0", 2);
  ASSERT_EQ(done.reply["type"], "assignment");
  ASSERT_EQ(done.events.size(), 3u);
  EXPECT_EQ(EventName(done.events[0].body), "suggestion_requested");
  EXPECT_EQ(EventName(done.events[1].body), "trial_created");
  EXPECT_EQ(EventName(done.events[2].body), "assigned");
}

TEST_F(DispatchTest, ARepeatGetsTheStoredReplyAndMakesNoEvent) {
  Hello("w0");
  const Dispatched first = Send(NextRequest(), "w0", 2);
  const Dispatched second = Send(NextRequest(), "w0", 2);
  EXPECT_EQ(second.reply, first.reply);
  EXPECT_TRUE(second.events.empty());
}

TEST_F(DispatchTest, AnOlderRequestThanTheNewestIsDropped) {
  Hello("w0");
  GiveWork("w0");
  EXPECT_EQ(Send(GoodbyeRequest(""), "w0", 1).verdict, Verdict::kDropped);
}

TEST_F(DispatchTest, WithoutWorkTheRequestIsParked) {
  Hello("w0");
  Hello("w1");
  GiveWork("w0");
  context_.suggest = [](const StudyView&, std::int64_t) -> Suggestion {
    return Decline{"waiting for results", false};
  };
  const Dispatched done = Send(NextRequest(), "w1", 2);
  EXPECT_EQ(done.verdict, Verdict::kParked);
  EXPECT_EQ(EventName(done.events.back().body), "suggestion_declined");
}

TEST_F(DispatchTest, AnotherVersionIsRefusedWithBothNamed) {
  Json message = NextRequest();
  message["v"] = 99;
  const Dispatched done = Send(message, "w0", 1);
  EXPECT_EQ(done.reply["type"], "error");
  const std::string text = done.reply["message"];
  EXPECT_NE(text.find("version 1 "), std::string::npos) << text;
  EXPECT_NE(text.find("version 99"), std::string::npos) << text;
}

TEST_F(DispatchTest, AHigherIncarnationEndsThisScheduler) {
  Json message = NextRequest();
  message["incarnation"] = 2;
  const Dispatched done = Send(message, "w0", 1);
  EXPECT_EQ(done.verdict, Verdict::kSuperseded);
  EXPECT_TRUE(done.reply.is_null());
}

TEST_F(DispatchTest, TheIncarnationOfAnotherStudyMeansNothingHere) {
  Json message = NextRequest();
  message["incarnation"] = 5;
  message["store"] = "an earlier study";
  const Dispatched done = Send(message, "w0", 1);
  EXPECT_EQ(done.verdict, Verdict::kReply);
  EXPECT_EQ(done.reply["type"], "error");
}

TEST_F(DispatchTest, TakeoverNeedsAHigherIncarnation) {
  EXPECT_EQ(SendAsClient(TakeoverRequest(1), 1).verdict, Verdict::kDropped);
  const Dispatched done = SendAsClient(TakeoverRequest(2), 1);
  EXPECT_EQ(done.verdict, Verdict::kSuperseded);
  EXPECT_EQ(done.reply["type"], "ok");
}

TEST_F(DispatchTest, AnUnknownWorkerIsToldToStartAgain) {
  EXPECT_EQ(Send(NextRequest(), "w0", 1).reply["type"], "error");
}

TEST_F(DispatchTest, TheProcessBeforeIsSuperseded) {
  Hello("w0", "a");
  const AssignmentRef ref = GiveWork("w0");
  Hello("w0", "b");
  EXPECT_EQ(Send(GoodbyeRequest(""), "w0", 3, "a").reply["type"], "superseded");
  EXPECT_TRUE(machine_.state().workers().at("w0").present);
  const Dispatched beat = Send(HeartbeatRequest(ref, 1), "w0", 3, "a");
  EXPECT_EQ(beat.reply["type"], "superseded");
  EXPECT_EQ(beat.reply["fence"], ref.fence);
}

TEST_F(DispatchTest, NobodyReportsOnAnotherWorkersAssignment) {
  Hello("w0");
  Hello("w1");
  const AssignmentRef ref = GiveWork("w0");
  const Dispatched done = Send(ReportRequest(ref, 1, {{"f1", 1}, {"f2", 1}}, 1), "w1", 2);
  EXPECT_EQ(done.verdict, Verdict::kDropped);
  EXPECT_TRUE(machine_.state().FindTrial(0)->reports.empty());
}

TEST_F(DispatchTest, ACheckpointMustHaveItsOwnName) {
  Hello("w0");
  const AssignmentRef ref = GiveWork("w0");
  const auto save = [&](const std::string& file, std::int64_t number) {
    return Send(CheckpointRequest(ref, 1, 0, file, "domain"), "w0", number).verdict;
  };
  EXPECT_EQ(save("../../etc/passwd", 3), Verdict::kDropped);
  EXPECT_EQ(save(CheckpointFile(1, 1, 0, ref.fence), 3), Verdict::kDropped);  // another trial
  EXPECT_EQ(save(CheckpointFile(0, 1, 0, ref.fence), 3), Verdict::kReply);
}

TEST_F(DispatchTest, DrainingGivesNoWorkAndTellsWhoHasSome) {
  Hello("w0");
  Hello("w1");
  const AssignmentRef ref = GiveWork("w0");
  context_.draining = true;
  EXPECT_EQ(Send(NextRequest(), "w1", 2).reply["type"], "drain");
  EXPECT_EQ(Send(HeartbeatRequest(ref, 1), "w0", 3).reply["type"], "drain");
  // The repeat of an answered request: the worker holds that assignment.
  EXPECT_EQ(Send(NextRequest(), "w0", 2).reply["type"], "assignment");
}

TEST_F(DispatchTest, GoodbyeHandsBackWhatTheWorkerDoesNotKnowItHas) {
  Hello("w0");
  GiveWork("w0");
  const Dispatched done = Send(GoodbyeRequest("drained"), "w0", 3);
  ASSERT_EQ(done.events.size(), 2u);
  EXPECT_EQ(EventName(done.events[0].body), "assignment_returned");
  EXPECT_EQ(EventName(done.events[1].body), "worker_left");
  EXPECT_EQ(machine_.state().FindTrial(0)->losses, 0);
}

TEST_F(DispatchTest, PeoplesCommandsReachTheMachine) {
  const Dispatched enqueued = SendAsClient(EnqueueRequest({{"x1", 0.5}, {"x2", 0.25}}), 1);
  EXPECT_EQ(enqueued.reply["trial"], 0);
  EXPECT_EQ(SendAsClient(RetrainRequest(0, 3, 2, "test"), 2).reply["jobs"].size(), 3u);
  EXPECT_EQ(SendAsClient(StopTrialRequest(0), 3).reply["type"], "ok");
  EXPECT_EQ(SendAsClient(RetryRequest(99), 4).reply["exit"], 3);
  EXPECT_EQ(SendAsClient(StopStudyRequest(), 5).reply["type"], "ok");
  EXPECT_TRUE(machine_.state().stop_requested());
}

TEST_F(DispatchTest, PingAndStatusMakeNoEvent) {
  const std::int64_t before = machine_.state().sequence();
  Json ping = PingRequest();
  ping["client"] = "c";
  EXPECT_EQ(SendAsIs(ping).reply["pid"], 1);
  Json status = StatusRequest();
  status["client"] = "c";
  EXPECT_EQ(SendAsIs(status).reply["progress"]["total_resource"], 6.0);
  EXPECT_EQ(machine_.state().sequence(), before);
}

TEST_F(DispatchTest, SealedRepliesNameVersionIncarnationStoreAndNumber) {
  Envelope envelope;
  envelope.op = "next";
  envelope.number = 4;
  EXPECT_EQ(DumpJson(SealReply({{"type", "ok"}}, envelope, context_, 2)),
            R"({"v":1,"incarnation":2,"store":"nonce","op":"next","number":4,"type":"ok"})");
}

}  // namespace
}  // namespace faretto
