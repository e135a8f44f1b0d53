#include "trainers/command.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/files.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

struct Seen {
  std::vector<std::int64_t> resources;
  Metrics values;
  std::vector<double> costs;
};

// A trainer whose program is a shell script in a fresh folder.
class CommandTrainerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Trainer> Make(const std::string& script, Json extra = Json::object()) {
    std::ofstream(folder_.path() / "train.sh") << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(folder_.path() / "train.sh", std::filesystem::perms::owner_all);
    Json trainer = {{"type", "command"},
                    {"command", {"./train.sh"}},
                    {"working_directory", folder_.path().string()}};
    trainer.update(extra);
    Result<std::unique_ptr<Trainer>> made = MakeCommand(trainer);
    EXPECT_TRUE(made.ok());
    const Status prepared = (*made)->Prepare(NewSetup());
    EXPECT_TRUE(prepared.ok()) << (prepared.ok() ? "" : prepared.error().message);
    return std::move(*made);
  }

  TrialSetup NewSetup() {
    const std::filesystem::path scratch =
        folder_.path() / ("scratch" + std::to_string(++scratches_));
    std::filesystem::create_directories(scratch);
    TrialSetup setup;
    setup.trial = 7;
    setup.params = {{"lr", 0.5}};
    setup.seed = 11;
    setup.splits = {"train", "validation"};
    setup.folder = scratch;
    return setup;
  }

  RunEnd Run(Trainer& trainer, std::int64_t to, std::function<bool()> should_stop = {}) {
    RunCallbacks callbacks;
    callbacks.on_report = [this](std::int64_t resource, const Metrics& metrics, double cost) {
      seen_.resources.push_back(resource);
      seen_.values = metrics;
      seen_.costs.push_back(cost);
    };
    callbacks.should_stop = std::move(should_stop);
    Result<RunEnd> end = trainer.Run(to, callbacks);
    EXPECT_TRUE(end.ok());
    return end.ok() ? *end : RunEnd{};
  }

  TestFolder folder_;
  Seen seen_;
  int scratches_ = 0;
};

TEST_F(CommandTrainerTest, ReportsEachLineOfItsProgram) {
  auto trainer = Make(
      "echo '{\"resource\":1,\"error\":0.5}' >&$FARETTO_RESULTS_FD\n"
      "echo '{\"resource\":2,\"error\":0.25,\"cost\":3.5}' >&$FARETTO_RESULTS_FD");
  const RunEnd end = Run(*trainer, 2);
  EXPECT_EQ(end.kind, RunEnd::Kind::kReached);
  EXPECT_EQ(end.resource, 2);
  EXPECT_THAT(seen_.resources, ElementsAre(1, 2));
  EXPECT_THAT(seen_.costs, ElementsAre(1, 3.5));
  EXPECT_THAT(seen_.values, ElementsAre(Pair("error", 0.25)));
}

TEST_F(CommandTrainerTest, TellsItsProgramAllThatItNeeds) {
  auto trainer = Make(
      "cp $FARETTO_PARAMS_FILE seen.json\n"
      "echo \"$FARETTO_TRIAL $FARETTO_SEED $FARETTO_PREVIOUS_RESOURCE $EXTRA\" > seen.txt\n"
      "echo \"{\\\"resource\\\":$FARETTO_RESOURCE,\\\"error\\\":1}\" >&$FARETTO_RESULTS_FD",
      {{"env", {{"EXTRA", "more"}}}});
  Run(*trainer, 3);
  EXPECT_EQ(*ReadFile(folder_.path() / "seen.txt"), "7 11 0 more\n");
  const Json params = *ParseJson(*ReadFile(folder_.path() / "seen.json"));
  EXPECT_EQ(params["params"], Json({{"lr", 0.5}}));
  EXPECT_EQ(params["resource"], 3);
  EXPECT_EQ(params["previous_resource"], 0);
  EXPECT_EQ(params["seed"], 11);
}

TEST_F(CommandTrainerTest, FailsWithTheExitStatusAndTheLastOutput) {
  auto trainer = Make("echo first; echo 'no such data' >&2; exit 4");
  const RunEnd end = Run(*trainer, 1);
  EXPECT_EQ(end.kind, RunEnd::Kind::kFailed);
  EXPECT_EQ(end.reason, "exit status 4");
  EXPECT_EQ(end.log, "first\nno such data\n");
}

