#include "results/store/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/files.h"
#include "results/store/sqlite.h"
#include "results/store/store.h"
#include "results/store/study_folder.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/test_folder.h"

namespace faretto {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::unique_ptr<Store> StoreWith(const fs::path& dir, const std::vector<Event>& events,
                                 bool exclusive = false) {
  auto store = Store::Open(dir, ScriptedSpec(), {.base_folder = "/data", .exclusive = exclusive});
  if (!store.ok()) throw std::runtime_error(store.error().message);
  const Status appended = (*store)->Append(events);
  if (!appended.ok()) throw std::runtime_error(appended.error().message);
  return std::move(*store);
}

std::string SequenceOf(const fs::path& dir) {
  const auto reader = StudyReader::Open(dir);
  return reader.ok() ? std::to_string(reader->state().sequence()) : reader.error().message;
}

TEST(StudyReaderTest, HasTheStateAfterTheLastEvent) {
  TestFolder folder;
  const EventfulStudy study;
  StoreWith(folder.path(), study.log()).reset();
  const auto reader = StudyReader::OpenWithHistory(folder.path());
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->state().sequence(), study.view().state.sequence());
  EXPECT_EQ(reader->state().trials().size(), study.view().state.trials().size());
  EXPECT_EQ(reader->spec().name, "scripted");
  EXPECT_EQ(reader->base_folder(), "/data");
  EXPECT_EQ(reader->history().failures.size(), study.history().failures.size());
  EXPECT_EQ(reader->history().reports.size(), study.history().reports.size());
}

TEST(StudyReaderTest, NamesTheGapWhereATrialIsMissing) {
  const EventfulStudy study;
  for (const Event& missing : study.log()) {
    if (!std::holds_alternative<TrialCreated>(missing.body)) continue;
    TestFolder folder;
    StoreWith(folder.path(), study.log()).reset();
    auto database = Database::Open(folder / "trials.db", OpenMode::kReadWrite);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(
        database->Execute("DELETE FROM events WHERE sequence = " + std::to_string(missing.sequence))
            .ok());
    EXPECT_THAT(SequenceOf(folder.path()),
                AllOf(HasSubstr("trials.db is damaged"), HasSubstr("the record has a gap")));
  }
}

TEST(StudyReaderTest, NamesTheFileWithAnEventThatCannotBeRead) {
  const EventfulStudy study;
  TestFolder folder;
  StoreWith(folder.path(), study.log()).reset();
  auto database = Database::Open(folder / "trials.db", OpenMode::kReadWrite);
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE(database->Execute("UPDATE events SET body = '{' WHERE sequence = 3").ok());
  EXPECT_THAT(SequenceOf(folder.path()), HasSubstr("trials.db is damaged: event 3 is not JSON"));
}

TEST(StudyReaderTest, LeavesNoFilesInTheFolder) {
  TestFolder folder;
  const EventfulStudy study;
  StoreWith(folder.path(), study.log()).reset();
  ASSERT_EQ(Listing(folder.path()), "study.json trials.db");
  EXPECT_TRUE(StudyReader::Open(folder.path()).ok());
  EXPECT_EQ(Listing(folder.path()), "study.json trials.db");
}

TEST(StudyReaderTest, ReadsWhileTheSchedulerHasTheStoreOpen) {
  TestFolder folder;
  const EventfulStudy study;
  const auto store = StoreWith(folder.path(), study.log());
  EXPECT_EQ(SequenceOf(folder.path()), std::to_string(study.log().size()));
}

TEST(StudyReaderTest, SeesWholeCommitsOnlyWhileAnotherThreadAppends) {
  TestFolder folder;
  const EventfulStudy study;
  const auto store = StoreWith(folder.path(), study.batches()[0]);
  std::set<std::int64_t> boundaries;
  std::int64_t sum = 0;
  for (const auto& batch : study.batches()) {
    boundaries.insert(sum += static_cast<std::int64_t>(batch.size()));
  }
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::size_t i = 1; i < study.batches().size(); ++i) {
      EXPECT_TRUE(store->Append(study.batches()[i]).ok());
    }
    done = true;
  });
  std::int64_t last = 0;
  while (!done) {
    const auto reader = StudyReader::Open(folder.path());
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_TRUE(boundaries.contains(reader->state().sequence()));
    EXPECT_GE(reader->state().sequence(), last);
    last = reader->state().sequence();
  }
  writer.join();
}

