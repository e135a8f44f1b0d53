// Study folders that earlier versions of the program left behind, one for each schema of the
// record: they open, mean what they meant, and can be gone on with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "results/queries/queries.h"
#include "results/store/reader.h"
#include "scheduler/replay/replay.h"
#include "tests/results/testing/test_folder.h"
#include "tests/scheduler/ask_tell/small_session.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Folders() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SourceFolder() / "tests/data/study_folders"))
    names.push_back(entry.path().filename());
  return names;
}

class OlderFolderTest : public ::testing::TestWithParam<std::string> {
 protected:
  OlderFolderTest() {
    const fs::path kept = SourceFolder() / "tests/data/study_folders" / GetParam();
    for (const char* file : {"study.json", "trials.db"})
      fs::copy_file(kept / file, folder_.path() / file);
    expected_ = *ParseJson(*ReadFile(kept / "expected.json"));
  }

  const TestFolder folder_;
  Json expected_;  // what the program that wrote the folder said of it
};

TEST_P(OlderFolderTest, ItsTrialsAndItsFrontAreWhatTheyWere) {
  const auto study = StudyReader::Open(folder_.path());
  ASSERT_TRUE(study.ok()) << study.error().message;
  ASSERT_EQ(study->state().trials().size(), expected_["trials"].size());
  for (const Json& expected : expected_["trials"]) {
    const Trial& trial = *study->state().FindTrial(expected["id"].get<TrialId>());
    EXPECT_EQ(TrialStateName(trial.state), expected["state"].get<std::string>());
    EXPECT_EQ(trial.params, expected["params"]);
    EXPECT_EQ(trial.origin, expected["origin"]);
  }
  const auto front = StudyFront(study->view(), {});
  ASSERT_TRUE(front.ok()) << front.error().message;
  std::vector<TrialId> members;
  for (const TrialRow& row : front->trials) members.push_back(row.id);
  EXPECT_EQ(members, expected_["pareto"].get<std::vector<TrialId>>());
}

TEST_P(OlderFolderTest, ASearchGoesOnInIt) {
  const StandingClock clock;
  const auto study = StudyReader::Open(folder_.path());
  ASSERT_TRUE(study.ok()) << study.error().message;
  const std::int64_t before = study->state().sequence();
  const auto session = StartSession(clock, folder_.path(), study->spec());
  const Json asked = AnswerTo(*session, R"({"op":"ask"})");
  ASSERT_EQ(asked["trials"].size(), 1U) << DumpJson(asked);
  const auto later = StudyReader::Open(folder_.path());
  ASSERT_TRUE(later.ok()) << later.error().message;
  EXPECT_GT(later->state().sequence(), before);
}

// A later search may suggest something else: what is checked is that the record can be followed.
TEST_P(OlderFolderTest, ItsRecordCanBeReplayed) {
  const auto study = StudyReader::Open(folder_.path());
  ASSERT_TRUE(study.ok()) << study.error().message;
  const auto replay = ReplayStudy(folder_.path(), study->spec(), 0);
  ASSERT_TRUE(replay.ok()) << replay.error().message;
  EXPECT_GT(replay->checked, 10);
}

INSTANTIATE_TEST_SUITE_P(Folders, OlderFolderTest, ::testing::ValuesIn(Folders()),
                         [](const auto& folder) { return folder.param; });

}  // namespace
}  // namespace faretto
