#include "scheduler/requests/folder_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/store/reader.h"
#include "results/store/store.h"
#include "scheduler/service/master_lock.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/test_folder.h"
#include "tests/scheduler/service/service_harness.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const Json kParams = {{"edge", "3"}, {"optimizer", "SGD"}, {"lr_sgd", 0.1}, {"batch", 32}};

// A study folder on which no scheduler runs: trial 0 is paused at the first rung, trial 1 has
// failed.
class FolderRequestTest : public ::testing::Test {
 protected:
  FolderRequestTest() {
    ScriptedStudy study;
    study.Hello("w");
    study.Trained({{"error", 0.3}, {"rank_disparity", 0.02}}, 2);
    study.Fail("w", study.Ask("w"), "collapsed");
    auto store = Store::Open(folder_.path(), ScriptedSpec(), {});
    if (!store.ok()) throw std::runtime_error(store.error().message);
    for (const auto& batch : study.batches()) {
      if (!(*store)->Append(batch).ok()) throw std::runtime_error("the study was not stored");
    }
    events_before_ = static_cast<std::int64_t>(study.log().size());
  }

  std::vector<std::string> NewEvents() const {
    std::vector<std::string> names;
    const Status read =
        EventsSince(folder_.path(), events_before_, [&](const Event& event) -> Status {
          names.emplace_back(EventName(event.body));
          return Ok{};
        });
    EXPECT_TRUE(read.ok()) << read.error().message;
    return names;
  }
  TrialState StateOf(TrialId trial) const {
    return StudyReader::Open(folder_.path())->state().FindTrial(trial)->state;
  }
  Result<Response> Ask(const Operation& operation) const {
    return RequestOfStudy(folder_.path(), operation);
  }

  const TestFolder folder_;
  std::int64_t events_before_ = 0;
};

TEST_F(FolderRequestTest, WritesWhatIsEnqueuedIntoTheRecord) {
  const auto enqueued = Expect<TrialEnqueued>(Ask(EnqueueRequest{kParams}));
  ASSERT_TRUE(enqueued.ok()) << enqueued.error().message;
  EXPECT_EQ(enqueued->trial, 2);
  EXPECT_THAT(NewEvents(), ElementsAre("scheduler_started", "trial_created"));
  EXPECT_EQ(StateOf(2), TrialState::kWaiting);
  EXPECT_EQ(StudyReader::Open(folder_.path())->state().FindTrial(2)->params, kParams);
}

TEST_F(FolderRequestTest, WritesEachOtherCommandToo) {
  EXPECT_TRUE(Expect<Accepted>(Ask(RetryRequest{1})).ok());
  EXPECT_EQ(StateOf(1), TrialState::kWaiting);
  EXPECT_TRUE(Expect<Accepted>(Ask(StopRequest{1})).ok());
  EXPECT_EQ(StateOf(1), TrialState::kStopped);
  const Json report = {{"resource", 18}, {"values", {{"error", 0.2}, {"rank_disparity", 0.1}}}};
  const auto imported = Expect<TrialsImported>(
      Ask(ImportRequest{Json::array({{{"params", kParams}, {"reports", {report}}}})}));
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  EXPECT_EQ(imported->imported, 1);
  EXPECT_EQ(StateOf(2), TrialState::kCompleted);
  EXPECT_TRUE(Expect<Accepted>(Ask(StopRequest{})).ok());
  EXPECT_TRUE(StudyReader::Open(folder_.path())->state().stop_requested());
}

TEST_F(FolderRequestTest, WritesNothingOfWhatIsRefused) {
  const auto outside = Ask(EnqueueRequest{{{"edge", "9"}}});
  ASSERT_FALSE(outside.ok());
  EXPECT_EQ(outside.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(outside.error().message, HasSubstr("edge"));
  const auto running = Ask(RetryRequest{0});
  ASSERT_FALSE(running.ok());
  EXPECT_EQ(running.error().message, "trial 0 has not failed: it is paused");
  EXPECT_THAT(NewEvents(), ElementsAre());
}

TEST_F(FolderRequestTest, NamesTheFolderThatHasNoSuchTrial) {
  const auto unknown = Ask(RetryRequest{99});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(unknown.error().message,
              StartsWith(folder_.path().string() + ": there is no trial 99"));
  EXPECT_THAT(NewEvents(), ElementsAre());
}

TEST_F(FolderRequestTest, WhatOnlyASchedulerDoesIsRefused) {
  for (const Operation& operation :
       {Operation(RetrainRequest{0, 1, 18, "test"}), Operation(PingRequest{}),
        Operation(StatusRequest{}), Operation(TakeoverRequest{9}), Operation(NextRequest{})}) {
    const auto refused = Ask(operation);
    ASSERT_FALSE(refused.ok()) << OperationName(operation);
    EXPECT_EQ(refused.error().kind, ErrorKind::kFailed);
    EXPECT_EQ(refused.error().message, "no scheduler runs on this folder");
  }
  EXPECT_THAT(NewEvents(), ElementsAre());
}

TEST_F(FolderRequestTest, WritesNothingWhileAnotherProgramHasTheFolder) {
  const auto lock = MasterLock::Take(folder_.path(), false);
  ASSERT_TRUE(lock.ok()) << lock.error().message;
  const auto refused = Ask(EnqueueRequest{kParams});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(refused.error().message, HasSubstr("end it first"));
  EXPECT_THAT(NewEvents(), ElementsAre());
}

TEST_F(FolderRequestTest, WhereNoSchedulerRunsThereAreNoLiveNumbers) {
  EXPECT_FALSE(SchedulerAnswers(folder_.path()));
  EXPECT_FALSE(LiveProgress(folder_.path()).has_value());
}

TEST(RunningFolderTest, TheSchedulerThatRunsIsAsked) {
  const TestFolder folder;
  const SystemClock clock;
  RunningService running(OptionsIn(folder.path()), clock);
  EXPECT_TRUE(SchedulerAnswers(folder.path()));
  const auto enqueued = Expect<TrialEnqueued>(
      RequestOfStudy(folder.path(), EnqueueRequest{{{"x1", 0.5}, {"x2", 0.25}}}));
  ASSERT_TRUE(enqueued.ok()) << enqueued.error().message;
  EXPECT_EQ(enqueued->trial, 0);
  const auto live = LiveProgress(folder.path());
  ASSERT_TRUE(live.has_value());
  EXPECT_EQ((*live)["trials"]["waiting"], 1);
  const auto unknown = RequestOfStudy(folder.path(), RetryRequest{99});
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message,
              StartsWith(folder.path().string() + ": there is no trial 99"));
}

TEST_F(FolderRequestTest, AFolderWithoutAStudyIsRefused) {
  const TestFolder empty;
  EXPECT_FALSE(SchedulerAnswers(empty.path()));
  const auto refused = RequestOfStudy(empty.path(), StopRequest{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(std::filesystem::is_empty(empty.path())) << "nothing is left behind";
}

}  // namespace
}  // namespace faretto
