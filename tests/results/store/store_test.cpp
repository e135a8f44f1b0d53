#include "results/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "results/store/sqlite.h"
#include "results/store/study_folder.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/test_folder.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

std::string Text(const Event& event) {
  return std::to_string(event.sequence) + " " + std::to_string(event.live_s) + " " +
         std::to_string(event.unix_s) + " " + DumpJson(EncodeEventBody(event.body)) +
         (event.request ? " " + event.request->client + std::to_string(event.request->number) +
                              DumpJson(event.request->reply)
                        : "");
}

std::vector<std::string> Texts(const std::vector<Event>& events) {
  std::vector<std::string> texts;
  for (const Event& event : events) texts.push_back(Text(event));
  return texts;
}

std::vector<std::string> Stored(Store& store) {
  std::vector<std::string> texts;
  const Status read = store.EventsSince(0, [&](const Event& event) -> Status {
    texts.push_back(Text(event));
    return Ok{};
  });
  EXPECT_TRUE(read.ok()) << read.error().message;
  return texts;
}

std::unique_ptr<Store> MustOpen(const std::filesystem::path& dir, const StudySpec& spec,
                                const OpenOptions& options = {}) {
  auto store = Store::Open(dir, spec, options);
  if (!store.ok()) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

void AppendAll(Store& store, const ScriptedStudy& study) {
  for (const auto& batch : study.batches()) {
    const Status appended = store.Append(batch);
    ASSERT_TRUE(appended.ok()) << appended.error().message;
  }
}

TEST(StoreTest, GivesBackEveryEventAsItWasAppended) {
  TestFolder folder;
  const EventfulStudy study;
  {
    auto store = MustOpen(folder / "s", ScriptedSpec());
    EXPECT_FALSE(store->resumed());
    AppendAll(*store, study);
    EXPECT_EQ(Stored(*store), Texts(study.log()));
  }
  auto store = MustOpen(folder / "s", ScriptedSpec());
  EXPECT_TRUE(store->resumed());
  EXPECT_EQ(Stored(*store), Texts(study.log()));
}

TEST(StoreTest, KeepsTheStudyFileWordForWord) {
  TestFolder folder;
  const std::string text = ScriptedStudyJson().dump(3) + "\n\n";
  MustOpen(folder / "s", ScriptedSpec(), {.study_text = text});
  EXPECT_EQ(*ReadFile(folder / "s/study.json"), text);
}

TEST(StoreTest, ARepeatedRequestAfterAReopeningGetsTheStoredReply) {
  TestFolder folder;
  ScriptedStudy study;
  study.Hello("w");
  const Json reply = study.Ask("w");
  { AppendAll(*MustOpen(folder / "s", ScriptedSpec()), study); }
  auto store = MustOpen(folder / "s", ScriptedSpec());
  Machine machine(ScriptedSpec());
  ASSERT_TRUE(
      store->EventsSince(0, [&](const Event& event) { return machine.Replay(event); }).ok());
  const Outcome again = machine.RequestWork({"w", 2}, "w", true, 50);
  EXPECT_EQ(JsonOf(again), reply);
  EXPECT_TRUE(again.events.empty());
}

TEST(StoreTest, AnOlderSchedulerIsToldThatAnotherHasTakenOver) {
  TestFolder folder;
  ScriptedStudy study;
  auto old_store = MustOpen(folder / "s", ScriptedSpec());
  AppendAll(*old_store, study);

  auto new_store = MustOpen(folder / "s", ScriptedSpec());
  Machine machine(ScriptedSpec());
  ASSERT_TRUE(new_store->EventsSince(0, [&](const Event& e) { return machine.Replay(e); }).ok());
  ASSERT_TRUE(new_store->Append(machine.Start({"other", 2, "", ""}, {}, 0).events).ok());

  study.Hello("w");
  const Status refused = old_store->Append(study.batches().back());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(refused.error().message, HasSubstr("another scheduler has taken over"));
  EXPECT_TRUE(old_store->superseded());
  EXPECT_EQ(Stored(*new_store).size(), 2u);
}

TEST(StoreTest, ASchedulerThatStartsBesideAnotherWritesNothingOnTopOfIt) {
  TestFolder folder;
  ScriptedStudy study;
  auto first = MustOpen(folder / "s", ScriptedSpec());
  auto second = MustOpen(folder / "s", ScriptedSpec());
  AppendAll(*first, study);
  ScriptedStudy other;
  const Status refused = second->Append(other.batches()[0]);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("another scheduler"));
  EXPECT_EQ(Stored(*first).size(), study.log().size());
}

