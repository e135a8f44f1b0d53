#include "worker/checkpoints.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/files.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kName[] = "7/2-0-3.ckpt";

class CheckpointsTest : public ::testing::Test {
 protected:
  void Write(const std::string& content) {
    const Status written = checkpoints_.Write(
        kName, [&](const fs::path& file) { return WriteFileAtomically(file, content); });
    ASSERT_TRUE(written.ok());
  }
  Status Read() { return checkpoints_.Read(kName, target_); }
  void ExpectDamaged() {
    const Status read = Read();
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  }
  fs::path path() const { return folder_.path() / "checkpoints" / kName; }
  void Overwrite(std::streamoff offset, char byte) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file.put(byte);
  }

  TestFolder folder_;
  fs::path target_ = folder_.path() / "content";
  Checkpoints checkpoints_{folder_.path() / "checkpoints", "w"};
};

TEST_F(CheckpointsTest, GiveBackWhatWasSaved) {
  const std::string content(3 << 20, 'x');
  Write(content);
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(*ReadFile(target_), content);
}

TEST_F(CheckpointsTest, MayBeEmpty) {
  Write("");
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(*ReadFile(target_), "");
}

TEST_F(CheckpointsTest, AreRefusedWithOneByteChanged) {
  Write("a model");
  Overwrite(3, '?');
  ExpectDamaged();
}

TEST_F(CheckpointsTest, AreRefusedWhenCutShort) {
  Write("a model");
  fs::resize_file(path(), fs::file_size(path()) - 1);
  ExpectDamaged();
  fs::resize_file(path(), 4);
  ExpectDamaged();
}

TEST_F(CheckpointsTest, AreRefusedWithAnotherMagic) {
  Write("a model");
  Overwrite(7, 'f');
  ExpectDamaged();
}

TEST_F(CheckpointsTest, AreRefusedOfAnotherVersion) {
  Write("a model");
  Overwrite(7 + 8, 2);
  ExpectDamaged();
}

TEST_F(CheckpointsTest, AreRefusedWhenMissing) {
  ExpectDamaged();
  EXPECT_THAT(Read().error().message, HasSubstr(kName));
}

TEST_F(CheckpointsTest, LeaveNothingWhenSavingFails) {
  const Status written = checkpoints_.Write(kName, [](const fs::path& file) -> Status {
    std::ofstream(file) << "half";
    return Failed("the disk is full");
  });
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().message, "the disk is full");
  EXPECT_TRUE(fs::is_empty(path().parent_path()));
}

TEST_F(CheckpointsTest, TakeNoOtherNames) {
  const auto save = [](const fs::path& file) { return WriteFileAtomically(file, "x"); };
  EXPECT_FALSE(checkpoints_.Write("../7.ckpt", save).ok());
  EXPECT_FALSE(checkpoints_.Read("../../etc/passwd", target_).ok());
}

TEST_F(CheckpointsTest, OfADeadProcessAreClearedAway) {
  Write("a model");
  const fs::path ours = path().string() + ".w.tmp";
  const fs::path others = path().string() + ".v.tmp";
  std::ofstream(ours) << "half";
  std::ofstream(others) << "half";
  checkpoints_.RemoveLeftovers();
  EXPECT_FALSE(fs::exists(ours));
  EXPECT_TRUE(fs::exists(others));
  EXPECT_TRUE(Read().ok());
}

}  // namespace
}  // namespace faretto
