#include "scheduler/service/dispatch.h"

#include <gtest/gtest.h>

#include "small_study.h"

namespace faretto {
namespace {

class DispatchTest : public ::testing::Test {
 protected:
  DispatchTest() : machine_(SmallStudy()) {
    context_.suggest = AlongDiagonal;
    context_.progress = [](const StudyView& study, double) {
      return Json{{"total_resource", *study.state.budget().resource}};
    };
    context_.heard = [](double now) { return WorkersHeard{{{"w0", now - 0.5}}}; };
    context_.identity = {"h", 1, "small"};
    context_.welcome.study = "small";
    context_.store = "nonce";
    machine_.Start({"h", 1, "build", "isa"}, {}, 0);
  }

  static RequestEnvelope From(const std::string& worker, std::int64_t number,
                              const Operation& operation, const std::string& instance = "a") {
    RequestEnvelope envelope;
    envelope.version = kProtocolVersion;
    envelope.number = number;
    envelope.worker = worker;
    envelope.instance = instance;
    envelope.client = worker + "/" + instance;
    envelope.operation = operation;
    return envelope;
  }
  Dispatched Send(const Operation& operation, const std::string& worker, std::int64_t number,
                  const std::string& instance = "a") {
    return Dispatch(machine_, From(worker, number, operation, instance), context_, now_);
  }
  Dispatched SendAsClient(const Operation& operation, std::optional<std::int64_t> number) {
    RequestEnvelope envelope;
    envelope.version = kProtocolVersion;
    envelope.number = number;
    envelope.client = "c";
    envelope.operation = operation;
    return Dispatch(machine_, envelope, context_, now_);
  }
  // What the sender is told; null if nothing.
  static Json Told(const Dispatched& done) {
    if (const auto* superseded = std::get_if<SchedulerSuperseded>(&done.outcome))
      return superseded->response ? ResponseJson(*superseded->response) : Json();
    const auto* response = std::get_if<Response>(&done.outcome);
    return response ? ResponseJson(*response) : Json();
  }
  static bool IsDropped(const Dispatched& done) {
    return std::holds_alternative<Dropped>(done.outcome);
  }
  void Hello(const std::string& worker, const std::string& instance = "a") {
    Send(HelloRequest{"h", 2, "domain"}, worker, 1, instance);
  }
  AssignmentRef GiveWork(const std::string& worker) {
    const Dispatched done = Send(NextRequest{}, worker, 2);
    return ResponseAs<WorkAssigned>(std::get<Response>(done.outcome))->ref;
  }

