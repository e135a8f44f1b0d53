#include "scheduler/service/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "results/store/reader.h"
#include "service_harness.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ServiceTest : public ::testing::Test {
 protected:
  SchedulerLocation Here() const { return {.dir = folder_.path()}; }
  ServiceOptions Options() const { return OptionsIn(folder_.path()); }
  std::string Endpoint() const { return ReadSchedulerFile(folder_.path())->endpoint; }

  std::int64_t CountEvents() const {
    OpenOptions options;
    auto store = Store::Open(folder_.path(), SmallStudy(), options);
    std::int64_t count = 0;
    (void)(*store)->EventsSince(0, [&](const Event&) -> Status {
      ++count;
      return Ok{};
    });
    return count;
  }

  TemporaryFolder folder_;
  SystemClock clock_;
};

TEST_F(ServiceTest, AWorkerTakesAStudyToItsEnd) {
  RunningService running(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  EXPECT_EQ(WorkToTheEnd(*worker), 3);
  const auto end = running.Join();
  ASSERT_TRUE(end.ok()) << end.error().message;
  EXPECT_EQ(end->kind, ServiceEnd::Kind::kFinished);
  EXPECT_EQ(running.service().progress().completed, 3);
  EXPECT_EQ(running.service().progress().front_size, 3);
  EXPECT_EQ(running.service().progress().spent_resource, 6);
}

TEST_F(ServiceTest, TwoWorkersShareTheTrials) {
  RunningService running(Options(), clock_, SmallStudy(8));
  int done[2] = {};
  {
    const auto workers = KnownWorkers(Here(), 2);
    std::thread other([&] { done[1] = GoOnToTheEnd(*workers[1]); });
    done[0] = GoOnToTheEnd(*workers[0]);
    other.join();
  }
  ASSERT_TRUE(running.Join().ok());
  EXPECT_EQ(done[0] + done[1], 8);
  EXPECT_EQ(running.service().progress().completed, 8);
}

TEST_F(ServiceTest, TheWelcomeHoldsWhatAWorkerNeeds) {
  RunningService running(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  const Welcome welcome = SayHello(*worker);
  EXPECT_EQ(welcome.study, "small");
  EXPECT_EQ(welcome.trainer["problem"], "zdt1");
  EXPECT_EQ(welcome.lease_s, Machine::kLeaseS);
}

TEST_F(ServiceTest, ARepeatedRequestGetsTheStoredReplyAndNoSecondEvent) {
  RunningService running(Options(), clock_);
  RawPeer peer(Endpoint());
  peer.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w0", 1));
  const Json first = peer.Ask(AsWorker(NextRequest{}, "w0", 2));
  const Json second = peer.Ask(AsWorker(NextRequest{}, "w0", 2));
  EXPECT_EQ(first["type"], "assignment");
  EXPECT_EQ(second, first);
  EXPECT_EQ(AwaitDropped(Here(), 0)["trials"]["running"], 1);
}

TEST_F(ServiceTest, ARepeatAfterARestartGetsTheStoredReplyToo) {
  Json first;
  std::int64_t events = 0;
  {
    RunningService running(Options(), clock_);
    RawPeer peer(Endpoint());
    peer.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w0", 1));
    first = peer.Ask(AsWorker(NextRequest{}, "w0", 2));
    ASSERT_TRUE(running.Stop().ok());
    events = CountEvents();
  }
  RunningService running(Options(), clock_);
  RawPeer peer(Endpoint());
  Json second = peer.Ask(AsWorker(NextRequest{}, "w0", 2));
  EXPECT_EQ(second["incarnation"], 2);
  second["incarnation"] = 1;
  EXPECT_EQ(second, first);
  ASSERT_TRUE(running.Stop().ok());
  EXPECT_EQ(CountEvents(), events + 1);  // the scheduler's start
}

TEST_F(ServiceTest, MalformedMessagesAreDroppedAndCountedWhileTheServiceGoesOn) {
  RunningService running(Options(), clock_);
  RawPeer peer(Endpoint());
  peer.Send(std::string("not JSON"));
  peer.Send(std::string("{\"v\":1}"));
  peer.Send(std::string("\xff\xfe"));
  peer.SendFrames("two", "frames");
  peer.Send(AsWorker(ReportRequest{{0, 1}, 1, {}, 1}, "nobody", 1));  // unknown: refused, answered
  EXPECT_EQ(AwaitDropped(Here(), 4)["dropped_messages"], 4);
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(ServiceTest, OversizedMessagesAreDroppedAndCountedWhileTheServiceGoesOn) {
  RunningService running(Options(), clock_);
  RawPeer peer(Endpoint());
  peer.Send(std::string(kMaxMessageBytes + 1, ' '));
  EXPECT_EQ(AwaitDropped(Here(), 1)["dropped_messages"], 1);
  RawPeer huge(Endpoint());
  huge.Send(std::string(3 * kMaxMessageBytes, ' '));  // cuts its own connection only
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(ServiceTest, AWorkerOfAnotherVersionIsRefusedWithBothNamed) {
  RunningService running(Options(), clock_);
  RawPeer peer(Endpoint());
  Json hello = AsWorker(HelloRequest{"h", 1, "d"}, "w0", 1);
  hello["v"] = 2;
  const Json reply = peer.Ask(hello);
  EXPECT_EQ(reply["type"], "error");
  EXPECT_EQ(reply["exit"], 1);
  EXPECT_THAT(reply["message"], HasSubstr("version 1"));
  EXPECT_THAT(reply["message"], HasSubstr("version 2"));
}

TEST_F(ServiceTest, AParkedRequestIsAnsweredWhenThereIsWork) {
  ServiceOptions options = Options();
  options.suggest = [](const StudyView& study, std::int64_t i) -> Suggestion {
    if (study.state.trials().empty()) return SuggestAlongDiagonal(study, i);
    return Decline{"waiting for results", false};
  };
  RunningService running(std::move(options), clock_);
  const auto busy = ConnectWorker(Here(), "w0");
  SayHello(*busy);
  const Json held = MustRequest(*busy, NextRequest{});
  RawPeer idle(Endpoint());
  idle.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w1", 1));
  EXPECT_EQ(idle.Ask(AsWorker(NextRequest{}, "w1", 2))["type"], "parked");
  auto client = ClientConnection::Open(Here());
  const auto enqueued = Expect<TrialEnqueued>(
      client->Request(EnqueueRequest{{{"x1", 0.5}, {"x2", 0.5}}}, kPatienceS));
  ASSERT_TRUE(enqueued.ok()) << enqueued.error().message;
  const Json work = idle.Receive();
  EXPECT_EQ(work["type"], "assignment");
  EXPECT_EQ(work["number"], 2);
  EXPECT_EQ(work["trial"], enqueued->trial);
}

TEST_F(ServiceTest, ALostWorkersTrialGoesToAnother) {
  ManualClock clock;
  RunningService running(Options(), clock, SmallStudy(1));
  const auto lost = ConnectWorker(Here(), "w0");
  SayHello(*lost);
  const Json first = MustRequest(*lost, NextRequest{});
  clock.Advance(Machine::kLeaseS + 1);
  const auto other = ConnectWorker(Here(), "w1");
  SayHello(*other);
  const Json second = MustRequest(*other, NextRequest{});
  EXPECT_EQ(second["trial"], first["trial"]);
  EXPECT_GT(second["fence"], first["fence"]);
  const AssignmentRef stale = WorkIn(first).ref;
  EXPECT_EQ(MustRequest(*lost, ReportRequest{stale, 1, {{"f1", 1}, {"f2", 1}}, 1})["type"],
            "superseded");
}

TEST_F(ServiceTest, UnneededCheckpointsOfTheFolderAreDeleted) {
  RunningService running(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  const std::string domain = *ReadCheckpointDomain(folder_.path());
  const WorkAssigned assignment = WorkIn(MustRequest(*worker, NextRequest{}));
  std::vector<fs::path> files;
  for (std::int64_t batch = 1; batch <= 4; ++batch) {
    const std::string name = CheckpointFile(assignment.trial, 0, batch, assignment.ref.fence);
    files.push_back(CheckpointFolder(folder_.path()) / name);
    fs::create_directories(files.back().parent_path());
    std::ofstream(files.back()) << batch;
    MustRequest(*worker, CheckpointRequest{assignment.ref, 0, batch, name, domain});
  }
  AwaitDropped(Here(), 0);  // the deletion follows the reply
  EXPECT_FALSE(fs::exists(files[0]));
  EXPECT_TRUE(fs::exists(files[2]));
  EXPECT_TRUE(fs::exists(files[3]));
}

TEST_F(ServiceTest, FirstRequestsAreDoneBeforeAFinishedStudyEnds) {
  {
    RunningService running(Options(), clock_);
    WorkToTheEnd(*ConnectWorker(Here(), "w0"));
    ASSERT_TRUE(running.Join().ok());
  }
  ServiceOptions options = Options();
  options.first_requests = {RetrainRequest{0, 2, 2, "test"}};
  RunningService running(std::move(options), clock_);
  ASSERT_EQ(running.service().first_responses().size(), 1u);
  const auto* jobs = ResponseAs<JobsRequested>(running.service().first_responses()[0]);
  ASSERT_NE(jobs, nullptr);
  EXPECT_EQ(jobs->jobs.size(), 2u);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  for (int i = 0; i < 2; ++i) {
    const WorkAssigned job = WorkIn(MustRequest(*worker, NextRequest{}));
    EXPECT_EQ(job.kind, AssignmentKind::kRetrain);
    MustRequest(*worker, CompleteRequest{job.ref, {{"f1", 1}, {"f2", 1}}});
  }
  EXPECT_EQ(MustRequest(*worker, NextRequest{})["type"], "finished");
  MustRequest(*worker, GoodbyeRequest{"finished"});
  EXPECT_EQ(running.Join()->kind, ServiceEnd::Kind::kFinished);
}

TEST_F(ServiceTest, TheEndOfTheStudyDoesNotWaitForAWorkerThatSaysNothing) {
  ManualClock clock;
  RunningService running(Options(), clock, SmallStudy(1));
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  TrainAssignment(*worker, MustRequest(*worker, NextRequest{}));
  EXPECT_EQ(MustRequest(*worker, NextRequest{})["type"], "finished");
  clock.Advance(6);
  EXPECT_EQ(running.Join()->kind, ServiceEnd::Kind::kFinished);
}

TEST_F(ServiceTest, StoppingDrainsWorkersAndCanBeResumed) {
  {
    RunningService running(Options(), clock_);
    const auto worker = ConnectWorker(Here(), "w0");
    SayHello(*worker);
    const WorkAssigned assignment = WorkIn(MustRequest(*worker, NextRequest{}));
    std::atomic<std::int64_t> progress{0};
    std::atomic<bool> drained{false};
    worker->SetHeartbeat(assignment.ref, &progress, 1000, [&](WorkerConnection::Signal signal) {
      if (signal == WorkerConnection::Signal::kDrain) {
        drained = true;
        drained.notify_all();
      }
    });
    running.service().RequestStop();
    drained.wait(false);
    worker->ClearHeartbeat();
    MustRequest(*worker, HandBackRequest{assignment.ref, "drained"});
    EXPECT_EQ(MustRequest(*worker, NextRequest{})["type"], "drain");
    MustRequest(*worker, GoodbyeRequest{"drained"});
    const auto end = running.Join();
    ASSERT_TRUE(end.ok()) << end.error().message;
    EXPECT_EQ(end->kind, ServiceEnd::Kind::kInterrupted);
  }
  EXPECT_FALSE(ReadSchedulerFile(folder_.path()).ok());
  RunningService running(Options(), clock_);
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(ServiceTest, StopByAClientEndsTheStudy) {
  RunningService running(Options(), clock_);
  auto client = ClientConnection::Open(Here());
  ASSERT_TRUE(client->Request(StopRequest{}, kPatienceS).ok());
  const auto end = running.Join();
  EXPECT_EQ(end->kind, ServiceEnd::Kind::kFinished);
  EXPECT_EQ(end->reason, "it was stopped");
}

TEST_F(ServiceTest, RefusalsComeBackAsErrorsOfTheirKind) {
  RunningService running(Options(), clock_);
  auto client = ClientConnection::Open(Here());
  const auto unknown = client->Request(RetryRequest{99}, kPatienceS);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  const auto bad = client->Request(EnqueueRequest{{{"x1", 7}}}, kPatienceS);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, ErrorKind::kInvalid);
}

TEST_F(ServiceTest, AFolderWhosePathIsTooLongForASocketWorks) {
  const fs::path deep = folder_.path() / std::string(120, 'd');
  RunningService running(OptionsIn(deep), clock_);
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker({.dir = deep}, "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(ServiceTest, AnotherStudysFolderIsRefused) {
  { RunningService running(Options(), clock_); }
  Json other = SmallStudyJson();
  other["seed"] = 8;
  auto started = Service::Start(*ParseStudy(DumpJson(other), StudyUse::kRun), Options(), clock_);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::kInvalid);
}

TEST_F(ServiceTest, WhereTheRecordIsLockedReadersGetACopyThatIsRefreshed) {
  ManualClock clock;
  ServiceOptions options = Options();
  options.store.exclusive = true;  // as on a network file system
  RunningService running(std::move(options), clock, SmallStudy(2));
  const auto completed = [&] {
    const auto study = StudyReader::Open(folder_.path());
    if (!study.ok()) throw std::runtime_error(study.error().message);
    std::int64_t count = 0;
    for (const Trial& trial : study->state().trials())
      count += trial.state == TrialState::kCompleted ? 1 : 0;
    return count;
  };
  EXPECT_EQ(completed(), 0);  // the copy of the start
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  TrainAssignment(*worker, MustRequest(*worker, NextRequest{}));
  EXPECT_EQ(completed(), 0) << "a copy takes time: not after every event";
  clock.Advance(6);
  const Json next = MustRequest(*worker, NextRequest{});
  AwaitDropped(Here(), 0);  // the copy is made before the next message is answered
  EXPECT_EQ(completed(), 1);
  TrainAssignment(*worker, next);
  MustRequest(*worker, GoodbyeRequest{"finished"});
  ASSERT_TRUE(running.Join().ok());
}

TEST_F(ServiceTest, SaysWhenAWorkerWasHeardOf) {
  ManualClock clock;
  RunningService running(Options(), clock);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  clock.Advance(3);
  auto client = ClientConnection::Open(Here());
  const auto heard = Expect<WorkersHeard>(client->Request(WorkersRequest{}, kPatienceS));
  ASSERT_TRUE(heard.ok()) << heard.error().message;
  ASSERT_TRUE(heard->seconds_ago.contains("w0"));
  EXPECT_EQ(heard->seconds_ago.at("w0"), 3);
}

}  // namespace
}  // namespace faretto
