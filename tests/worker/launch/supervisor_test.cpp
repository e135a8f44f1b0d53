#include "worker/launch/supervisor.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Death {
  std::string instance;
  AssignmentRef ref;
  std::string reason;
  std::string log;
};

// Shell scripts stand for the worker; `$lives` is the file in which they count their starts.
class SupervisorTest : public ::testing::Test {
 protected:
  int Run(const std::string& script) {
    SupervisorOptions options;
    options.name = "w";
    options.command = {"sh", "-c",
                       "lives=" + (folder_.path() / "lives").string() +
                           "; echo x >> $lives; life=$(wc -l < $lives); " + script};
    options.logs = folder_.path() / "logs";
    options.report_failure = [this](const std::string& instance, const AssignmentRef& ref,
                                    const std::string& reason, const std::string& log) -> Status {
      deaths_.push_back({instance, ref, reason, log});
      return Ok{};
    };
    options.say = [this](const std::string& line) { said_ += line + "\n"; };
    return Supervisor(std::move(options)).Run();
  }
  std::string Log(const std::string& name) const {
    return *ReadFile(folder_.path() / "logs" / name);
  }

  TestFolder folder_;
  std::vector<Death> deaths_;
  std::string said_;
};

TEST_F(SupervisorTest, EndsWhenTheStudyIsFinished) {
  EXPECT_EQ(Run("exit 0"), 0);
  EXPECT_THAT(deaths_, IsEmpty());
}

TEST_F(SupervisorTest, ReportsADeathOverAnAssignmentAndStartsAgain) {
  EXPECT_EQ(Run("if [ $life = 2 ]; then exit 0; fi\n"
                "echo 'assignment 5 6 2 train' >&3; echo 'last words'; kill -9 $$"),
            0);
  ASSERT_EQ(deaths_.size(), 1U);
  EXPECT_EQ(deaths_[0].ref.assignment, 5);
  EXPECT_EQ(deaths_[0].ref.fence, 6);
  EXPECT_EQ(deaths_[0].reason, "killed by signal 9 (SIGKILL)");
  EXPECT_EQ(deaths_[0].log, "last words\n");
}

TEST_F(SupervisorTest, ReportsAnExitStatus) {
  EXPECT_EQ(Run("if [ $life = 2 ]; then exit 0; fi; echo 'assignment 5 6 2 train' >&3; exit 134"),
            0);
  ASSERT_EQ(deaths_.size(), 1U);
  EXPECT_EQ(deaths_[0].reason, "exit status 134");
}

TEST_F(SupervisorTest, GivesEveryProcessAnInstanceOfItsOwn) {
  EXPECT_EQ(Run("if [ $life = 3 ]; then exit 0; fi; echo 'assignment 5 6 2 train' >&3; exit 1"), 0);
  ASSERT_EQ(deaths_.size(), 2U);
  EXPECT_NE(deaths_[0].instance, deaths_[1].instance);
}

TEST_F(SupervisorTest, ReportsNothingForADeathWithoutAnAssignment) {
  EXPECT_EQ(Run("if [ $life = 2 ]; then exit 0; fi\n"
                "echo 'assignment 5 6 2 train' >&3; echo idle >&3; exit 1"),
            0);
  EXPECT_THAT(deaths_, IsEmpty());
}

TEST_F(SupervisorTest, GivesUpAfterThreeDeathsWithoutAnAssignment) {
  EXPECT_EQ(Run("echo \"no library $life\"; exit 127"), 1);
  EXPECT_EQ(*ReadFile(folder_.path() / "lives"), "x\nx\nx\n");
  EXPECT_THAT(said_, HasSubstr("no library 3"));
}

TEST_F(SupervisorTest, DoesNotRepeatAWrongStart) {
  EXPECT_EQ(Run("echo 'bad key file'; exit 2"), 2);
  EXPECT_EQ(*ReadFile(folder_.path() / "lives"), "x\n");
  EXPECT_THAT(said_, HasSubstr("bad key file"));
}

TEST_F(SupervisorTest, EndsWithoutAScheduler) {
  EXPECT_EQ(Run("exit " + std::to_string(kExitNoScheduler)), 1);
  EXPECT_EQ(*ReadFile(folder_.path() / "lives"), "x\n");
}

TEST_F(SupervisorTest, KeepsTheOutputOfEachAssignmentInItsOwnFile) {
  const std::string logs = (folder_.path() / "logs").string() + "/";
  const auto until_there = [&](const std::string& file) {
    return "until [ -e " + logs + file + " ]; do sleep 0.01; done\n";
  };
  const auto until_holds = [&](const std::string& text, const std::string& file) {
    return "until grep -qs " + text + " " + logs + file + "; do sleep 0.01; done\n";
  };
  EXPECT_EQ(Run("echo before\n" + until_holds("before", "worker-w.log") +
                "echo 'assignment 5 6 2 train' >&3\n" + until_there("2-5.log") +
                "echo during; echo idle >&3\n" + until_holds("during", "2-5.log") +
                "echo 'assignment 6 7 -1 baseline' >&3\n" + until_there("baseline-6.log") +
                "echo pixels; exit 0"),
            0);
  EXPECT_EQ(Log("worker-w.log"), "before\n");
  EXPECT_EQ(Log("2-5.log"), "during\n");
  EXPECT_EQ(Log("baseline-6.log"), "pixels\n");
}

TEST_F(SupervisorTest, HandsSignalsOnAndEndsWithItsWorker) {
  EXPECT_EQ(Run("trap 'exit 0' TERM; kill -TERM $PPID; while true; do sleep 0.01; done"), 0);
}

TEST_F(SupervisorTest, DoesNotStartAgainOnceItWasToldToEnd) {
  EXPECT_EQ(Run("echo 'assignment 5 6 2 train' >&3\n"
                "trap 'exit 9' USR1; kill -USR1 $PPID; while true; do sleep 0.01; done"),
            1);
  EXPECT_EQ(*ReadFile(folder_.path() / "lives"), "x\n");
  ASSERT_EQ(deaths_.size(), 1U);
}

}  // namespace
}  // namespace faretto
