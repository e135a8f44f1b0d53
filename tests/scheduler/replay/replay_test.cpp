#include "scheduler/replay/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/testing/test_folder.h"
#include "tests/scheduler/ask_tell/small_session.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() { TellSome(*StartSession(clock_, folder_.path(), spec_), 12); }

  ReplayResult Replay(std::int64_t sample) {
    auto result = ReplayStudy(folder_.path(), spec_, sample);
    if (!result.ok()) throw std::runtime_error(result.error().message);
    return std::move(*result);
  }

  const TestFolder folder_;
  const StandingClock clock_;
  const StudySpec spec_ = AskTellSpec();
};

TEST_F(ReplayTest, DerivesEverySuggestionAgain) {
  const ReplayResult result = Replay(0);
  EXPECT_EQ(result.checked, 12);
  EXPECT_EQ(result.agreed, 12);
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.build, "test");
}

TEST_F(ReplayTest, ASampleIsAboutAsLargeAsAsked) {
  const ReplayResult result = Replay(4);
  EXPECT_EQ(result.checked, 4);
  EXPECT_EQ(result.agreed, 4);
}

TEST_F(ReplayTest, NamesWhatAnotherSeedWouldHaveSuggested) {
  StudySpec other = AskTellSpec();
  other.seed = 4;
  const auto result = ReplayStudy(folder_.path(), other, 0);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_LT(result->agreed, result->checked);
  EXPECT_THAT(result->differences, ::testing::Contains(HasSubstr("suggestion 1 (trial 1)")));
}

}  // namespace
}  // namespace faretto
