#include "worker/worker.h"

#include <gmock/gmock.h>

#include <fstream>
#include <new>

#include "base/files.h"
#include "tests/trainers/test_folder.h"
#include "tests/worker/fake_trainer.h"
#include "tests/worker/scripted_connection.h"

namespace faretto {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TestClock final : public Clock {
 public:
  double now = 0;
  double MonotonicS() const override { return now; }
  double UnixS() const override { return now; }
};

WorkAssigned Work(AssignmentKind kind, std::int64_t from, std::int64_t to) {
  WorkAssigned work;
  work.ref = {4, 5};
  work.kind = kind;
  work.trial = 3;
  work.job = kind == AssignmentKind::kTrain ? -1 : 0;
  work.params = {{"x", 1}};
  work.from = from;
  work.to = to;
  work.seed = 11;
  work.horizon = 6;
  work.split = "test";
  return work;
}

class WorkerTest : public ::testing::Test {
 protected:
  Result<WorkerEnd> Run() {
    WorkerOptions options;
    options.name = "w";
    options.folder = folder_.path();
    options.scratch = folder_.path() / "scratch";
    options.domain = "here";
    options.checkpoint_every_s = 60;
    options.make_trainer = [this](const Json&) -> Result<std::unique_ptr<Trainer>> {
      return std::unique_ptr<Trainer>(std::make_unique<FakeTrainer>(training_));
    };
    options.on_status = [this](const WorkerStatus& status) {
      statuses_.push_back(EncodeWorkerStatus(status));
    };
    return RunWorker(options, connection_, control_, clock_);
  }

  std::filesystem::path CheckpointPath(const std::string& name) const {
    return folder_.path() / "checkpoints" / name;
  }

  // Leaves a checkpoint of trial 3 after two epochs.
  void TrainTwoEpochs() {
    connection_.work = {Work(AssignmentKind::kTrain, 0, 2)};
    ASSERT_TRUE(Run().ok());
    connection_.requests.clear();
    training_.epochs_trained = 0;
  }
  static WorkAssigned Continued(const std::string& domain = "here") {
    WorkAssigned work = Work(AssignmentKind::kTrain, 2, 4);
    work.ref.fence = 9;
    work.checkpoint = Checkpoint{2, 0, 5, "3/2-0-5.ckpt", domain};
    return work;
  }

  TestFolder folder_;
  TestClock clock_;
  Control control_;
  ScriptedConnection connection_;
  FakeTraining training_;
  std::vector<std::string> statuses_;
};

TEST_F(WorkerTest, ReportsEachEpochSavesAtTheTargetAndCompletes) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 2)};
  const Result<WorkerEnd> end = Run();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, WorkerEnd::kFinished);
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "report", "report", "checkpoint",
                                             "complete", "next", "goodbye"));
  EXPECT_EQ(connection_.only("checkpoint").at("file"), "3/2-0-5.ckpt");
  EXPECT_TRUE(std::filesystem::exists(CheckpointPath("3/2-0-5.ckpt")));
}

TEST_F(WorkerTest, OpensTrainingAndValidationAloneWhenItTrains) {
  WorkAssigned work = Work(AssignmentKind::kTrain, 0, 1);
  work.split = "";
  connection_.work = {work};
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(training_.setup.splits, ElementsAre("train", "validation"));
  EXPECT_EQ(training_.setup.seed, 11U);
  EXPECT_EQ(training_.setup.horizon, 6);
}

TEST_F(WorkerTest, TellsItsSupervisorWhatItHolds) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1)};
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(statuses_, ElementsAre("assignment 4 5 3 train", "idle"));
}

TEST_F(WorkerTest, ContinuesFromTheCheckpoint) {
  TrainTwoEpochs();
  connection_.work = {Continued()};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 2);
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "report", "report", "checkpoint",
                                             "complete", "next", "goodbye"));
}

