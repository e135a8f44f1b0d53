// One scheduler for one folder: refusal, takeover, restarts under a worker's feet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "service_harness.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

class MastershipTest : public ::testing::Test {
 protected:
  SchedulerLocation Here() const { return {.dir = folder_.path()}; }
  ServiceOptions Options() const { return OptionsIn(folder_.path()); }

  TemporaryFolder folder_;
  SystemClock clock_;
};

TEST_F(MastershipTest, ASecondStartIsRefusedNamingHostAndPid) {
  RunningService running(Options(), clock_);
  const auto second = Service::Start(SmallStudy(), Options(), clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(second.error().message, HasSubstr(HostName()));
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 3);
}

TEST_F(MastershipTest, TakeoverEndsTheOldSchedulerAndKeepsItsState) {
  RunningService old(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  TrainAssignment(*worker, MustRequest(*worker, NextRequest{}));
  ServiceOptions options = Options();
  options.takeover = true;
  RunningService fresh(std::move(options), clock_);  // the old one need not be destroyed for it
  const Result<ServiceEnd> old_end = old.Join();
  EXPECT_TRUE(old.service().superseded());
  ASSERT_FALSE(old_end.ok());
  EXPECT_EQ(old_end.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(old_end.error().message, HasSubstr("taken over"));
  EXPECT_EQ(fresh.service().incarnation(), 2);
  EXPECT_EQ(fresh.service().progress().completed, 1);
  // The same connection goes on with the new one.
  TrainAssignment(*worker, MustRequest(*worker, NextRequest{}));
  TrainAssignment(*worker, MustRequest(*worker, NextRequest{}));
  EXPECT_EQ(MustRequest(*worker, NextRequest{})["type"], "finished");
}

TEST_F(MastershipTest, AnOldSchedulerThatSeesAHigherIncarnationEnds) {
  RunningService running(Options(), clock_);
  RawPeer peer(running.service().endpoint());
  Json message = AsWorker(NextRequest{}, "w0", 1);
  message["incarnation"] = 7;
  peer.Send(message);
  const auto end = running.Join();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(end.error().message, HasSubstr("a newer scheduler has taken over"));
}

TEST_F(MastershipTest, AWorkerSurvivesARestart) {
  auto first = std::make_unique<RunningService>(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  const WorkAssigned assignment = WorkIn(MustRequest(*worker, NextRequest{}));
  MustRequest(*worker, ReportRequest{assignment.ref, 1, {{"f1", 1}, {"f2", 1}}, 1});
  ASSERT_TRUE(first->Stop().ok());
  Result<Response> reply = Failed("none");
  std::thread training([&] {
    reply = worker->Request(ReportRequest{assignment.ref, 2, {{"f1", 1}, {"f2", 1}}, 1});
  });
  RunningService second(Options(), clock_);
  training.join();
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(ResponseJson(*reply)["type"], "ok");
  EXPECT_EQ(MustRequest(*worker, CompleteRequest{assignment.ref, {}})["type"], "ok");
}

TEST_F(MastershipTest, AWaitingWorkerIsServedByTheNextScheduler) {
  ServiceOptions options = Options();
  options.suggest = [](const StudyView& study, std::int64_t i) -> Suggestion {
    if (study.state.trials().empty()) return SuggestAlongDiagonal(study, i);
    return Decline{"waiting for results", false};
  };
  RunningService first(options, clock_);
  const auto busy = ConnectWorker(Here(), "w0");
  SayHello(*busy);
  const Json held = MustRequest(*busy, NextRequest{});
  const auto idle = ConnectWorker(Here(), "w1");
  SayHello(*idle);
  Result<Response> reply = Failed("none");
  std::thread waiting([&] { reply = idle->Request(NextRequest{}); });
  AwaitStatus(Here(), [](const Json& progress) {
    return progress["waiting_for"] == "waiting for results";
  });
  options = Options();
  options.takeover = true;
  RunningService second(std::move(options), clock_);
  EXPECT_FALSE(first.Join().ok());
  // What the busy worker reports changes what can be suggested.
  TrainAssignment(*busy, held);
  waiting.join();
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(ResponseJson(*reply)["type"], "assignment");
}

TEST_F(MastershipTest, HeartbeatsGoOnWithTheNextScheduler) {
  auto first = std::make_unique<RunningService>(Options(), clock_);
  const auto worker = ConnectWorker(Here(), "w0");
  SayHello(*worker);
  const WorkAssigned assignment = WorkIn(MustRequest(*worker, NextRequest{}));
  std::atomic<std::int64_t> progress{0};
  std::atomic<bool> superseded{false};
  worker->SetHeartbeat(assignment.ref, &progress, 0.02, [&](WorkerConnection::Signal signal) {
    if (signal != WorkerConnection::Signal::kSuperseded) return;
    superseded = true;
    superseded.notify_all();
  });
  ASSERT_TRUE(first->Stop().ok());
  RunningService second(Options(), clock_);
  auto client = ClientConnection::Open(Here());
  ASSERT_TRUE(client->Request(StopRequest{assignment.trial}, kPatienceS).ok());
  superseded.wait(false);  // the answer to a heartbeat that the new one got
  worker->ClearHeartbeat();
}

TEST_F(MastershipTest, AWorkerOfAnEarlierStudyInTheFolderIsToldSo) {
  const auto worker = ConnectWorker(Here(), "w0");
  {
    RunningService running(Options(), clock_);
    SayHello(*worker);
    ASSERT_TRUE(running.Stop().ok());
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    std::filesystem::remove_all(entry.path());
  RunningService running(Options(), clock_);
  const auto reply = worker->Request(NextRequest{});
  ASSERT_FALSE(reply.ok());
  EXPECT_THAT(reply.error().message, HasSubstr("made anew"));
}

TEST_F(MastershipTest, AWorkerWithoutASchedulerGivesUpInTheEnd) {
  WorkerConnectionOptions options;
  options.scheduler = Here();
  options.worker = "w0";
  options.resend_s = 0.01;
  options.give_up_s = 0.05;
  const auto worker = std::move(*OpenWorkerConnection(options));
  const auto reply = worker->Request(NextRequest{});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::kFailed);
}

}  // namespace
}  // namespace faretto