TEST_F(CommandTrainerTest, FailsWithTheSignalThatKilledTheProgram) {
  auto trainer = Make("kill -11 $$");
  EXPECT_EQ(Run(*trainer, 1).reason, "killed by signal 11 (SIGSEGV)");
}

TEST_F(CommandTrainerTest, FailsWithTheLineThatIsNoReport) {
  auto trainer = Make("echo 'error=0.5' >&$FARETTO_RESULTS_FD; sleep 1000");
  const RunEnd end = Run(*trainer, 1);
  EXPECT_EQ(end.kind, RunEnd::Kind::kFailed);
  EXPECT_THAT(end.reason, HasSubstr("error=0.5"));
}

TEST_F(CommandTrainerTest, FailsWithNanWhenAProgramWritesIt) {
  auto trainer = Make("echo '{\"resource\": 1, \"error\": NaN}' >&$FARETTO_RESULTS_FD");
  EXPECT_EQ(Run(*trainer, 1).reason, "nan");
}

TEST_F(CommandTrainerTest, FailsWithoutAReportAtTheTarget) {
  auto trainer = Make("echo '{\"resource\":1,\"error\":0.5}' >&$FARETTO_RESULTS_FD");
  const RunEnd end = Run(*trainer, 2);
  EXPECT_EQ(end.kind, RunEnd::Kind::kFailed);
  EXPECT_EQ(end.reason, "it ended without a report at resource 2");
}

TEST_F(CommandTrainerTest, FailsWhenTheTargetsReportLacksADeclaredMetric) {
  auto trainer =
      Make("echo '{\"resource\":1,\"loss\":0.5}' >&$FARETTO_RESULTS_FD", {{"metrics", {"error"}}});
  EXPECT_EQ(Run(*trainer, 1).reason, "its report at resource 1 has no \"error\"");
}

TEST_F(CommandTrainerTest, FailsForAReportAboveTheTarget) {
  auto trainer = Make("echo '{\"resource\":9,\"error\":0.5}' >&$FARETTO_RESULTS_FD");
  EXPECT_THAT(Run(*trainer, 1).reason, StartsWith("it reported resource 9"));
}

TEST_F(CommandTrainerTest, StopsItsProgramWhichMayStillReport) {
  auto trainer = Make(
      "trap 'echo \"{\\\"resource\\\":2,\\\"error\\\":0.1}\" >&3; exit 0' TERM\n"
      "echo '{\"resource\":1,\"error\":0.5}' >&$FARETTO_RESULTS_FD\n"
      "while true; do sleep 0.01; done");
  const RunEnd end = Run(*trainer, 5, [this] { return !seen_.resources.empty(); });
  EXPECT_EQ(end.kind, RunEnd::Kind::kStopped);
  EXPECT_EQ(end.resource, 2);
}

// Reports an epoch, then writes its state, as docs/trainers.md says; stands still where it is told.
std::string ReportsThenWrites(const std::string& stands_still) {
  return "for i in 1 2 3; do\n"
         "  echo \"{\\\"resource\\\":$i,\\\"error\\\":0.5}\" >&$FARETTO_RESULTS_FD\n"
         "  while [ $i = " +
         stands_still +
         " ]; do sleep 0.01; done\n"
         "  echo $i > $FARETTO_CHECKPOINT_DIR/state.new\n"
         "  mv $FARETTO_CHECKPOINT_DIR/state.new $FARETTO_CHECKPOINT_DIR/state\n"
         "done";
}

TEST_F(CommandTrainerTest, ACheckpointStandsForTheStateThatTheProgramHasWritten) {
  const auto save_point = [&](const std::string& stands_still) {
    seen_.resources.clear();
    auto trainer = Make(ReportsThenWrites(stands_still));
    const auto reported = static_cast<std::size_t>(std::stoi(stands_still));
    const RunEnd end = Run(*trainer, 9, [&] { return seen_.resources.size() == reported; });
    EXPECT_EQ(end.kind, RunEnd::Kind::kStopped);
    return trainer->SavePoint(end.resource);
  };
  EXPECT_EQ(save_point("1"), 0) << "it has reported, but written nothing";
  EXPECT_LT(save_point("2"), 2);
  EXPECT_LT(save_point("3"), 3);
}