TEST(StudyReaderTest, ReadsWhatAKilledSchedulerHasLeft) {
  TestFolder folder;
  const EventfulStudy study;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = StoreWith(folder.path(), study.log());
    ::_exit(0);  // no destructor: the log stays as it is
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(fs::exists(folder / "trials.db-wal"));
  EXPECT_EQ(SequenceOf(folder.path()), std::to_string(study.log().size()));
}

TEST(StudyReaderTest, AFolderWithoutAStudyIsInvalidAndNamed) {
  TestFolder folder;
  for (const std::string name : {".", "nothing"}) {
    const auto reader = StudyReader::Open(folder / name);
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(reader.error().message, HasSubstr((folder / name).string()));
    EXPECT_THAT(reader.error().message, HasSubstr("holds no study"));
  }
}

TEST(StudyReaderTest, AFileThatIsNoDatabaseIsAnError) {
  TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "trials.db", std::string(4096, 'x')).ok());
  const auto reader = StudyReader::Open(folder.path());
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, ErrorKind::kFailed);
}

TEST(StudyReaderTest, ReadsTheCopyOfALockedStore) {
  TestFolder folder;
  const EventfulStudy study;
  const auto store = StoreWith(folder.path(), study.log(), true);
  EXPECT_THAT(SequenceOf(folder.path()), HasSubstr("locked"));
  ASSERT_TRUE(store->CopyForReaders().ok());
  EXPECT_EQ(SequenceOf(folder.path()), std::to_string(study.log().size()));
  ASSERT_TRUE(store->CopyForReaders().ok()) << "refreshed as often as one likes";
  EXPECT_EQ(Listing(folder.path()).find("tmp"), std::string::npos);
}

TEST(StudyReaderTest, ReadEventsGivesEachEventOnce) {
  TestFolder folder;
  const EventfulStudy study;
  StoreWith(folder.path(), study.log()).reset();
  std::int64_t count = 0;
  const Status read = EventsSince(folder.path(), 0, [&](const Event& event) -> Status {
    EXPECT_EQ(event.sequence, ++count);
    return Ok{};
  });
  EXPECT_TRUE(read.ok());
  EXPECT_EQ(count, static_cast<std::int64_t>(study.log().size()));
}

TEST(StudyReaderTest, CatchesUpWithWhatWasStoredSince) {
  const TestFolder folder;
  const EventfulStudy study;
  const std::vector<Event>& log = study.log();
  const std::vector<Event> first(log.begin(), log.begin() + 5);
  const auto store = StoreWith(folder.path(), first);
  auto reader = StudyReader::OpenWithHistory(folder.path());
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->state().sequence(), 5);
  ASSERT_TRUE(store->Append(std::span(log).subspan(5)).ok());
  ASSERT_TRUE(reader->CatchUp().ok());
  EXPECT_EQ(reader->state().sequence(), static_cast<std::int64_t>(log.size()));
  EXPECT_EQ(reader->history().reports.size(), study.history().reports.size());
  ASSERT_TRUE(reader->CatchUp().ok()) << "nothing new";
}

TEST(StudyReaderTest, EventsSinceLeavesOutWhatIsKnown) {
  const TestFolder folder;
  const EventfulStudy study;
  const auto store = StoreWith(folder.path(), study.log());
  std::vector<std::int64_t> numbers;
  ASSERT_TRUE(EventsSince(folder.path(), 7, [&](const Event& event) -> Status {
                numbers.push_back(event.sequence);
                return Ok{};
              }).ok());
  ASSERT_EQ(numbers.size(), study.log().size() - 7);
  EXPECT_EQ(numbers.front(), 8);
}

}  // namespace
}  // namespace faretto
