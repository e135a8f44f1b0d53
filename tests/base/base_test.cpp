#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/names.h"
#include "base/number_text.h"
#include "base/random.h"

namespace faretto {
namespace {

TEST(NumberText, ReadsBackAsTheSame) {
  for (const double value : {0.1, 1.0 / 3, 1e-300, 18.0, -100000.0, 1e300}) {
    EXPECT_EQ(std::stod(NumberText(value)), value);
  }
  EXPECT_EQ(NumberText(18), "18");
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(ShortNumber(0.123456), "0.1235");
}

TEST(Json, ReportsLineAndColumnOfAnError) {
  const auto result = ParseJson("{\n  \"a\": 1,\n  \"b\": }");
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("line 3"), std::string::npos) << result.error().message;
}

TEST(Json, RefusesDeepNestingWithoutOverflowingTheStack) {
  for (const char* bracket : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += bracket;
    const auto result = ParseJson(text);
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message.find("nested"), std::string::npos);
  }
}

TEST(Json, RefusesRepeatedKeysTrailingTextAndBrokenUtf8) {
  EXPECT_FALSE(ParseJson(R"({"a":1,"a":2})").ok());
  EXPECT_FALSE(ParseJson("{} {}").ok());
  EXPECT_EQ(ParseJson(std::string_view("{}\n\0 more", 9)).error().message,
            "not JSON at line 2, column 1: found a NUL byte");
  for (const char* text : {R"({"a":NaN})", R"({"a":Infinity})", R"({"a":-Infinity})"}) {
    const std::string message = ParseJson(text).error().message;
    EXPECT_NE(message.find("NaN and Infinity are no numbers there"), std::string::npos) << message;
  }
  EXPECT_EQ(ParseJson("[NULL]").error().message.find("NaN"), std::string::npos);
  EXPECT_FALSE(ParseJson("{\"a\":\"\xff\"}").ok());
  EXPECT_FALSE(ParseJson("").ok());
  EXPECT_EQ(ParseJson("1e999").error().message.find("json.exception"), std::string::npos);
  EXPECT_TRUE(ParseJson(R"({"a":{"b":1},"c":{"b":2}})").ok());
}

TEST(Json, RefusesIntegersThatADoubleWouldChange) {
  EXPECT_FALSE(ParseJson("[1000000000000000000000000000000]").ok());
  EXPECT_TRUE(ParseJson("[1e30, 9007199254740992, -9007199254740992]").ok());
  EXPECT_TRUE(IsExact(9007199254740992) && IsExact(-9007199254740992) && IsExact(1e300));
  EXPECT_FALSE(IsExact(9007199254740993) || IsExact(-9007199254740993) || IsExact(1ull << 63));
}

TEST(Files, ALinkIsFollowedAndAPipeIsWrittenIntoNotReplaced) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("faretto-files-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto target = folder / "target";
  const auto link = folder / "link";
  ASSERT_TRUE(WriteFileAtomically(target, "old").ok());
  std::filesystem::create_symlink(target, link);
  EXPECT_TRUE(WriteFileAtomically(link, "new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(*ReadFile(target), "new");
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);  // so that writing does not wait
  EXPECT_TRUE(WriteFileAtomically(pipe, "through").ok());
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  char text[8] = {};
  EXPECT_EQ(::read(reader, text, 7), 7);
  EXPECT_STREQ(text, "through");
  ::close(reader);
  std::filesystem::remove_all(folder);
}

TEST(Files, ANameThatIsTooLongIsAnErrorNotAnException) {
  EXPECT_FALSE(EnsureWritableFolder("/tmp/" + std::string(300, 'x')).ok());
}

TEST(RandomStream, SameNameAndIndicesGiveTheSameDrawsOthersDoNot) {
  RandomStream a(1, "x", {2});
  RandomStream b(1, "x", {2});
  RandomStream c(1, "x", {3});
  RandomStream d(1, "y", {2});
  const auto first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
  EXPECT_NE(first, d.Next());
}

TEST(RandomStream, UniformAndNormalHaveTheirMoments) {
  RandomStream random(7, "moments");
  double sum = 0;
  double squares = 0;
  double uniform = 0;
  constexpr int kDraws = 200000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Normal();
    sum += x;
    squares += x * x;
    uniform += random.Uniform();
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.01);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(uniform / kDraws, 0.5, 0.005);
}

TEST(NearestName, FindsTypingMistakesOnly) {
  EXPECT_EQ(NearestName("serch", {"search", "space"}), "search");
  EXPECT_EQ(NearestName("zzzzzz", {"search", "space"}), "");
}

TEST(Log, RecentLinesAreThoseSinceTheLastForgetting) {
  SetUpLog();
  LogInfo("before");
  ForgetRecentLog();
  EXPECT_EQ(RecentLog(), "");
  LogError("after");
  EXPECT_THAT(RecentLog(), ::testing::EndsWith("error after\n"));
  EXPECT_THAT(RecentLog(), ::testing::Not(::testing::HasSubstr("before")));
  for (int i = 0; i < 40; ++i) LogInfo("line");
  const std::string lines = RecentLog();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 30);
}

}  // namespace
}  // namespace faretto
