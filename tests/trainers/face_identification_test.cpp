#include "trainers/face_identification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "tests/trainers/face_training.h"
#include "tests/trainers/one_thread.h"
#include "tests/trainers/synthetic_faces.h"
#include "tests/trainers/test_folder.h"
#include "trainers/tensors/safetensors.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

class FaceIdentificationTest : public testing::Test {
 protected:
  Json NewTrainer(const Json& extra = Json::object()) {
    Json trainer = FaceTrainerJson(csv_);
    trainer.update(extra);
    return trainer;
  }
  std::string BytesAfter(const TrialSetup& setup, int epochs) {
    const auto trainer = MakePrepared(NewTrainer(), setup);
    RunFaces(*trainer, epochs);
    EXPECT_TRUE(trainer->Export(folder_.path() / "model").ok());
    return ReadFile(folder_.path() / "model" / "model.safetensors").value();
  }

  TestFolder folder_;
  std::filesystem::path csv_ = WriteSyntheticFaces(folder_.path(), {.test_files = false});
};

TEST_F(FaceIdentificationTest, LearnsToTellFacesApart) {
  csv_ = WriteSyntheticFaces(folder_.path(), {.identities = 10});
  TrialSetup setup = FaceSetup({{"optimizer", "AdamW"}, {"lr_adam", 0.002}});
  setup.horizon = 10;
  const auto trainer = MakePrepared(NewTrainer(), setup);
  const FaceRun run = RunFaces(*trainer, 10);
  EXPECT_LT(run.metrics.back().at("train_loss"), 0.5 * run.metrics.front().at("train_loss"));
  EXPECT_LT(run.metrics.back().at("error"), 0.15);
}

TEST_F(FaceIdentificationTest, ReportsItsMetricsAfterEveryEpochAtCostOne) {
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup());
  const FaceRun run = RunFaces(*trainer, 3);
  EXPECT_EQ(run.end.kind, RunEnd::Kind::kReached);
  EXPECT_EQ(run.end.resource, 3);
  EXPECT_THAT(run.resources, ElementsAre(1, 2, 3));
  EXPECT_THAT(run.costs, Each(1));
  EXPECT_THAT(run.metrics[0], AllOf(Contains(Key("error")), Contains(Key("rank_disparity")),
                                    Contains(Key("disparity")), Contains(Key("rank_disparity_low")),
                                    Contains(Key("train_loss"))));
}

TEST_F(FaceIdentificationTest, GivesTheSameWeightsForTheSameSeedOnly) {
  EXPECT_TRUE(BytesAfter(FaceSetup(), 2) == BytesAfter(FaceSetup(), 2));
  EXPECT_FALSE(BytesAfter(FaceSetup(), 2) == BytesAfter(FaceSetup(Json::object(), 4), 2));
}

TEST_F(FaceIdentificationTest, FollowsTheScheduleOfTheHorizonNotOfTheRung) {
  TrialSetup longer = FaceSetup();
  longer.horizon = 60;
  EXPECT_FALSE(BytesAfter(FaceSetup(), 2) == BytesAfter(longer, 2));
}

TEST_F(FaceIdentificationTest, FailsWithNanWhenTheLossIsNotFinite) {
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup({{"optimizer", "SGD"}, {"lr", 1e30}}));
  const RunEnd end = RunFaces(*trainer, 6).end;
  EXPECT_EQ(end.kind, RunEnd::Kind::kFailed);
  EXPECT_EQ(end.reason, "nan");
}

TEST_F(FaceIdentificationTest, FailsAsCollapsedWhenNobodyIsRecognised) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    const std::string name = entry.path().filename().string();
    const bool is_validation =
        name.ends_with("_4.pgm") || name.ends_with("_5.pgm") || name.ends_with("_6.pgm");
    if (is_validation) WriteSyntheticFace(entry.path(), 0, 0, 40);
  }
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup());
  const FaceRun run = RunFaces(*trainer, 6);
  EXPECT_EQ(run.end.kind, RunEnd::Kind::kFailed);
  EXPECT_EQ(run.end.reason, "collapsed");
  EXPECT_TRUE(run.metrics.empty());
  const Result<Metrics> metrics = trainer->Evaluate("validation");
  ASSERT_TRUE(metrics.ok());
  EXPECT_EQ(metrics->at("error"), 1);
  EXPECT_THAT(*metrics, Not(Contains(Key("rank_disparity"))));
}

