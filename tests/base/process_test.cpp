#include "base/process.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/line_reader.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> ReadToEnd(LineReader& reader) {
  std::vector<std::string> all;
  while (!reader.at_end()) {
    pollfd descriptor{reader.fd(), POLLIN, 0};
    ::poll(&descriptor, 1, -1);
    for (std::string& line : reader.Read()) all.push_back(std::move(line));
  }
  return all;
}

// Runs a shell script and gives its output.
std::vector<std::string> OutputOf(ProcessSpec spec, const std::string& script) {
  Result<Pipe> pipe = MakePipe();
  spec.command = {"sh", "-c", script};
  spec.descriptors[1] = pipe->write.get();
  Result<Process> process = Process::Start(spec);
  if (!process.ok()) return {process.error().message};
  pipe->write.Close();
  LineReader reader(std::move(pipe->read));
  return ReadToEnd(reader);
}

TEST(Process, EndsWithItsExitStatus) {
  Result<Process> process = Process::Start({.command = {"sh", "-c", "exit 3"}});
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->Wait().Describe(), "exit status 3");
}

TEST(Process, EndsWithTheSignalThatKilledIt) {
  Result<Process> process = Process::Start({.command = {"sh", "-c", "kill -9 $$"}});
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->Wait().Describe(), "killed by signal 9 (SIGKILL)");
}

TEST(Process, IsRefusedForAProgramThatIsNotThere) {
  const Result<Process> process = Process::Start({.command = {"no-such-program-anywhere"}});
  ASSERT_FALSE(process.ok());
  EXPECT_EQ(process.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(process.error().message, HasSubstr("no-such-program-anywhere"));
}

TEST(Process, IsRefusedForAFolderThatIsNotThere) {
  const Result<Process> process =
      Process::Start({.command = {"sh", "-c", "true"}, .folder = "/no-such-folder"});
  ASSERT_FALSE(process.ok());
  EXPECT_THAT(process.error().message, HasSubstr("/no-such-folder"));
}

TEST(Process, SeesItsEnvironmentOverOurs) {
  ProcessSpec spec;
  spec.environment = {{"HOME", "/elsewhere"}, {"FARETTO_TEST", "a b"}};
  EXPECT_THAT(OutputOf(spec, "echo \"$HOME\"; echo \"$FARETTO_TEST\""),
              ElementsAre("/elsewhere", "a b"));
}

TEST(Process, RunsInItsFolder) {
  ProcessSpec spec;
  spec.folder = "/usr";
  EXPECT_THAT(OutputOf(spec, "pwd"), ElementsAre("/usr"));
}

TEST(Process, GetsNoDescriptorsButThoseHandedOn) {
  Result<Pipe> extra = MakePipe();
  const int leaked = ::dup(extra->write.get());  // without O_CLOEXEC
  EXPECT_THAT(OutputOf({}, "if [ -e /proc/self/fd/" + std::to_string(leaked) +
                               " ]; then echo open; else echo closed; fi"),
              ElementsAre("closed"));
  ::close(leaked);
}

TEST(Process, OfItsOwnGroupTakesItsChildrenWithIt) {
  Result<Pipe> pipe = MakePipe();
  ProcessSpec spec{.command = {"sh", "-c", "sleep 1000 & echo started; wait"}};
  spec.descriptors = {{1, pipe->write.get()}};
  spec.own_group = true;
  Result<Process> process = Process::Start(spec);
  ASSERT_TRUE(process.ok());
  pipe->write.Close();
  LineReader reader(std::move(pipe->read));
  pollfd descriptor{reader.fd(), POLLIN, 0};
  ::poll(&descriptor, 1, -1);
  process->Signal(SIGKILL);
  EXPECT_THAT(ReadToEnd(reader), ElementsAre("started"));  // ends: the sleeper held the pipe too
}

TEST(LineReader, GivesALastLineWithoutNewline) {
  EXPECT_THAT(OutputOf({}, "echo a; echo; printf b"), ElementsAre("a", "", "b"));
}

TEST(LineReader, CutsLinesThatAreTooLong) {
  Result<Pipe> pipe = MakePipe();
  ASSERT_EQ(::write(pipe->write.get(), "abcdefgh\n", 9), 9);
  pipe->write.Close();
  LineReader reader(std::move(pipe->read), 5);
  EXPECT_THAT(ReadToEnd(reader), ElementsAre("abcde", "fgh"));
}

TEST(RecentLines, KeepsTheNewest) {
  RecentLines lines(2);
  for (const char* line : {"a", "b", "c"}) lines.Add(line);
  EXPECT_EQ(lines.Text(), "b\nc\n");
}

}  // namespace
}  // namespace faretto
