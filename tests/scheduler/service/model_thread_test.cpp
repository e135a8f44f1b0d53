// Suggestions that take their time: the service goes on, and the record says what each one knew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "../../study/knowledge.h"
#include "results/store/reader.h"
#include "service_harness.h"
#include "study/basis_state.h"

namespace faretto {
namespace {

// Suggestions along a diagonal, as a model thread's: kept back until somebody lets them through,
// and what each one knew is remembered.
class HeldSuggestions {
 public:
  Suggestion operator()(const StudyView& view, std::int64_t suggestion) {
    const std::string known = Knowledge(view);
    std::unique_lock lock(mutex_);
    known_[suggestion].push_back(known);
    changed_.notify_all();
    changed_.wait(lock, [&] { return suggestion < let_through_; });
    lock.unlock();
    return SuggestAlongDiagonal(view, suggestion);
  }

  // All below this number.
  void LetThrough(std::int64_t below) {
    const std::lock_guard guard(mutex_);
    let_through_ = below;
    changed_.notify_all();
  }
  // Until this suggestion is being computed, or was.
  void Await(std::int64_t suggestion) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return known_.contains(suggestion); });
  }
  // What the suggestion knew, each time that it was computed.
  std::map<std::int64_t, std::vector<std::string>> known() const {
    const std::lock_guard guard(mutex_);
    return known_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t let_through_ = 0;
  std::map<std::int64_t, std::vector<std::string>> known_;
};

// A service waits at its end for the suggestion that is being computed.
class LetAllThrough {
 public:
  explicit LetAllThrough(HeldSuggestions& held) : held_(held) {}
  ~LetAllThrough() { held_.LetThrough(1'000'000); }

 private:
  HeldSuggestions& held_;
};

class ModelThreadTest : public ::testing::Test {
 protected:
  static StudySpec Study(int trials, int lookahead) {
    Json json = SmallStudyJson(trials);
    json["algorithm"]["lookahead"] = lookahead;
    return std::move(*ParseStudy(DumpJson(json), StudyUse::kRun));
  }
  ServiceOptions Options() {
    ServiceOptions options = OptionsIn(folder_.path());
    options.suggest = [this](const StudyView& view, std::int64_t i) { return held_(view, i); };
    options.suggests_quickly = [](const StudyView&) { return false; };
    return options;
  }
  SchedulerLocation Here() const { return {.dir = folder_.path()}; }
  std::string Endpoint() const { return ReadSchedulerFile(folder_.path())->endpoint; }

