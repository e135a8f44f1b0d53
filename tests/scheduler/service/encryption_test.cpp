// The service on TCP: keys, revocation, names bound to keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/keys.h"
#include "service_harness.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class EncryptionTest : public ::testing::Test {
 protected:
  ServiceOptions Options() const {
    ServiceOptions options = OptionsIn(folder_.path());
    options.bind = "tcp://127.0.0.1:*";
    return options;
  }
  SchedulerLocation Here() const { return {.dir = folder_.path()}; }
  // As from another machine: endpoint and key files only.
  SchedulerLocation There(const fs::path& secret) const {
    return {.endpoint = ReadSchedulerFile(folder_.path())->endpoint,
            .server_key_file = SchedulerPublicFile(folder_.path()),
            .client_key_file = secret};
  }

  TemporaryFolder folder_;
  SystemClock clock_;
};

TEST_F(EncryptionTest, ALocalProcessWorksWithTheKeysOfTheFolder) {
  RunningService running(Options(), clock_);
  EXPECT_THAT(running.service().endpoint(), HasSubstr("tcp://127.0.0.1:"));
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(Here(), "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(EncryptionTest, AnAddedClientWorksWithItsKeyFile) {
  RunningService running(Options(), clock_);
  const fs::path secret = *AddClient(folder_.path(), "node");
  EXPECT_EQ(WorkToTheEnd(*ConnectWorker(There(secret), "w0")), 3);
  EXPECT_TRUE(running.Join().ok());
}

TEST_F(EncryptionTest, AnUnknownKeyIsRefusedAndCounted) {
  RunningService running(Options(), clock_);
  const TemporaryFolder elsewhere;
  ASSERT_TRUE(EnsureSchedulerKeys(elsewhere.path()).ok());
  auto stranger = ClientConnection::Open(There(LocalSecretFile(elsewhere.path())));
  ASSERT_TRUE(stranger.ok());
  EXPECT_FALSE(stranger->Request(PingRequest{}, 0.2).ok());
  EXPECT_GE(AwaitDropped(Here(), 1)["dropped_messages"], 1);
}

TEST_F(EncryptionTest, APlainPeerIsRefused) {
  RunningService running(Options(), clock_);
  RawPeer plain(running.service().endpoint());
  plain.Send(std::string("{}"));
  auto client = ClientConnection::Open(Here());
  const auto status = Expect<StatusNumbers>(client->Request(StatusRequest{}, kPatienceS));
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->progress["dropped_messages"], 0);
}

TEST_F(EncryptionTest, MessagesOfARevokedKeyAreDroppedOnAnOpenConnection) {
  RunningService running(Options(), clock_);
  const fs::path secret = *AddClient(folder_.path(), "node");
  const auto worker = ConnectWorker(There(secret), "w0");
  SayHello(*worker);
  ASSERT_TRUE(RevokeClient(folder_.path(), "node").ok());
  Result<Response> reply = Failed("none");
  std::thread asking([&] { reply = worker->Request(NextRequest{}); });
  AwaitDropped(Here(), 1);
  worker->Abort();
  asking.join();
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::kInterrupted);
}

TEST_F(EncryptionTest, AWorkersNameBelongsToTheFirstKeyThatUsedIt) {
  RunningService running(Options(), clock_);
  const fs::path thief = *AddClient(folder_.path(), "thief");
  const auto owner = ConnectWorker(Here(), "w0");
  SayHello(*owner);
  const auto other = ConnectWorker(There(thief), "w0");
  Result<Response> reply = Failed("none");
  std::thread asking([&] { reply = other->Request(HelloRequest{"h", 1, "d"}); });
  AwaitDropped(Here(), 1);
  other->Abort();
  asking.join();
  EXPECT_FALSE(reply.ok());
  EXPECT_EQ(MustRequest(*owner, NextRequest{})["type"], "assignment");
}

TEST_F(EncryptionTest, ABusyPortIsAnErrorThatNamesIt) {
  RunningService running(Options(), clock_);
  const TemporaryFolder other;
  const fs::path dir = other.path() / "study";
  ServiceOptions options = OptionsIn(dir);
  options.bind = running.service().endpoint();
  const auto started = Service::Start(SmallStudy(), options, clock_);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(started.error().message, HasSubstr(options.bind));
  EXPECT_FALSE(fs::exists(dir));
}

TEST_F(EncryptionTest, AnAddressThatIsNoneIsRefused) {
  ServiceOptions options = Options();
  options.bind = "localhost";
  const auto started = Service::Start(SmallStudy(), options, clock_);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace faretto
