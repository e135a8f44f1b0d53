#include "study/state_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/random.h"
#include "machine_fixture.h"

namespace faretto {
namespace {

// What a snapshot leaves out.
std::string DerivedText(const StudyState& state) {
  std::string text = std::to_string(state.counts().running) + " running, " +
                     std::to_string(state.counts().failed) + " failed, waiting";
  for (const TrialId id : state.waiting()) text += " " + std::to_string(id);
  for (const Trial& trial : state.trials())
    text += state.FindTrialByKey(trial.key) == &trial ? "" : " without a key";
  for (const RungResults& rung : state.rungs()) {
    text += "\nrung " + std::to_string(rung.resource()) + ": " + std::to_string(rung.judged()) +
            " judged, " + std::to_string(rung.waiting()) + " waiting, feasible";
    for (const SweepPoint& point : rung.feasible()) text += " " + std::to_string(point.index);
    text += ", infeasible";
    for (const auto& violation : rung.infeasible()) text += " " + std::to_string(violation.trial);
    for (const auto& layer : rung.layers()) {
      text += ", layer";
      for (const std::size_t index : std::set(layer.begin(), layer.end()))
        text += " " + std::to_string(index);
    }
    for (const Trial& trial : state.trials())
      text += rung.waits(trial.id) ? " w" : rung.judged(trial.id) ? " j" : " .";
  }
  return text;
}

class StateSnapshotTest : public MachineTest {
 protected:
  // Three workers that ask, report, finish, fail, come back and vanish in any order; trials are
  // promoted, stopped and retried; the study ends and goes on.
  void LiveThrough(int steps, RandomStream& random) {
    Json asked[3];
    for (int step = 0; step < steps; ++step) {
      now_ += 1;
      const std::string worker(1, static_cast<char>('a' + random.Below(3)));
      Json& work = asked[worker[0] - 'a'];
      const auto any = static_cast<TrialId>(random.Below(machine_->state().trials().size() + 1));
      switch (random.Below(9)) {
        case 0: Hello(worker, random.Below(9) == 0 ? "b" : "a"); break;
        case 1:
        case 2: work = Work(worker, any, random); break;
        case 3: {
          if (!IsWork(work)) break;
          const auto at = work["from"].get<std::int64_t>() + 1;
          Keep(machine_->Report(Next(worker), RefOf(work), at, Values(random), 1, now_));
          break;
        }
        case 4:
          if (IsWork(work)) Finish(worker, work, random);
          break;
        case 5:
          if (IsWork(work)) Keep(machine_->Fail(Next(worker), RefOf(work), "nan", "log", now_));
          break;
        case 6: Keep(machine_->StopTrial(Next("cli"), any, now_)); break;
        case 7: Keep(machine_->Retry(Next("cli"), any, now_)); break;
        case 8:
          if (random.Below(20) == 0) Keep(machine_->StopStudy(Next("cli"), now_));
          Keep(machine_->Tick(now_ += static_cast<double>(random.Below(5))));
          if (random.Below(20) == 0)
            Keep(machine_->Start({"host", 1, "build", "isa"}, baselines_, now_));
          break;
      }
    }
  }

  // The fold of the first events.
  StudyState FoldTo(std::size_t events) const {
    StudyState state(machine_->spec());
    Follow(state, events);
    return state;
  }
  void Follow(StudyState& state, std::size_t events) const {
    while (state.sequence() < static_cast<std::int64_t>(events)) {
      const Status applied = state.Apply(log_[static_cast<std::size_t>(state.sequence())]);
      ASSERT_TRUE(applied.ok()) << applied.error().message;
    }
  }

 private:
  static bool IsWork(const Json& work) { return work.is_object() && work.contains("fence"); }

  Json Work(const std::string& worker, TrialId any, RandomStream& random) {
    const Trial* trial = machine_->state().FindTrial(any);
    if (trial && trial->state == TrialState::kPaused && trial->target < 18)
      promotion_ = Promotion{any, trial->target * 3, nullptr, {}};
    decline_ = random.Below(10) == 0;
    const Json work = JsonOf(Ask(worker));
    promotion_.reset();
    return work;
  }

  Metrics Values(RandomStream& random) const {
    Metrics values;
    for (const Objective& objective : machine_->spec().objectives)
      values[objective.name] = static_cast<double>(random.Below(40));
    values["size"] = static_cast<double>(random.Below(13));
    return values;
  }

  void Finish(const std::string& worker, const Json& work, RandomStream& random) {
    const auto to = work["to"].get<std::int64_t>();
    Keep(machine_->Report(Next(worker), RefOf(work), to, Values(random), 1, now_));
    SaveAt(worker, work, to);
    Keep(machine_->Complete(Next(worker), RefOf(work), {}, now_));
  }
};

TEST_F(StateSnapshotTest, ASnapshotAndTheRestAreTheWholeFold) {
  for (const bool third : {false, true}) {
    Json json = StudyJson();
    if (third) json["objectives"].push_back({{"name", "f3"}});
    json["constraints"] = Json::array({{{"metric", "size"}, {"at_most", 10}}});
    json["budget"] = {{"resource", 100000}};
    json["trainer"] = {{"type", "command"}, {"command", {"train"}}};
    baselines_ = {"pixels"};
    Make(json);
    RandomStream random(third, "state snapshot");
    LiveThrough(4000, random);
    ASSERT_GT(CountEvents("trial_promoted"), 20);
    ASSERT_GT(CountEvents("assignment_failed"), 20);
    const StudyState whole = FoldTo(log_.size());
    for (std::size_t events = 0; events < log_.size(); events += 1 + random.Below(300)) {
      SCOPED_TRACE(std::to_string(events) + " of " + std::to_string(log_.size()) + " events");
      const StudyState before = FoldTo(events);
      auto loaded = DecodeState(machine_->spec(), EncodeState(before));
      ASSERT_TRUE(loaded.ok());
      ASSERT_EQ(DerivedText(*loaded), DerivedText(before));
      ASSERT_EQ(EncodeState(*loaded), EncodeState(before));
      Follow(*loaded, log_.size());
      ASSERT_EQ(DerivedText(*loaded), DerivedText(whole));
      ASSERT_EQ(EncodeState(*loaded), EncodeState(whole));
    }
  }
}

TEST_F(StateSnapshotTest, AStateThatNothingHasHappenedToIsRead) {
  const StudyState state(machine_->spec());
  const auto loaded = DecodeState(machine_->spec(), EncodeState(state));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->sequence(), 0);
  EXPECT_EQ(EncodeState(*loaded), EncodeState(state));
}

TEST_F(StateSnapshotTest, BytesThatWereCutOffOrAlteredAreRefused) {
  RandomStream random(1, "state snapshot");
  LiveThrough(100, random);
  const std::string bytes = EncodeState(machine_->state());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(DecodeState(machine_->spec(), std::string_view(bytes).substr(0, size)).ok());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string altered = bytes;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    ASSERT_FALSE(DecodeState(machine_->spec(), altered).ok()) << at;
  }
  EXPECT_FALSE(DecodeState(machine_->spec(), bytes + "x").ok());
}

}  // namespace
}  // namespace faretto
