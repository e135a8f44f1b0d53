#include "results/store/snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "base/hash.h"
#include "results/store/reader.h"
#include "results/store/store.h"
#include "study/state_snapshot.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/test_folder.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

class SnapshotsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open(std::int64_t snapshot_every) const {
    auto store = Store::Open(folder_.path(), spec_, {.snapshot_every = snapshot_every});
    if (!store.ok()) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }

  // Few transactions, since each one waits for the disk.
  void Append(Store& store, std::size_t transactions) const {
    const std::span<const Event> log = study_.log();
    for (std::size_t k = 0; k < transactions; ++k) {
      const std::size_t begin = log.size() * k / transactions;
      const std::size_t end = log.size() * (k + 1) / transactions;
      const Status appended = store.Append(log.subspan(begin, end - begin));
      ASSERT_TRUE(appended.ok()) << appended.error().message;
    }
  }

  // A scheduler that stores the whole script and ends.
  void Write(std::int64_t snapshot_every) const { Append(*Open(snapshot_every), 2); }

  Database Trials() const {
    return std::move(*Database::Open(folder_ / "trials.db", OpenMode::kReadWrite));
  }

  std::int64_t last() const { return study_.view().state.sequence(); }
  std::string Whole() const { return EncodeState(study_.view().state); }

  const TestFolder folder_;
  const StudySpec spec_ = ScriptedSpec();
  const EventfulStudy study_;
};

TEST_F(SnapshotsTest, AStartGoesOnFromTheSnapshotThatACleanEndHasLeft) {
  Write(50);
  Database trials = Trials();
  EXPECT_EQ(NewestSnapshot(trials, spec_).sequence(), last());
  EXPECT_EQ(EncodeState(Open(50)->state()), Whole());
}

TEST_F(SnapshotsTest, ASnapshotAndTheEventsSinceAreTheWholeFold) {
  for (const std::int64_t every : {1, 40, 100}) {
    fs::remove_all(folder_.path());
    const auto store = Open(every);
    Append(*store, 10);
    // The scheduler is still there: what it has written so far is what a killed one leaves.
    const auto reader = StudyReader::Open(folder_.path());
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_EQ(EncodeState(reader->state()), Whole());
    Database trials = Trials();
    const std::int64_t kept = NewestSnapshot(trials, spec_).sequence();
    EXPECT_GT(kept, 0);
    EXPECT_LE(last() - kept, std::max(every, last() / 5) + last() / 10);
  }
}

TEST_F(SnapshotsTest, AShortStudyHasNone) {
  Write(10000);
  Database trials = Trials();
  EXPECT_EQ(*trials.QueryInteger("SELECT COUNT(*) FROM snapshots"), 0);
}

TEST_F(SnapshotsTest, OnlyTheNewestIsKept) {
  Write(10);
  Database trials = Trials();
  EXPECT_EQ(*trials.QueryInteger("SELECT COUNT(*) FROM snapshots"), 1);
}

TEST_F(SnapshotsTest, OneThatIsDamagedOrOfAnotherFormatOrRecordIsPassedOver) {
  for (const char* damage : {"state = x'00'", "state = CAST('faretto state 0' AS BLOB)",
                             "state = substr(state, 1, length(state) - 1)", "digest = 'another'",
                             "sequence = sequence - 1"}) {
    fs::remove_all(folder_.path());
    Write(50);
    {
      Database trials = Trials();
      ASSERT_TRUE(trials.Execute(std::string("UPDATE snapshots SET ") + damage).ok());
      EXPECT_EQ(NewestSnapshot(trials, spec_).sequence(), 0) << damage;
    }
    EXPECT_EQ(EncodeState(Open(50)->state()), Whole()) << damage;
  }
}

TEST_F(SnapshotsTest, AReaderWithHistoryFoldsEveryEvent) {
  Write(50);
  const auto reader = StudyReader::OpenWithHistory(folder_.path());
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->history().reports.size(), study_.history().reports.size());
  EXPECT_EQ(EncodeState(reader->state()), Whole());
}

TEST_F(SnapshotsTest, ASchedulerThatWasReplacedKeepsNone) {
  auto replaced = Open(10);
  Append(*replaced, 1);
  {
    const auto store = Open(10000);
    Machine machine(spec_);
    ASSERT_TRUE(Resume(*store, machine).ok());
    ASSERT_TRUE(store->Append(machine.Start({"other", 2, "", ""}, {}, 1e4).events).ok());
  }
  Database trials = Trials();
  ASSERT_TRUE(trials.Execute("DELETE FROM snapshots").ok());
  replaced.reset();
  EXPECT_EQ(*trials.QueryInteger("SELECT COUNT(*) FROM snapshots"), 0);
}

// Where this fails, the fields of the state have changed, or what an event does to it: raise the
// number in kFormat of study/state_snapshot.cpp, so that states which older programs have folded
// are passed over, and put the new hash here.
TEST(StateFormatTest, RisesWithEveryChangeOfTheState) {
  const TestFolder folder;
  fs::copy(SourceFolder() / "tests/data/study_folders/schema_1", folder.path(),
           fs::copy_options::recursive);
  const auto study = StudyReader::OpenWithHistory(folder.path());
  ASSERT_TRUE(study.ok()) << study.error().message;
  EXPECT_EQ(HashHex(EncodeState(study->state())), "2fcf7794e207cc3a4e531f2310132d2e");
}

}  // namespace
}  // namespace faretto
