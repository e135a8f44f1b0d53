#include "scheduler/service/worker_owners.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "../../protocol/temporary_folder.h"

namespace faretto {
namespace {

bool Everybody(const std::string& /*key*/) { return true; }

class WorkerOwnersTest : public ::testing::Test {
 protected:
  WorkerOwnersTest() { std::filesystem::create_directory(folder_.path() / "keys"); }
  bool MaySpeak(const std::string& worker, const std::string& key) {
    return *WorkerOwners::Load(folder_.path())->MaySpeak(worker, key, Everybody);
  }

  TemporaryFolder folder_;
};

TEST_F(WorkerOwnersTest, TheFirstKeyOwnsTheNameAcrossRestarts) {
  EXPECT_TRUE(MaySpeak("w0", "a"));
  EXPECT_FALSE(MaySpeak("w0", "b"));
  EXPECT_TRUE(MaySpeak("w0", "a"));
  EXPECT_TRUE(MaySpeak("w1", "b"));
}

TEST_F(WorkerOwnersTest, ARevokedOwnersNameIsFreeAgain) {
  ASSERT_TRUE(MaySpeak("w0", "a"));
  auto owners = WorkerOwners::Load(folder_.path());
  const auto without_a = [](const std::string& key) { return key != "a"; };
  EXPECT_TRUE(*owners->MaySpeak("w0", "b", without_a));
  EXPECT_FALSE(*owners->MaySpeak("w0", "c", without_a));
}

TEST_F(WorkerOwnersTest, ADamagedFileIsAnErrorThatNamesIt) {
  std::ofstream(folder_.path() / "keys" / "workers.json") << "{";
  const auto owners = WorkerOwners::Load(folder_.path());
  ASSERT_FALSE(owners.ok());
  EXPECT_NE(owners.error().message.find("workers.json"), std::string::npos);
}

}  // namespace
}  // namespace faretto