  Machine machine_;
  DispatchContext context_;
  double now_ = 1;
};

TEST_F(DispatchTest, HelloIsAnsweredWithTheWelcome) {
  const Dispatched done = Send(HelloRequest{"h", 2, "domain"}, "w0", 1);
  EXPECT_EQ(Told(done)["type"], "ok");
  EXPECT_EQ(Told(done)["study"], "small");
  EXPECT_EQ(done.events.size(), 1u);
}

TEST_F(DispatchTest, NextHoldsTheWholeChainOfEvents) {
  Hello("w0");
  const Dispatched done = Send(NextRequest{}, "w0", 2);
  ASSERT_EQ(Told(done)["type"], "assignment");
  ASSERT_EQ(done.events.size(), 3u);
  EXPECT_EQ(EventName(done.events[0].body), "suggestion_requested");
  EXPECT_EQ(EventName(done.events[1].body), "trial_created");
  EXPECT_EQ(EventName(done.events[2].body), "assigned");
}

TEST_F(DispatchTest, ARepeatGetsTheStoredReplyAndMakesNoEvent) {
  Hello("w0");
  const Dispatched first = Send(NextRequest{}, "w0", 2);
  const Dispatched second = Send(NextRequest{}, "w0", 2);
  EXPECT_EQ(Told(second), Told(first));
  EXPECT_TRUE(second.events.empty());
}

TEST_F(DispatchTest, AnOlderRequestThanTheNewestIsDropped) {
  Hello("w0");
  GiveWork("w0");
  EXPECT_TRUE(IsDropped(Send(GoodbyeRequest{""}, "w0", 1)));
}

TEST_F(DispatchTest, WithoutWorkTheRequestIsParked) {
  Hello("w0");
  Hello("w1");
  GiveWork("w0");
  context_.suggest = [](Machine&) {
    return std::optional<Suggestion>(Decline{"waiting for results", false});
  };
  const Dispatched done = Send(NextRequest{}, "w1", 2);
  EXPECT_TRUE(std::holds_alternative<Parked>(done.outcome));
  EXPECT_EQ(EventName(done.events.back().body), "suggestion_declined");
}

TEST_F(DispatchTest, AnotherVersionIsRefusedWithBothNamed) {
  RequestEnvelope envelope = From("w0", 1, NextRequest{});
  envelope.version = 99;
  const Dispatched done = Dispatch(machine_, envelope, context_, now_);
  EXPECT_EQ(Told(done)["type"], "error");
  const std::string text = Told(done)["message"];
  EXPECT_NE(text.find("version 1 "), std::string::npos) << text;
  EXPECT_NE(text.find("version 99"), std::string::npos) << text;
}

TEST_F(DispatchTest, AHigherIncarnationEndsThisScheduler) {
  RequestEnvelope envelope = From("w0", 1, NextRequest{});
  envelope.incarnation = 2;
  const Dispatched done = Dispatch(machine_, envelope, context_, now_);
  EXPECT_TRUE(std::holds_alternative<SchedulerSuperseded>(done.outcome));
  EXPECT_TRUE(Told(done).is_null());
}

TEST_F(DispatchTest, TheIncarnationOfAnotherStudyMeansNothingHere) {
  RequestEnvelope envelope = From("w0", 1, NextRequest{});
  envelope.incarnation = 5;
  envelope.store = "an earlier study";
  const Dispatched done = Dispatch(machine_, envelope, context_, now_);
  EXPECT_EQ(Told(done)["type"], "error");
}

TEST_F(DispatchTest, TakeoverNeedsAHigherIncarnation) {
  EXPECT_TRUE(IsDropped(SendAsClient(TakeoverRequest{1}, 1)));
  const Dispatched done = SendAsClient(TakeoverRequest{2}, 1);
  EXPECT_TRUE(std::holds_alternative<SchedulerSuperseded>(done.outcome));
  EXPECT_EQ(Told(done)["type"], "ok");
}

TEST_F(DispatchTest, AnUnknownWorkerIsToldToStartAgain) {
  EXPECT_EQ(Told(Send(NextRequest{}, "w0", 1))["type"], "error");
}

TEST_F(DispatchTest, TheProcessBeforeIsSuperseded) {
  Hello("w0", "a");
  const AssignmentRef ref = GiveWork("w0");
  Hello("w0", "b");
  EXPECT_EQ(Told(Send(GoodbyeRequest{""}, "w0", 3, "a"))["type"], "superseded");
  EXPECT_TRUE(machine_.state().workers().at("w0").present);
  const Dispatched beat = Send(HeartbeatRequest{ref, 1}, "w0", 3, "a");
  EXPECT_EQ(Told(beat)["type"], "superseded");
  EXPECT_EQ(Told(beat)["fence"], ref.fence);
}

TEST_F(DispatchTest, AParkedRequestOfTheProcessBeforeGetsNoWork) {
  Hello("w0", "a");
  context_.suggest = [](Machine&) -> std::optional<Suggestion> { return std::nullopt; };
  const RequestEnvelope parked = From("w0", 2, NextRequest{}, "a");
  ASSERT_TRUE(std::holds_alternative<Parked>(Dispatch(machine_, parked, context_, now_).outcome));
  Hello("w0", "b");
  SendAsClient(EnqueueRequest{{{"x1", 0.5}, {"x2", 0.25}}}, 1);
  EXPECT_EQ(Told(faretto::GiveWork(machine_, parked, context_, now_))["type"], "superseded");
  EXPECT_TRUE(machine_.state().assignments().empty());
}

TEST_F(DispatchTest, NobodyReportsOnAnotherWorkersAssignment) {
  Hello("w0");
  Hello("w1");
  const AssignmentRef ref = GiveWork("w0");
  const Dispatched done = Send(ReportRequest{ref, 1, {{"f1", 1}, {"f2", 1}}, 1}, "w1", 2);
  EXPECT_TRUE(IsDropped(done));
  EXPECT_TRUE(machine_.state().FindTrial(0)->reports.empty());
}

TEST_F(DispatchTest, ACheckpointMustHaveItsOwnName) {
  Hello("w0");
  const AssignmentRef ref = GiveWork("w0");
  const auto save = [&](const std::string& file, std::int64_t number) {
    return Send(CheckpointRequest{ref, 1, 0, file, "domain"}, "w0", number);
  };
  EXPECT_TRUE(IsDropped(save("../../etc/passwd", 3)));
  EXPECT_TRUE(IsDropped(save(CheckpointFile(1, 1, 0, ref.fence), 3)));  // another trial
  EXPECT_EQ(Told(save(CheckpointFile(0, 1, 0, ref.fence), 3))["type"], "ok");
}

TEST_F(DispatchTest, DrainingGivesNoWorkAndTellsWhoHasSome) {
  Hello("w0");
  Hello("w1");
  const AssignmentRef ref = GiveWork("w0");
  context_.draining = true;
  EXPECT_EQ(Told(Send(NextRequest{}, "w1", 2))["type"], "drain");
  EXPECT_EQ(Told(Send(HeartbeatRequest{ref, 1}, "w0", 3))["type"], "drain");
  // The repeat of an answered request: the worker holds that assignment.
  EXPECT_EQ(Told(Send(NextRequest{}, "w0", 2))["type"], "assignment");
}

TEST_F(DispatchTest, GoodbyeHandsBackWhatTheWorkerDoesNotKnowItHas) {
  Hello("w0");
  GiveWork("w0");
  const Dispatched done = Send(GoodbyeRequest{"drained"}, "w0", 3);
  ASSERT_EQ(done.events.size(), 2u);
  EXPECT_EQ(EventName(done.events[0].body), "assignment_returned");
  EXPECT_EQ(EventName(done.events[1].body), "worker_left");
  EXPECT_EQ(machine_.state().FindTrial(0)->losses, 0);
}

TEST_F(DispatchTest, PeoplesCommandsReachTheMachine) {
  const Dispatched enqueued = SendAsClient(EnqueueRequest{{{"x1", 0.5}, {"x2", 0.25}}}, 1);
  EXPECT_EQ(Told(enqueued)["trial"], 0);
  EXPECT_EQ(Told(SendAsClient(RetrainRequest{0, 3, 2, "test"}, 2))["jobs"].size(), 3u);
  EXPECT_EQ(Told(SendAsClient(StopRequest{0}, 3))["type"], "ok");
  EXPECT_EQ(Told(SendAsClient(RetryRequest{99}, 4))["exit"], 3);
  EXPECT_EQ(Told(SendAsClient(StopRequest{}, 5))["type"], "ok");
  EXPECT_TRUE(machine_.state().stop_requested());
}

TEST_F(DispatchTest, PingAndStatusMakeNoEvent) {
  const std::int64_t before = machine_.state().sequence();
  EXPECT_EQ(Told(SendAsClient(PingRequest{}, {}))["pid"], 1);
  EXPECT_EQ(Told(SendAsClient(StatusRequest{}, {}))["progress"]["total_resource"], 6.0);
  EXPECT_EQ(Told(SendAsClient(WorkersRequest{}, {}))["seconds_ago"]["w0"], 0.5);
  EXPECT_EQ(machine_.state().sequence(), before);
}

}  // namespace
}  // namespace faretto
