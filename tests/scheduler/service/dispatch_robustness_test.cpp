// Thousands of messages that are nearly right: none may crash the machine, and its record must fold
// to its state.
#include <gtest/gtest.h>

#include <iterator>

#include "base/random.h"
#include "scheduler/service/dispatch.h"
#include "small_study.h"

namespace faretto {
namespace {

constexpr int kMessages = 20000;

class Scrambler {
 public:
  Scrambler(std::uint64_t seed, const StudyState& state)
      : state_(state), random_(seed, "scrambler") {}

  // Some operation as a worker or a client would send it, mostly about a live assignment.
  Operation Next() {
    Assignment live{.id = Small(), .trial = Small(), .fence = Small()};
    worker_ = "w" + std::to_string(Small());
    if (!state_.assignments().empty() && random_.Below(4) != 0) {
      auto any = state_.assignments().begin();
      std::advance(any, static_cast<std::ptrdiff_t>(random_.Below(state_.assignments().size())));
      live = any->second;
      worker_ = live.worker;
    }
    const AssignmentRef ref{live.id, live.fence};
    const Metrics values = {{"f1", random_.Uniform()}, {"f2", random_.Uniform()}};
    const std::int64_t resource = Small();
    const std::int64_t batch = Small();
    switch (random_.Below(18)) {
      case 0: return HelloRequest{"h", Small(), "domain"};
      case 1: return HeartbeatRequest{ref, Small()};
      case 2:
      case 3: return ReportRequest{ref, resource, values, 1};
      case 4:
        return CheckpointRequest{ref, resource, batch,
                                 CheckpointFile(live.trial, resource, batch, ref.fence), "domain"};
      case 5:
        return CheckpointDamagedRequest{live.trial,
                                        CheckpointFile(live.trial, resource, batch, ref.fence)};
      case 6: return CompleteRequest{ref, values};
      case 7: return FailRequest{ref, "crash", "log"};
      case 8: return HandBackRequest{ref, "drained"};
      case 9: return GoodbyeRequest{"bye"};
      case 10: return EnqueueRequest{{{"x1", random_.Uniform()}, {"x2", random_.Uniform()}}};
      case 11: return RetryRequest{live.trial};
      case 12: return StopRequest{live.trial};
      case 13: return RetrainRequest{live.trial, Small(), Small(), "test"};
      case 14: return StatusRequest{};
      default: return NextRequest{};
    }
  }

  // One field in three messages becomes something else.
  void Spoil(Json& message) {
    if (random_.Below(3) != 0) return;
    static const Json kOdd = {nullptr,
                              true,
                              -1,
                              0,
                              9007199254740993,
                              1e300,
                              "",
                              "w0",
                              "\n",
                              {{}},
                              {1},
                              18446744073709551615u,
                              0.5,
                              {{"f1", 1}},
                              {{"f1", nullptr}},
                              "../../x"};
    auto field = message.begin();
    std::advance(field, static_cast<std::ptrdiff_t>(random_.Below(message.size())));
    *field = kOdd[random_.Below(kOdd.size())];
  }

  std::int64_t Small() { return static_cast<std::int64_t>(random_.Below(6)); }

  // Who sends the newest message.
  const std::string& worker() const { return worker_; }

 private:
  const StudyState& state_;
  RandomStream random_;
  std::string worker_;
};

TEST(DispatchRobustnessTest, NearlyRightMessagesNeverBreakTheMachine) {
  constexpr std::uint64_t kSeed = 20261122;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const StudySpec spec = SmallStudy(1000);
  Machine machine(spec);
  Scrambler scrambler(kSeed, machine.state());
  DispatchContext context;
  context.suggest = AlongDiagonal;
  context.heard = [](double) { return WorkersHeard{}; };
  context.progress = [](const StudyView&, double) { return Json::object(); };
  std::vector<Event> events = machine.Start({"h", 1, "b", "i"}, {"pixels"}, 0).events;
  std::int64_t number = 0;
  int answered = 0;
  for (int i = 0; i < kMessages; ++i) {
    Json message = {{"v", kProtocolVersion}};
    message.update(EncodeOperation(scrambler.Next()));
    message["worker"] = scrambler.worker();
    message["instance"] = "a";
    message["client"] = "c";
    message["number"] = ++number;
    scrambler.Spoil(message);
    const auto envelope = DecodeRequest(DumpJson(message));
    if (!envelope.ok()) continue;
    Dispatched done = Dispatch(machine, *envelope, context, i * 0.1);
    answered += std::holds_alternative<Response>(done.outcome);
    events.insert(events.end(), done.events.begin(), done.events.end());
    const Outcome ticked = machine.Tick(i * 0.1);
    events.insert(events.end(), ticked.events.begin(), ticked.events.end());
  }
  EXPECT_GT(answered, kMessages / 4);
  EXPECT_GT(machine.state().trials().size(), 100u);
  Machine folded(spec);
  for (const Event& event : events) ASSERT_TRUE(folded.Replay(event).ok());
  EXPECT_EQ(folded.state().sequence(), machine.state().sequence());
  EXPECT_EQ(folded.state().spent_resource(), machine.state().spent_resource());
  EXPECT_EQ(folded.state().trials().size(), machine.state().trials().size());
  EXPECT_EQ(folded.state().assignments().size(), machine.state().assignments().size());
}

}  // namespace
}  // namespace faretto
