#include "protocol/scheduler_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "temporary_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

TEST(SchedulerFileTest, ReadsWhatWasWritten) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteSchedulerFile(folder.path(), {"tcp://h:5", "key", 12, "h", 3}).ok());
  const auto file = ReadSchedulerFile(folder.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->endpoint, "tcp://h:5");
  EXPECT_EQ(file->public_key, "key");
  EXPECT_EQ(file->pid, 12);
  EXPECT_EQ(file->host, "h");
  EXPECT_EQ(file->incarnation, 3);
}

TEST(SchedulerFileTest, AFolderWithoutSchedulerSaysSo) {
  const TemporaryFolder folder;
  const auto file = ReadSchedulerFile(folder.path());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().kind, ErrorKind::kFailed);
  EXPECT_NE(file.error().message.find("no scheduler runs in"), std::string::npos);
}

TEST(SchedulerFileTest, ADamagedFileIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  for (const char* text : {"", "{", "[1]", R"({"endpoint":1})"}) {
    std::ofstream(SchedulerFilePath(folder.path())) << text;
    const auto file = ReadSchedulerFile(folder.path());
    ASSERT_FALSE(file.ok()) << text;
    EXPECT_NE(file.error().message.find("scheduler.json is damaged"), std::string::npos) << text;
  }
}

TEST(SchedulerFileTest, TheLocalEndpointLiesInTheFolder) {
  const TemporaryFolder folder;
  const auto endpoint = LocalEndpoint(folder.path());
  ASSERT_TRUE(endpoint.ok());
  EXPECT_EQ(*endpoint, "ipc://" + (folder.path() / "scheduler.ipc").string());
}

TEST(SchedulerFileTest, APathTooLongForASocketMovesToAPrivateFolder) {
  const TemporaryFolder folder;
  const fs::path deep = folder.path() / std::string(120, 'd');
  const auto endpoint = LocalEndpoint(deep);
  ASSERT_TRUE(endpoint.ok()) << endpoint.error().message;
  EXPECT_LT(endpoint->size(), 106u);
  const fs::path socket = endpoint->substr(6);
  struct stat info {};
  ASSERT_EQ(::stat(socket.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  RemoveLocalEndpoint(*endpoint);
  EXPECT_FALSE(fs::exists(socket.parent_path()));
}

TEST(SchedulerFileTest, TheCheckpointDomainIsMadeOnce) {
  const TemporaryFolder folder;
  EXPECT_FALSE(ReadCheckpointDomain(folder.path()).ok());
  const auto made = EnsureCheckpointDomain(folder.path());
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->size(), 32u);
  EXPECT_EQ(*EnsureCheckpointDomain(folder.path()), *made);
  EXPECT_EQ(*ReadCheckpointDomain(folder.path()), *made);
}

TEST(SchedulerFileTest, TwoFoldersHaveDifferentDomains) {
  const TemporaryFolder a;
  const TemporaryFolder b;
  EXPECT_NE(*EnsureCheckpointDomain(a.path()), *EnsureCheckpointDomain(b.path()));
}

}  // namespace
}  // namespace faretto