TEST(StoreTest, AnEventOutOfOrderIsRefusedWithItsWholeBatch) {
  TestFolder folder;
  ScriptedStudy study;
  study.Hello("w");
  auto store = MustOpen(folder / "s", ScriptedSpec());
  ASSERT_TRUE(store->Append(study.batches()[0]).ok());
  std::vector<Event> batch = {study.log()[1], study.log()[1]};
  EXPECT_FALSE(store->Append(batch).ok());
  EXPECT_EQ(Stored(*store).size(), 1u);
  EXPECT_FALSE(store->Append(study.batches()[1]).ok()) << "it must be opened again";
}

TEST(StoreTest, AFolderOfAnotherStudyIsRefusedNamingThePart) {
  TestFolder folder;
  MustOpen(folder / "s", ScriptedSpec());
  const std::string before = *ReadFile(folder / "s/study.json");
  Json json = ScriptedStudyJson();
  json["algorithm"]["max_resource"] = 6;
  const auto store = Store::Open(folder / "s", SpecFrom(json), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(store.error().message, HasSubstr("its algorithm differs"));
  EXPECT_EQ(*ReadFile(folder / "s/study.json"), before);
}

TEST(StoreTest, ARaisedBudgetIsTheSameStudyAndItsFileIsKept) {
  TestFolder folder;
  MustOpen(folder / "s", ScriptedSpec());
  Json json = ScriptedStudyJson();
  json["budget"]["resource"] = 2000;
  const std::string text = json.dump(1);
  auto store = Store::Open(folder / "s", SpecFrom(json), {.study_text = text});
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_TRUE((*store)->resumed());
  EXPECT_EQ(*ReadFile(folder / "s/study.json"), text);
}

TEST(StoreTest, OtherFilesInANewFolderStay) {
  TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "notes.txt", "mine").ok());
  MustOpen(folder.path(), ScriptedSpec());
  EXPECT_EQ(*ReadFile(folder / "notes.txt"), "mine");
}

TEST(StoreTest, AForeignStudyFileIsNotWrittenOver) {
  TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "study.json", "{}").ok());
  const auto store = Store::Open(folder.path(), ScriptedSpec(), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(*ReadFile(folder / "study.json"), "{}");
  EXPECT_EQ(Listing(folder.path()), "study.json");
}

TEST(StoreTest, ANewerSchemaIsRefusedNamingBothVersions) {
  TestFolder folder;
  MustOpen(folder / "s", ScriptedSpec());
  {
    auto database = Database::Open(folder / "s/trials.db", OpenMode::kReadWrite);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database->Execute("PRAGMA user_version = 9").ok());
  }
  const auto store = Store::Open(folder / "s", ScriptedSpec(), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(store.error().message, HasSubstr("schema version 9"));
  EXPECT_THAT(store.error().message, HasSubstr("up to 2"));
}

TEST(StoreTest, ADatabaseOfAnotherProgramIsRefused) {
  TestFolder folder;
  {
    auto database = Database::Open(folder / "trials.db", OpenMode::kReadWrite);
    ASSERT_TRUE(database->Execute("CREATE TABLE theirs (x)").ok());
  }
  const auto store = Store::Open(folder.path(), ScriptedSpec(), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(store.error().message, HasSubstr("not a store of Faretto"));
}

TEST(StoreTest, AFileThatIsNoDatabaseIsAnErrorAndStays) {
  TestFolder folder;
  const std::string garbage(5000, 'x');
  ASSERT_TRUE(WriteFileAtomically(folder / "trials.db", garbage).ok());
  const auto store = Store::Open(folder.path(), ScriptedSpec(), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kFailed);
  EXPECT_EQ(*ReadFile(folder / "trials.db"), garbage);
}

TEST(StoreTest, AnUnwritableFolderIsOneSentenceAndLeavesNothing) {
  TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "").ok());
  // A file where the folder should be: refused for root as well.
  const auto store = Store::Open(folder / "file/inner", ScriptedSpec(), {});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(store.error().message, HasSubstr("file/inner"));
  EXPECT_EQ(Listing(folder.path()), "file");
}

