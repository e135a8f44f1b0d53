#include "trainers/written_state.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

constexpr double kLongAgo = 60;
constexpr double kNow = 0;

std::int64_t After(std::initializer_list<FolderLook> reports, const FolderLook& look,
                   bool ended = false) {
  WrittenState state;
  state.Begin(0, {}, {"empty", kLongAgo});
  std::int64_t resource = 0;
  for (const FolderLook& seen : reports) state.Report(++resource, {{"error", 1}}, seen);
  state.Look(look, ended);
  return state.resource();
}

TEST(WrittenState, AReportWithoutAStateAfterItIsNotKept) {
  EXPECT_EQ(After({{"empty", kLongAgo}}, {"empty", kLongAgo}), 0);
  EXPECT_EQ(After({{"empty", kLongAgo}, {"one", 9}}, {"one", 9}), 1);
  EXPECT_EQ(After({{"empty", kLongAgo}, {"empty", kLongAgo}}, {"empty", kLongAgo}), 0)
      << "a program that writes nothing";
}

TEST(WrittenState, WhatIsBeingWrittenIsNotKeptYet) {
  EXPECT_EQ(After({{"empty", kLongAgo}}, {"half of one", kNow}), 0);
  EXPECT_EQ(After({{"empty", kLongAgo}, {"one", 9}}, {"one and half of two", kNow}), 1);
  EXPECT_EQ(After({{"empty", kLongAgo}, {"one", 9}}, {"two", 3}), 2) << "written a while ago";
  EXPECT_EQ(After({{"empty", kLongAgo}, {"one", 9}}, {"two", kNow}, true), 2) << "it has ended";
}

TEST(WrittenState, WhatWasWrittenBeforeTheReportWasReadMayBeItsState) {
  // The program was quicker than its reader: the folder has the state of the report already.
  EXPECT_EQ(After({{"one", kNow}}, {"one", kNow}), 0);
  EXPECT_EQ(After({{"one", kNow}}, {"one", 5}), 1);
  // Both reports were read at once.
  EXPECT_EQ(After({{"two", kNow}, {"two", kNow}}, {"two", kNow}), 1);
}

TEST(WrittenState, ALookSeesWhatAProgramDoes) {
  TestFolder folder;
  const std::string empty = LookAt(folder.path()).stamp;
  std::ofstream(folder.path() / "state") << "1";
  const FolderLook first = LookAt(folder.path());
  EXPECT_NE(first.stamp, empty);
  EXPECT_LT(first.age_s, 1000);
  EXPECT_EQ(LookAt(folder.path()).stamp, first.stamp);
  std::filesystem::rename(folder.path() / "state", folder.path() / "other");
  EXPECT_NE(LookAt(folder.path()).stamp, first.stamp);
}

}  // namespace
}  // namespace faretto
