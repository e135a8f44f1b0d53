#include "scheduler/local/progress_display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faretto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Progress Running() {
  Progress progress;
  progress.running = 2;
  progress.completed = 9;
  progress.front_size = 4;
  progress.spent_resource = 118;
  progress.elapsed_s = 61;
  return progress;
}

TEST(ProgressText, NamesWhatIsDoneAndWhatRuns) {
  EXPECT_EQ(ProgressText(Running()), "trials 9 done, 2 running  front 4  resource 118  1:01");
}

TEST(ProgressText, HasTheBudgetAndTheTimeLeft) {
  Progress progress = Running();
  progress.total_resource = 240;
  progress.time_left_s = 3723;
  EXPECT_THAT(ProgressText(progress), HasSubstr("resource 118/240  1:01, about 1:02:03 left"));
}

TEST(ProgressText, SaysWhyTheYoungestFailureFailedOnOneLine) {
  Progress progress = Running();
  progress.failed = 1;
  progress.failure = "trial 7: out of memory\nTraceback";
  const std::string text = ProgressText(progress);
  EXPECT_THAT(text, HasSubstr("1 failed (trial 7: out of memory)"));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

TEST(ProgressText, CutsALongReasonBetweenCharacters) {
  Progress progress = Running();
  progress.failed = 1;
  progress.failure = std::string(79, 'a') + "\u00e9\u00e9";  // the 80th byte is half a character
  EXPECT_THAT(ProgressText(progress), HasSubstr("(" + std::string(79, 'a') + "...)"));
}

TEST(ProgressText, AnEndingStudyHasNoTimeLeft) {
  Progress progress = Running();
  progress.time_left_s = 10;
  progress.stopping = true;
  EXPECT_THAT(ProgressText(progress), HasSubstr(", ending"));
  EXPECT_THAT(ProgressText(progress), Not(HasSubstr("left")));
}

}  // namespace
}  // namespace faretto
