#include "protocol/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "temporary_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;

unsigned ModeOf(const fs::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777u : 0u;
}

TEST(KeysTest, TheFirstStartMakesTheSchedulersPairAndALocalClient) {
  const TemporaryFolder folder;
  const auto pair = EnsureSchedulerKeys(folder.path());
  ASSERT_TRUE(pair.ok()) << pair.error().message;
  EXPECT_EQ(*ReadPublicKey(SchedulerPublicFile(folder.path())), pair->public_key);
  const auto clients = ListClients(folder.path());
  ASSERT_TRUE(clients.ok());
  ASSERT_EQ(clients->size(), 1u);
  EXPECT_EQ((*clients)[0].name, "local");
  EXPECT_EQ((*clients)[0].public_key, ReadKeyPair(LocalSecretFile(folder.path()))->public_key);
}

TEST(KeysTest, ALaterStartKeepsThePair) {
  const TemporaryFolder folder;
  const auto first = EnsureSchedulerKeys(folder.path());
  const auto second = EnsureSchedulerKeys(folder.path());
  EXPECT_EQ(first->secret_key, second->secret_key);
}

TEST(KeysTest, SecretsAreForTheirOwnerOnly) {
  const TemporaryFolder folder;
  ASSERT_TRUE(EnsureSchedulerKeys(folder.path()).ok());
  const fs::path keys = folder.path() / "keys";
  EXPECT_EQ(ModeOf(keys), 0700u);
  EXPECT_EQ(ModeOf(keys / "scheduler.secret"), 0600u);
  EXPECT_EQ(ModeOf(LocalSecretFile(folder.path())), 0600u);
}

TEST(KeysTest, AnAddedClientIsListedAndARevokedOneIsNot) {
  const TemporaryFolder folder;
  const auto secret = AddClient(folder.path(), "node-7");
  ASSERT_TRUE(secret.ok()) << secret.error().message;
  EXPECT_EQ(ModeOf(*secret), 0600u);
  EXPECT_EQ(ListClients(folder.path())->size(), 2u);  // and local
  ASSERT_TRUE(RevokeClient(folder.path(), "node-7").ok());
  EXPECT_EQ(ListClients(folder.path())->size(), 1u);
  EXPECT_FALSE(fs::exists(*secret));
}

TEST(KeysTest, AKeyMadeElsewhereIsAuthorisedWithoutASecret) {
  const TemporaryFolder here;
  const TemporaryFolder there;
  const std::string key = EnsureSchedulerKeys(there.path())->public_key;
  const auto secret = AddClient(here.path(), "friend", key);
  ASSERT_TRUE(secret.ok()) << secret.error().message;
  EXPECT_TRUE(secret->empty());
  AuthorisedKeys keys(here.path());
  EXPECT_TRUE(keys.Contains(key));
}

TEST(KeysTest, BadNamesAndKeysAreRefused) {
  const TemporaryFolder folder;
  for (const char* name : {"", "../x", "a/b", "a b", ".hidden", "scheduler"}) {
    const auto added = AddClient(folder.path(), name);
    ASSERT_FALSE(added.ok()) << name;
    EXPECT_EQ(added.error().kind, ErrorKind::kInvalid) << name;
  }
  EXPECT_FALSE(AddClient(folder.path(), "x", "no key").ok());
}

TEST(KeysTest, ATakenNameIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(AddClient(folder.path(), "node").ok());
  EXPECT_EQ(AddClient(folder.path(), "node").error().kind, ErrorKind::kInvalid);
}

TEST(KeysTest, RevokingAnUnknownClientIsNotFound) {
  const TemporaryFolder folder;
  ASSERT_TRUE(EnsureSchedulerKeys(folder.path()).ok());
  EXPECT_EQ(RevokeClient(folder.path(), "nobody").error().kind, ErrorKind::kNotFound);
}

TEST(KeysTest, TheAuthorisedSetFollowsTheFolder) {
  const TemporaryFolder folder;
  const auto secret = AddClient(folder.path(), "node");
  const std::string key = ReadKeyPair(*secret)->public_key;
  AuthorisedKeys keys(folder.path());
  EXPECT_TRUE(keys.Contains(key));
  ASSERT_TRUE(RevokeClient(folder.path(), "node").ok());
  keys.Refresh();
  EXPECT_FALSE(keys.Contains(key));
}

TEST(KeysTest, ADamagedKeyFileIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "bad.secret";
  std::ofstream(file) << "short\n";
  const auto pair = ReadKeyPair(file);
  ASSERT_FALSE(pair.ok());
  EXPECT_NE(pair.error().message.find("bad.secret"), std::string::npos);
}

}  // namespace
}  // namespace faretto