TEST_F(FaceIdentificationTest, NeverOpensTheTestSplitUnasked) {
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup());  // its files do not exist
  RunFaces(*trainer, 1);
  const Result<Metrics> metrics = trainer->Evaluate("test");
  ASSERT_FALSE(metrics.ok());
  EXPECT_THAT(metrics.error().message, HasSubstr("was not opened"));
  TrialSetup setup = FaceSetup();
  setup.splits.push_back("test");
  EXPECT_THAT(PrepareError(NewTrainer(), setup), HasSubstr("p0_7.pgm"));
}

TEST_F(FaceIdentificationTest, EvaluatesACheckpointOnTheTestSplitAlone) {
  csv_ = WriteSyntheticFaces(folder_.path());
  const auto trained = MakePrepared(NewTrainer(), FaceSetup());
  RunFaces(*trained, 1);
  ASSERT_TRUE(trained->Save(folder_.path() / "saved").ok());
  TrialSetup setup = FaceSetup();
  setup.splits = {"test"};
  const auto evaluated = MakePrepared(NewTrainer(), setup);
  ASSERT_TRUE(evaluated->Load(folder_.path() / "saved").ok());
  const Result<Metrics> metrics = evaluated->Evaluate("test");
  ASSERT_TRUE(metrics.ok()) << metrics.error().message;
  EXPECT_THAT(*metrics, Contains(Key("rank_disparity")));
}

TEST_F(FaceIdentificationTest, TrainsWithoutAValidationSplit) {
  TrialSetup setup = FaceSetup();
  setup.splits = {"train"};
  const FaceRun run = RunFaces(*MakePrepared(NewTrainer(), setup), 1);
  EXPECT_THAT(run.metrics.at(0), AllOf(Contains(Key("train_loss")), Not(Contains(Key("error")))));
}

TEST_F(FaceIdentificationTest, ExportsWeightsAndDescription) {
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup({{"head", "ArcFace"}}));
  RunFaces(*trainer, 2);
  ASSERT_TRUE(trainer->Export(folder_.path() / "out").ok());
  const auto model = ReadSafetensors(folder_.path() / "out" / "model.safetensors");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_THAT(model->tensors, Contains(Key("head.weight")));
  const Json config = ParseJson(ReadFile(folder_.path() / "out" / "config.json").value()).value();
  EXPECT_EQ(config["architecture"]["edges"], "201");
  EXPECT_EQ(config["params"]["head"], "ArcFace");
  EXPECT_EQ(config["input"]["centre_crop"], 32);
  EXPECT_EQ(config["seed"], 3);
  EXPECT_EQ(config["epochs"], 2);
  EXPECT_TRUE(config["metrics"]["validation"].contains("error"));
}

TEST_F(FaceIdentificationTest, ComputesItsBaselinesOnTheSplit) {
  const auto trainer = MakePrepared(NewTrainer(), FaceSetup());
  for (const char* name : {"pixels", "random_network"}) {
    const Result<Metrics> metrics = trainer->Baseline(name, "validation");
    ASSERT_TRUE(metrics.ok()) << metrics.error().message;
    EXPECT_THAT(*metrics, Contains(Key("error"))) << name;
  }
  const Result<Metrics> unknown = trainer->Baseline("pixel", "validation");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message, HasSubstr("\"pixels\""));
}

TEST_F(FaceIdentificationTest, RefusesAParameterThatItDoesNotKnow) {
  EXPECT_THAT(PrepareError(NewTrainer(), FaceSetup({{"edge4", "1"}})),
              AllOf(HasSubstr("\"edge4\""), HasSubstr("did you mean")));
}

TEST_F(FaceIdentificationTest, RefusesABatchLargerThanTheTrainingSplit) {
  EXPECT_THAT(PrepareError(NewTrainer(), FaceSetup({{"batch", 17}})),
              AllOf(HasSubstr("16 images"), HasSubstr("batch of 17")));
}

TEST_F(FaceIdentificationTest, RefusesSeveralProcesses) {
  TrialSetup setup = FaceSetup();
  setup.group.size = 2;
  EXPECT_THAT(PrepareError(NewTrainer(), setup), HasSubstr("one process"));
}

TEST_F(FaceIdentificationTest, ChecksTheImagesOfTheSearchsSplits) {
  EXPECT_TRUE(CheckTrainerData(NewTrainer()).ok());
  std::filesystem::resize_file(folder_.path() / "p1_5.pgm", 300);
  const Status broken = CheckTrainerData(NewTrainer());
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(broken.error().message,
              AllOf(HasSubstr("faces.csv line 17"), HasSubstr("p1_5.pgm is truncated")));
}

}  // namespace
}  // namespace faretto