TEST_F(WorkerTest, NamesADamagedCheckpointAndHandsTheAssignmentBack) {
  TrainTwoEpochs();
  std::ofstream(CheckpointPath("3/2-0-5.ckpt"), std::ios::in | std::ios::out) << "X";
  connection_.work = {Continued()};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 0);
  EXPECT_EQ(connection_.only("checkpoint_damaged").at("file"), "3/2-0-5.ckpt");
  EXPECT_THAT(connection_.ops(),
              ElementsAre("hello", "next", "checkpoint_damaged", "hand_back", "next", "goodbye"));
}

TEST_F(WorkerTest, FailsOverACheckpointOfAnotherDomain) {
  connection_.work = {Continued("elsewhere")};
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(connection_.only("fail").at("reason").get<std::string>(), HasSubstr("reach"));
}

TEST_F(WorkerTest, SavesInBetweenWhenTheTimeHasCome) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 3)};
  training_.on_batch = [&](std::int64_t batches) {
    if (batches == 3) clock_.now += 100;
  };
  ASSERT_TRUE(Run().ok());
  std::vector<std::string> files;
  for (const Json& request : connection_.requests)
    if (request.at("op") == "checkpoint") files.push_back(request.at("file"));
  EXPECT_THAT(files, ElementsAre("3/1-1-5.ckpt", "3/3-0-5.ckpt"));
  EXPECT_EQ(training_.epochs_trained, 3);
}

TEST_F(WorkerTest, DeletesTheCheckpointsThatItIsToldTo) {
  TrainTwoEpochs();
  connection_.work = {Continued()};
  connection_.answers.emplace("checkpoint",
                              Reply(CheckpointKept{{"3/2-0-5.ckpt", "../trials.db"}}));
  std::ofstream(folder_.path() / "trials.db") << "kept";
  ASSERT_TRUE(Run().ok());
  EXPECT_FALSE(std::filesystem::exists(CheckpointPath("3/2-0-5.ckpt")));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "trials.db"));
}

TEST_F(WorkerTest, CompletesWithoutACheckpointThatCannotBeWritten) {
  std::ofstream(folder_.path() / "checkpoints") << "a file, not a folder";
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1)};
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(connection_.ops(),
              ElementsAre("hello", "next", "report", "complete", "next", "goodbye"));
}

TEST_F(WorkerTest, SavesAndHandsBackWhenItDrains) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 6), Work(AssignmentKind::kTrain, 0, 6)};
  training_.on_batch = [&](std::int64_t batches) {
    if (batches == 3) control_.Drain("SIGTERM");
  };
  const Result<WorkerEnd> end = Run();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, WorkerEnd::kDrained);
  EXPECT_EQ(connection_.only("checkpoint").at("file"), "3/1-1-5.ckpt");
  EXPECT_EQ(connection_.only("hand_back").at("reason"), "SIGTERM");
  EXPECT_THAT(connection_.ops(),
              ElementsAre("hello", "next", "report", "checkpoint", "hand_back", "goodbye"));
}

TEST_F(WorkerTest, DrainsWhileItWaitsForWork) {
  connection_.on_request = [&](const Json& request) {
    if (request.at("op") == "next") control_.Drain("SIGUSR1");
  };
  const Result<WorkerEnd> end = Run();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, WorkerEnd::kDrained);
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "goodbye"));
}

TEST_F(WorkerTest, DrainsWhenTheSchedulerEnds) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 6)};
  training_.on_batch = [&](std::int64_t batches) {
    if (batches == 2) connection_.heartbeat(WorkerConnection::Signal::kDrain);
  };
  const Result<WorkerEnd> end = Run();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, WorkerEnd::kDrained);
  EXPECT_THAT(connection_.ops(), Contains("hand_back"));
}

TEST_F(WorkerTest, ReportsNothingMoreOnceSuperseded) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 6)};
  training_.on_batch = [&](std::int64_t batches) {
    if (batches == 3) connection_.heartbeat(WorkerConnection::Signal::kSuperseded);
  };
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 1);
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "report", "next", "goodbye"));
}