TEST_F(CommandTrainerTest, GoesOnFromTheStateAndNotFromTheReportAfterIt) {
  const std::filesystem::path file = folder_.path() / "state.ckpt";
  auto first = Make(ReportsThenWrites("3"));
  const RunEnd end = Run(*first, 9, [&] { return seen_.resources.size() == 3; });
  EXPECT_EQ(end.resource, 3);
  const std::int64_t point = first->SavePoint(3);
  ASSERT_TRUE(first->Save(file).ok());
  auto second = Make(
      "r=$((FARETTO_PREVIOUS_RESOURCE+1))\n"
      "echo \"{\\\"resource\\\":$r,\\\"error\\\":0.5}\" >&3");
  ASSERT_TRUE(second->Load(file).ok());
  seen_.resources.clear();
  Run(*second, point + 1);
  EXPECT_THAT(seen_.resources, ElementsAre(point + 1));
}

TEST_F(CommandTrainerTest, StoppedAfterItsLastReportItMayWriteItsState) {
  auto trainer = Make(
      "echo '{\"resource\":1,\"error\":0.5}' >&$FARETTO_RESULTS_FD\n"
      "while [ ! -e go ]; do sleep 0.01; done\n"
      "echo 1 > $FARETTO_CHECKPOINT_DIR/state");
  const RunEnd end = Run(*trainer, 1, [&] {
    if (seen_.resources.empty()) return false;
    std::ofstream(folder_.path() / "go") << "go";
    return true;
  });
  EXPECT_EQ(end.kind, RunEnd::Kind::kReached);
  EXPECT_EQ(trainer->SavePoint(1), 1);
}

// The program counts its epochs in a file of the checkpoint folder.
constexpr char kCounter[] =
    "mkdir -p $FARETTO_CHECKPOINT_DIR/state\n"
    "i=$FARETTO_PREVIOUS_RESOURCE\n"
    "while [ $i -lt $FARETTO_RESOURCE ]; do\n"
    "  i=$((i+1))\n"
    "  echo $i >> $FARETTO_CHECKPOINT_DIR/state/epochs\n"
    "  echo \"{\\\"resource\\\":$i,\\\"error\\\":0.5}\" >&$FARETTO_RESULTS_FD\n"
    "done";

TEST_F(CommandTrainerTest, ContinuesInANewTrainerFromItsCheckpoint) {
  const std::filesystem::path file = folder_.path() / "state.ckpt";
  auto first = Make(kCounter);
  Run(*first, 2);
  ASSERT_TRUE(first->Save(file).ok());
  auto second = Make(kCounter);
  ASSERT_TRUE(second->Load(file).ok());
  Run(*second, 4);
  EXPECT_THAT(seen_.resources, ElementsAre(1, 2, 3, 4));
  const std::filesystem::path exported = folder_.path() / "exported";
  std::filesystem::create_directories(exported);
  ASSERT_TRUE(second->Export(exported).ok());
  EXPECT_EQ(*ReadFile(exported / "checkpoint" / "state" / "epochs"), "1\n2\n3\n4\n");
}

TEST_F(CommandTrainerTest, SavesWhileItsProgramRuns) {
  const std::filesystem::path file = folder_.path() / "state.ckpt";
  auto trainer = Make(kCounter);
  RunCallbacks callbacks;
  Status saved = Failed("never called");
  callbacks.on_report = [&](std::int64_t resource, const Metrics&, double) {
    if (resource == 1) saved = trainer->Save(file);
  };
  ASSERT_TRUE(trainer->Run(3, callbacks).ok());
  ASSERT_TRUE(saved.ok());
  auto second = Make(kCounter);
  EXPECT_TRUE(second->Load(file).ok());
}

TEST_F(CommandTrainerTest, EvaluatesTheValidationSplitAlone) {
  auto trainer = Make("echo '{\"resource\":1,\"error\":0.5}' >&$FARETTO_RESULTS_FD");
  Run(*trainer, 1);
  EXPECT_THAT(*trainer->Evaluate("validation"), ElementsAre(Pair("error", 0.5)));
  EXPECT_EQ(trainer->Evaluate("test").error().kind, ErrorKind::kInvalid);
}

TEST_F(CommandTrainerTest, IsRefusedForAProgramThatIsNotThere) {
  const Json trainer = {{"command", {"./missing.sh"}},
                        {"working_directory", folder_.path().string()}};
  const Status status = CheckCommandData(trainer);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(status.error().message, HasSubstr("missing.sh"));
}

}  // namespace
}  // namespace faretto