  // What every suggestion of the stored record knew, by folding it.
  std::map<std::int64_t, std::string> KnownByRecord(const StudySpec& spec) const {
    std::map<std::int64_t, std::string> known;
    BasisState basis(spec);
    const Status read = EventsSince(folder_.path(), 0, [&](const Event& event) -> Status {
      basis.Take(event);
      if (const auto* e = std::get_if<SuggestionRequested>(&event.body))
        known[e->suggestion] = Knowledge({spec, basis.Of(*e)});
      return Ok{};
    });
    EXPECT_TRUE(read.ok());
    return known;
  }
  void ExpectTheRecordSaysWhatWasKnown(const StudySpec& spec) {
    const auto computed = held_.known();
    for (const auto& [suggestion, known] : KnownByRecord(spec)) {
      ASSERT_TRUE(computed.contains(suggestion)) << suggestion;
      EXPECT_EQ(computed.at(suggestion).back(), known) << suggestion;
    }
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  HeldSuggestions held_;
};

TEST_F(ModelThreadTest, HeartbeatsReportsAndStatusAreAnsweredWhileASuggestionIsComputed) {
  held_.LetThrough(1);
  RunningService running(Options(), clock_);
  const LetAllThrough at_end(held_);
  const auto busy = ConnectWorker(Here(), "w0", "first");
  SayHello(*busy);
  const Json work = MustRequest(*busy, NextRequest{});
  ASSERT_EQ(work["type"], "assignment");
  RawPeer idle(Endpoint());
  idle.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w1", 1));
  EXPECT_EQ(idle.Ask(AsWorker(NextRequest{}, "w1", 2))["type"], "parked");
  held_.Await(1);

  // A worker's beats come over a connection of their own.
  const WorkAssigned assignment = WorkIn(work);
  RawPeer heart(Endpoint());
  Json beat = OnWire(HeartbeatRequest{assignment.ref, 1});
  beat.update({{"worker", "w0"}, {"instance", "first"}});
  EXPECT_EQ(heart.Ask(beat)["type"], "ok");
  TrainAssignment(*busy, work);
  EXPECT_EQ(AwaitStatus(
                Here(),
                [](const Json& p) { return p["trials"]["completed"] == 1; })["trials"]["completed"],
            1);
  held_.LetThrough(1000);
  const Json late = idle.Receive();
  EXPECT_EQ(late["type"], "assignment");
  EXPECT_EQ(late["number"], 2);
  EXPECT_EQ(late["params"]["x1"], 0.002);
}

TEST_F(ModelThreadTest, WorkersThatAskAtOnceAreServedOneAfterAnother) {
  const StudySpec spec = Study(12, 0);
  held_.LetThrough(1000);
  RunningService running(Options(), clock_, Study(12, 0));
  const LetAllThrough at_end(held_);
  int done[4] = {};
  const auto connections = KnownWorkers(Here(), 4);
  std::vector<std::thread> workers;
  for (std::size_t k = 0; k < 4; ++k)
    workers.emplace_back([&, k] { done[k] = GoOnToTheEnd(*connections[k]); });
  for (std::thread& worker : workers) worker.join();
  ASSERT_TRUE(running.Join().ok());
  EXPECT_EQ(done[0] + done[1] + done[2] + done[3], 12);
  ExpectTheRecordSaysWhatWasKnown(spec);
}

TEST_F(ModelThreadTest, LookaheadHasSuggestionsReadyBeforeAnybodyAsks) {
  const StudySpec spec = Study(6, 2);
  RunningService running(Options(), clock_, Study(6, 2));
  const LetAllThrough at_end(held_);
  held_.LetThrough(1);
  held_.Await(1);  // 0 is there, 1 is being computed: nobody has asked
  RawPeer peer(Endpoint());
  peer.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w0", 1));
  EXPECT_EQ(peer.Ask(AsWorker(NextRequest{}, "w0", 2))["type"], "assignment");
  held_.LetThrough(1000);
  held_.Await(2);  // its basis is the creation of suggestion 0
  EXPECT_EQ(held_.known().at(0).size(), 1u) << "nothing is computed twice";
}

TEST_F(ModelThreadTest, WithLookaheadManyWorkersLeaveARecordThatSaysWhatWasKnown) {
  for (const int lookahead : {1, 4}) {
    TemporaryFolder folder;
    HeldSuggestions held;
    held.LetThrough(1000);
    ServiceOptions options = OptionsIn(folder.path());
    options.suggest = [&](const StudyView& view, std::int64_t i) { return held(view, i); };
    options.suggests_quickly = nullptr;
    const StudySpec spec = Study(24, lookahead);
    RunningService running(std::move(options), clock_, Study(24, lookahead));
    const auto connections = KnownWorkers({.dir = folder.path()}, 4);
    std::vector<std::thread> workers;
    for (const auto& worker : connections)
      workers.emplace_back([&worker] { GoOnToTheEnd(*worker); });
    for (std::thread& worker : workers) worker.join();
    ASSERT_TRUE(running.Join().ok());
    BasisState basis(spec);
    std::int64_t checked = 0;
    const Status read = EventsSince(folder.path(), 0, [&](const Event& event) -> Status {
      basis.Take(event);
      if (const auto* e = std::get_if<SuggestionRequested>(&event.body)) {
        EXPECT_EQ(held.known().at(e->suggestion).back(), Knowledge({spec, basis.Of(*e)}));
        ++checked;
      }
      return Ok{};
    });
    ASSERT_TRUE(read.ok());
    EXPECT_GE(checked, 24);
  }
}

TEST_F(ModelThreadTest, WhatSomebodyEnqueuesMakesLookaheadComputeAnew) {
  const StudySpec spec = Study(6, 2);
  RunningService running(Options(), clock_, Study(6, 2));
  const LetAllThrough at_end(held_);
  held_.LetThrough(2);
  held_.Await(1);
  auto client = ClientConnection::Open(Here());
  ASSERT_TRUE(client->Request(EnqueueRequest{{{"x1", 0.5}, {"x2", 0.5}}}, kPatienceS).ok());
  held_.LetThrough(1000);
  const auto worker = ConnectWorker(Here(), "w0");
  WorkToTheEnd(*worker);
  ASSERT_TRUE(running.Join().ok());
  EXPECT_THAT(held_.known().at(0).back(), ::testing::HasSubstr("0.5"));
  ExpectTheRecordSaysWhatWasKnown(spec);
}

TEST_F(ModelThreadTest, AnAnswerThatRepeatsATrialIsIgnoredAheadToo) {
  ServiceOptions options = Options();
  options.suggest = [](const StudyView& view, std::int64_t i) {
    return SuggestAlongDiagonal(view, i == 1 ? 0 : i);
  };
  RunningService running(std::move(options), clock_, Study(4, 3));
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 4);
  ASSERT_TRUE(running.Join().ok());
  std::vector<std::int64_t> ignored;
  const Status read = EventsSince(folder_.path(), 0, [&](const Event& event) -> Status {
    if (const auto* e = std::get_if<SuggestionIgnored>(&event.body))
      ignored.push_back(e->suggestion);
    return Ok{};
  });
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(ignored, (std::vector<std::int64_t>{1}));
}

TEST_F(ModelThreadTest, ASuggestionThatASchedulerLeftOpenIsDerivedByTheNext) {
  for (const int lookahead : {0, 1}) {
    TemporaryFolder folder;
    HeldSuggestions held;
    ServiceOptions options = OptionsIn(folder.path());
    options.suggest = [&](const StudyView& view, std::int64_t i) { return held(view, i); };
    options.suggests_quickly = nullptr;
    const StudySpec spec = Study(6, lookahead);
    held.LetThrough(1);
    {
      RunningService first(options, clock_, Study(6, lookahead));
      const LetAllThrough at_end(held);
      const auto busy = ConnectWorker({.dir = folder.path()}, "w0");
      SayHello(*busy);
      const Json work = MustRequest(*busy, NextRequest{});
      RawPeer idle(ReadSchedulerFile(folder.path())->endpoint);
      idle.Ask(AsWorker(HelloRequest{"h", 1, "d"}, "w1", 1));
      idle.Ask(AsWorker(NextRequest{}, "w1", 2));
      held.Await(1);
      TrainAssignment(*busy, work);  // not known to suggestion 1
      first.service().RequestStop();
      first.service().RequestStop();
      ASSERT_TRUE(first.Join().ok());  // what is let through from here on nobody reads
    }
    RunningService second(std::move(options), clock_, Study(6, lookahead));
    WorkToTheEnd(*ConnectWorker({.dir = folder.path()}, "w2"));
    ASSERT_TRUE(second.Join().ok());
    const auto known = held.known().at(1);
    ASSERT_EQ(known.size(), 2u);
    EXPECT_EQ(known[0], known[1]) << "lookahead " << lookahead;
  }
}

}  // namespace
}  // namespace faretto