TEST_F(WorkerTest, LearnsFromAReportThatItIsSuperseded) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 6)};
  connection_.answers.emplace("report", Reply(Superseded{}));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 1);
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "report", "next", "goodbye"));
}

TEST_F(WorkerTest, FailsForWhatTheDataLack) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1)};
  training_.prepared = Invalid("there is no file faces/1.png");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "data: there is no file faces/1.png");
}

TEST_F(WorkerTest, FailsForWhatTheTrialDid) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 3)};
  training_.fail_after = 2;
  training_.fail_reason = "collapsed";
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "collapsed");
  EXPECT_THAT(connection_.ops(), Not(Contains("complete")));
}

TEST_F(WorkerTest, SurvivesAnExceptionOfTheTrainer) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1), Work(AssignmentKind::kTrain, 0, 1)};
  bool thrown = false;
  training_.on_batch = [&](std::int64_t) {
    if (!std::exchange(thrown, true)) throw std::runtime_error("a shape is wrong\nstack trace");
  };
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "a shape is wrong");
  EXPECT_THAT(connection_.ops(), Contains("complete"));
}

TEST_F(WorkerTest, FailsWithOutOfMemory) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1)};
  training_.on_batch = [](std::int64_t) { throw std::bad_alloc(); };
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "out of memory");
}

TEST_F(WorkerTest, NeverSendsANumberThatIsNotFinite) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 1)};
  training_.nan = true;
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "nan");
  EXPECT_THAT(connection_.ops(), Not(Contains("report")));
}

TEST_F(WorkerTest, FailsTheTrialWhoseReportIsRefused) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 2)};
  connection_.answers.emplace("report", Result<Reply>(Invalid("it does not belong here")));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("fail").at("reason"), "it does not belong here");
}

TEST_F(WorkerTest, EndsWithTheErrorOfALostConnection) {
  connection_.work = {Work(AssignmentKind::kTrain, 0, 2)};
  connection_.answers.emplace("report", Result<Reply>(Failed("no scheduler answered for 300 s")));
  const Result<WorkerEnd> end = Run();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().message, "no scheduler answered for 300 s");
  EXPECT_EQ(statuses_.back(), "idle");
}

TEST_F(WorkerTest, EndsWhenAnotherWorkerHasItsName) {
  connection_.work = {Superseded{}};
  const Result<WorkerEnd> end = Run();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().kind, ErrorKind::kInvalid);
}

TEST_F(WorkerTest, RetrainsEvaluatesAndLeavesTheModel) {
  connection_.work = {Work(AssignmentKind::kRetrain, 0, 4)};
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(training_.setup.splits, ElementsAre("train", "validation", "test"));
  EXPECT_THAT(connection_.ops(), ElementsAre("hello", "next", "complete", "next", "goodbye"));
  EXPECT_EQ(connection_.only("complete").at("values"), Json({{"error", 0.25}}));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "models" / "trial-3" / "seed-11" /
                                      "model.safetensors"));
}

TEST_F(WorkerTest, EvaluatesTheNewestCheckpoint) {
  TrainTwoEpochs();
  WorkAssigned work = Continued();
  work.kind = AssignmentKind::kEvaluate;
  connection_.work = {work};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 0);
  EXPECT_EQ(connection_.only("complete").at("values"), Json({{"error", 0.5}}));
}

TEST_F(WorkerTest, ComputesAReferenceLine) {
  WorkAssigned work = Work(AssignmentKind::kBaseline, 0, 0);
  work.name = "pixels";
  work.trial = -1;
  training_.baseline = {{"error", 0.22}};
  connection_.work = {work};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(connection_.only("complete").at("values"), Json({{"error", 0.22}}));
}

TEST_F(WorkerTest, TrainsTheDefaultConfigurationForItsReferenceLine) {
  WorkAssigned work = Work(AssignmentKind::kBaseline, 0, 4);
  work.name = "default";
  connection_.work = {work};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(training_.epochs_trained, 4);
  EXPECT_EQ(connection_.only("complete").at("values"), Json({{"error", 0.25}}));
}

}  // namespace
}  // namespace faretto