TEST(StoreTest, AFolderWithoutWritePermissionIsRefused) {
  TestFolder folder;
  ::chmod(folder.path().c_str(), 0555);
  // Root may write everywhere, so it becomes nobody for the attempt.
  const bool root = ::geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto store = Store::Open(folder / "s", ScriptedSpec(), {});
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ::chmod(folder.path().c_str(), 0700);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::kFailed);
}

TEST(StoreTest, AnExclusiveStoreIsLockedForASecondOne) {
  TestFolder folder;
  auto store = MustOpen(folder / "s", ScriptedSpec(), {.exclusive = true});
  const EventfulStudy study;
  AppendAll(*store, study);
  auto database = Database::Open(folder / "s/trials.db", OpenMode::kReadOnly);
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE(database->Execute("PRAGMA busy_timeout = 0").ok());
  const auto count = database->QueryInteger("SELECT COUNT(*) FROM events");
  ASSERT_FALSE(count.ok());
  EXPECT_THAT(count.error().message, HasSubstr("locked by another process"));
  EXPECT_FALSE(std::filesystem::exists(folder / "s/trials.db-wal"));
}

TEST(StudyFolderTest, RemovesAStudyAndNothingElse) {
  TestFolder folder;
  MustOpen(folder.path(), ScriptedSpec());
  ASSERT_TRUE(WriteFileAtomically(folder / "notes.txt", "mine").ok());
  std::filesystem::create_directories(folder / "checkpoints/3");
  std::filesystem::create_directories(folder / "models/trial-3/seed-1");
  std::filesystem::create_directories(folder / "keys");
  EXPECT_TRUE(HoldsStudy(folder.path()));
  ASSERT_TRUE(RemoveStudy(folder.path()).ok());
  EXPECT_EQ(Listing(folder.path()), "keys notes.txt");
  EXPECT_FALSE(HoldsStudy(folder.path()));
}

TEST(StudyFolderTest, RemovesNothingFromAFolderWithoutAStudy) {
  TestFolder folder;
  std::filesystem::create_directories(folder / "checkpoints");
  const Status removed = RemoveStudy(folder.path());
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Listing(folder.path()), "checkpoints");
  EXPECT_TRUE(RemoveStudy(folder / "nothing").ok());
}

TEST(StoreTest, AResumedMachineIsTheReplayedOne) {
  const TestFolder folder;
  const EventfulStudy study;
  {
    auto store = Store::Open(folder.path(), ScriptedSpec(), {});
    ASSERT_TRUE(store.ok() && (*store)->Append(study.log()).ok());
  }
  auto store = Store::Open(folder.path(), ScriptedSpec(), {});
  ASSERT_TRUE(store.ok()) << store.error().message;
  Machine resumed(ScriptedSpec());
  Machine replayed(ScriptedSpec());
  ASSERT_TRUE(Resume(**store, resumed).ok());
  ASSERT_TRUE(
      (*store)->EventsSince(0, [&](const Event& event) { return replayed.Replay(event); }).ok());
  store->reset();  // a machine does not lean on the store that it was resumed from
  const auto go_on = [](Machine& machine) {
    std::string text;
    for (const Outcome& outcome :
         {machine.Start({"h", 1, "b", "i"}, {}, 1e6),
          machine.Hello({}, {"w", "i", "h", 1, "d"}, 1e6), machine.RequestWork({}, "w", true, 1e6)})
      for (const Event& event : outcome.events)
        text += DumpJson(EncodeEventBody(event.body)) + "\n";
    return text;
  };
  EXPECT_EQ(go_on(resumed), go_on(replayed));
}

}  // namespace
}  // namespace faretto
