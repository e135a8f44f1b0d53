#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/store/store.h"
#include "study/state_snapshot.h"
#include "tests/results/store/crash_vfs.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/table_check.h"
#include "tests/results/testing/test_folder.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;
using Survivors = CrashDisk::Survivors;

// The scripted study in fewer, larger batches, so that every sync point can be visited.
std::vector<std::vector<Event>> Batches() {
  const EventfulStudy study;
  std::vector<std::vector<Event>> merged;
  for (const auto& batch : study.batches()) {
    if (merged.empty() || merged.back().size() >= 12) merged.emplace_back();
    merged.back().insert(merged.back().end(), batch.begin(), batch.end());
  }
  return merged;
}

// How far a scheduler came before the power failed.
struct Progress {
  std::size_t acknowledged = 0;  // events
  std::size_t in_flight = 0;     // events of the Append that failed
};

// With WAL (false) and with the rollback journal of network file systems (true).
class CrashTest : public ::testing::TestWithParam<bool> {
 protected:
  CrashTest()
      : options_{.unix_s = 1, .vfs = "crash", .exclusive = GetParam(), .snapshot_every = 30} {}

  bool Append(Store& store, const std::vector<Event>& events, Progress& progress) const {
    if (!store.Append(events).ok()) {
      progress.in_flight = events.size();
      return false;
    }
    progress.acknowledged += events.size();
    return true;
  }

  // A first scheduler writes the script and closes; a second one folds it, starts and goes on.
  Progress Work() {
    Progress progress;
    {
      auto store = Store::Open(folder_.path(), spec_, options_);
      if (!store.ok()) return progress;
      for (const auto& batch : batches_) {
        if (!Append(**store, batch, progress)) return progress;
      }
    }
    auto store = Store::Open(folder_.path(), spec_, options_);
    if (!store.ok()) return progress;
    Machine machine(spec_);
    if (!(*store)->EventsSince(0, [&](const Event& e) { return machine.Replay(e); }).ok()) {
      return progress;
    }
    if (!Append(**store, machine.Start({"host", 3, "", ""}, {}, 900).events, progress)) {
      return progress;
    }
    for (const char* worker : {"x", "y", "z"}) {
      const Outcome hello = machine.Hello({worker, 1}, {worker, "a", "host", 1, "domain"}, 900);
      if (!Append(**store, hello.events, progress)) return progress;
    }
    return progress;
  }

  // After the power is back: what counts is there, whole, and a scheduler can go on.
  void Check(const Progress& progress) {
    auto store = Store::Open(folder_.path(), spec_, options_);
    ASSERT_TRUE(store.ok()) << store.error().message;
    Machine machine(spec_);
    std::size_t count = 0;
    const Status read = (*store)->EventsSince(0, [&](const Event& event) {
      ++count;
      return machine.Replay(event);
    });
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(EncodeState((*store)->state()), EncodeState(machine.state())) << "of a snapshot";
    EXPECT_THAT(
        count, ::testing::AnyOf(progress.acknowledged, progress.acknowledged + progress.in_flight));
    const Status started = (*store)->Append(machine.Start({"host", 4, "", ""}, {}, 950).events);
    ASSERT_TRUE(started.ok()) << started.error().message;
    store->reset();
    auto database = Database::Open(folder_ / "trials.db", OpenMode::kReadWrite, "crash");
    ASSERT_TRUE(database.ok());
    EXPECT_EQ(TablesDifference(*database, spec_), "");
  }

  int SyncsOfTheWholeWork() {
    CrashDisk disk("crash");
    const Progress progress = Work();
    EXPECT_EQ(progress.in_flight, 0u);
    EXPECT_GT(progress.acknowledged, 100u);
    auto database = Database::Open(folder_ / "trials.db", OpenMode::kReadWrite, "crash");
    EXPECT_GT(*database->QueryInteger("SELECT MAX(sequence) FROM snapshots"), 0);
    return disk.syncs();
  }

  TestFolder folder_;
  const StudySpec spec_ = ScriptedSpec();
  const OpenOptions options_;
  const std::vector<std::vector<Event>> batches_ = Batches();
};

INSTANTIATE_TEST_SUITE_P(Journals, CrashTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Rollback" : "Wal"; });

TEST_P(CrashTest, APowerFailureAtAnySyncLosesNothingAcknowledgedAndLeavesNothingHalf) {
  const int syncs = SyncsOfTheWholeWork();
  ASSERT_GT(syncs, 20);
  int failures = 0;
  for (int sync = 1; sync <= syncs; ++sync) {
    for (const bool after : {false, true}) {
      for (const Survivors survivors : {Survivors::kNone, Survivors::kAll, Survivors::kRandom}) {
        SCOPED_TRACE("sync " + std::to_string(sync) + (after ? " after" : " before") +
                     ", survivors " + std::to_string(static_cast<int>(survivors)));
        CrashDisk disk("crash");
        disk.FailPowerAt(sync, after);
        const Progress progress = Work();
        failures += disk.powered() ? 0 : 1;
        RandomStream random(17, "crash", {static_cast<std::uint64_t>(sync), after});
        disk.Restore(survivors, random);
        Check(progress);
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_EQ(failures, 6 * syncs) << "the power failed every time";
}

TEST_P(CrashTest, AFullDiskIsNamedAndNothingCountsHalf) {
  CrashDisk disk("crash");
  Progress progress;
  std::string message;
  {
    auto store = Store::Open(folder_.path(), spec_, options_);
    ASSERT_TRUE(store.ok());
    disk.SetCapacity(disk.size() + 100000);
    for (const auto& batch : batches_) {
      const Status appended = (*store)->Append(batch);
      if (!appended.ok()) {
        EXPECT_EQ(appended.error().kind, ErrorKind::kFailed);
        message = appended.error().message;
        break;
      }
      progress.acknowledged += batch.size();
    }
    disk.SetCapacity(INT64_MAX);
    EXPECT_FALSE((*store)->Append(batches_.back()).ok()) << "it must be opened again";
  }
  EXPECT_THAT(message, HasSubstr("the disk is full"));
  EXPECT_THAT(message, HasSubstr("trials.db"));
  EXPECT_GT(progress.acknowledged, 0u);
  Check(progress);
}

TEST_P(CrashTest, AFolderOnAFullDiskIsLeftAsItWas) {
  CrashDisk disk("crash");
  disk.SetCapacity(10000);
  const auto store = Store::Open(folder_ / "inner/s", spec_, options_);
  ASSERT_FALSE(store.ok());
  EXPECT_THAT(store.error().message, HasSubstr("the disk is full"));
  EXPECT_EQ(disk.file_count(), 0u);
  EXPECT_EQ(Listing(folder_.path()), "");
}

// The disk itself must lose what was not synced, or the tests above show nothing.
TEST(CrashDiskTest, AStoreThatDoesNotSyncLosesWhatItAcknowledged) {
  CrashDisk disk("crash");
  RandomStream random(1, "crash");
  {
    auto database = Database::Open("/x.db", OpenMode::kReadWrite, "crash");
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database->Execute("PRAGMA synchronous = FULL; CREATE TABLE t (x)").ok());
    ASSERT_TRUE(database->Execute("PRAGMA synchronous = OFF; INSERT INTO t VALUES (1)").ok());
  }
  disk.Restore(Survivors::kNone, random);
  auto database = Database::Open("/x.db", OpenMode::kReadWrite, "crash");
  EXPECT_EQ(*database->QueryInteger("SELECT COUNT(*) FROM t"), 0);
}

}  // namespace
}  // namespace faretto
