#include "trainers/folder_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FolderArchiveTest : public testing::Test {
 protected:
  FolderArchiveTest() { fs::create_directories(content_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((content_ / name).parent_path());
    std::ofstream(content_ / name, std::ios::binary) << text;
  }
  // An archive of one entry behind the state, made by hand.
  void WriteTar(const std::string& path, unsigned type) {
    const std::string state = R"({"version":2,"state":{},"files":1})";
    archive* tar = archive_write_new();
    archive_write_set_format_gnutar(tar);
    archive_write_open_filename(tar, file_.c_str());
    for (const bool first : {true, false}) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, first ? ".faretto-state.json" : path.c_str());
      archive_entry_set_filetype(entry, first ? AE_IFREG : type);
      if (!first && type == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/hostname");
      archive_entry_set_size(entry, first ? static_cast<la_int64_t>(state.size()) : 0);
      archive_entry_set_perm(entry, 0644);
      archive_write_header(tar, entry);
      if (first) archive_write_data(tar, state.data(), state.size());
      archive_entry_free(entry);
    }
    archive_write_free(tar);
  }
  Status Pack(const Json& state = Json::object()) { return PackFolder(content_, state, file_); }
  Result<Json> Unpack() { return UnpackFolder(file_, copy_); }
  void ExpectRefused() {
    const Result<Json> state = Unpack();
    ASSERT_FALSE(state.ok());
    EXPECT_EQ(state.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(state.error().message, HasSubstr("is not a checkpoint of a command trainer"));
  }

  TestFolder folder_;
  fs::path content_ = folder_.path() / "content";
  fs::path file_ = folder_.path() / "file";
  fs::path copy_ = folder_.path() / "copy";
};

TEST_F(FolderArchiveTest, GivesBackStateFilesAndTheRightToExecute) {
  const std::string large(3'000'000, 'x');
  const std::string long_name = std::string(120, 'n') + "/" + std::string(150, 'm');
  Write("model", large);
  Write("a/b/empty", "");
  Write("a/größe", "ü");
  Write(long_name, "long");
  Write(".faretto-state.json", "the folder's own");
  fs::permissions(content_ / "model", fs::perms::owner_exec, fs::perm_options::add);
  ASSERT_TRUE(Pack({{"resource", 3}}).ok());
  fs::create_directories(copy_);
  std::ofstream(copy_ / "stale") << "of an earlier state";
  const Result<Json> state = Unpack();
  ASSERT_TRUE(state.ok()) << state.error().message;
  EXPECT_EQ(*state, Json({{"resource", 3}}));
  EXPECT_EQ(*ReadFile(copy_ / "model"), large);
  EXPECT_EQ(*ReadFile(copy_ / "a/b/empty"), "");
  EXPECT_EQ(*ReadFile(copy_ / "a/größe"), "ü");
  EXPECT_EQ(*ReadFile(copy_ / long_name), "long");
  EXPECT_EQ(*ReadFile(copy_ / ".faretto-state.json"), "the folder's own");
  EXPECT_FALSE(fs::exists(copy_ / "stale"));
  const auto executable = [&](const char* name) {
    return (fs::status(copy_ / name).permissions() & fs::perms::owner_exec) != fs::perms::none;
  };
  EXPECT_TRUE(executable("model"));
  EXPECT_FALSE(executable("a/b/empty"));
}

TEST_F(FolderArchiveTest, IsATarFileThatTarReads) {
  Write("a/model", "weights");
  ASSERT_TRUE(Pack().ok());
  fs::create_directories(copy_);
  const std::string command = "tar -xf '" + file_.string() + "' -C '" + copy_.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(*ReadFile(copy_ / "a/model"), "weights");
  EXPECT_TRUE(fs::exists(copy_ / ".faretto-state.json"));
}

TEST_F(FolderArchiveTest, KeepsAnEmptyFolder) {
  ASSERT_TRUE(Pack({{"resource", 0}}).ok());
  ASSERT_TRUE(Unpack().ok());
  EXPECT_TRUE(fs::is_empty(copy_));
}

TEST_F(FolderArchiveTest, ReadsTheFirstVersion) {
  std::ofstream(file_, std::ios::binary)
      << R"({"version":1,"state":{"resource":2},"files":[)"
      << R"({"path":"a/b","size":3,"executable":true},{"path":"c","size":0,"executable":false}]})"
      << "\nxyz";
  const Result<Json> state = Unpack();
  ASSERT_TRUE(state.ok()) << state.error().message;
  EXPECT_EQ(*state, Json({{"resource", 2}}));
  EXPECT_EQ(*ReadFile(copy_ / "a/b"), "xyz");
  EXPECT_EQ(*ReadFile(copy_ / "c"), "");
}

TEST_F(FolderArchiveTest, RefusesAFileOfTheFirstVersionThatIsCutShortOrLonger) {
  for (const char* content : {"xy", "xyzz"}) {
    std::ofstream(file_, std::ios::binary | std::ios::trunc)
        << R"({"version":1,"state":{},"files":[{"path":"a","size":3,"executable":false}]})"
        << "\n"
        << content;
    ExpectRefused();
  }
}

TEST_F(FolderArchiveTest, RefusesAFileThatIsCutShort) {
  Write("model", std::string(5000, 'x'));
  Write("second", "y");
  ASSERT_TRUE(Pack().ok());
  const auto whole = fs::file_size(file_);
  // In the state, in a file, between two files: header and content are blocks of 512 bytes.
  for (const std::uintmax_t size :
       {std::uintmax_t{520}, whole / 2, std::uintmax_t{1024 + 512 + 5120}}) {
    ASSERT_LT(size, whole);
    ASSERT_TRUE(Pack().ok());
    fs::resize_file(file_, size);
    ExpectRefused();
  }
}

TEST_F(FolderArchiveTest, RefusesWhatIsNoArchiveAndLeavesTheFolderAlone) {
  fs::create_directories(copy_);
  std::ofstream(copy_ / "kept") << "here";
  ExpectRefused();  // there is no file
  for (const char* text : {"", "{", "{}\n", "no archive", "PK\x03\x04"}) {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
    ExpectRefused();
  }
  EXPECT_TRUE(fs::exists(copy_ / "kept"));
}

TEST_F(FolderArchiveTest, RefusesPathsThatLeaveTheFolder) {
  for (const char* path : {"../out", "/tmp/out", "a/../../out"}) {
    WriteTar(path, AE_IFREG);
    ExpectRefused();
  }
  std::ofstream(file_, std::ios::trunc)
      << R"({"version":1,"state":{},"files":[{"path":"../out","size":0,"executable":false}]})"
      << "\n";
  ExpectRefused();
  EXPECT_FALSE(fs::exists(folder_.path() / "out"));
}

TEST_F(FolderArchiveTest, RefusesLinks) {
  WriteTar("link", AE_IFLNK);
  ExpectRefused();
  fs::create_symlink("/etc/hostname", content_ / "link");
  const Status packed = Pack();
  ASSERT_FALSE(packed.ok());
  EXPECT_THAT(packed.error().message, HasSubstr("link"));
}

}  // namespace
}  // namespace faretto
