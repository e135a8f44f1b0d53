// Training 0 -> 6 equals 0 -> stop, save, load -> 6 bit for bit: checkpoints compare as bytes, and
// hold weights, batch-norm statistics, optimizer buffers, place and random state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "base/process.h"
#include "tests/trainers/face_training.h"
#include "tests/trainers/one_thread.h"
#include "tests/trainers/synthetic_faces.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kBatchesPerEpoch = 4;

class FaceCheckpointTest : public testing::Test {
 protected:
  Json NewTrainer() const { return FaceTrainerJson(csv_); }
  std::filesystem::path File(const std::string& name) const { return folder_.path() / name; }
  std::string SavedBy(Trainer& trainer) const {
    EXPECT_TRUE(trainer.Save(File("saved")).ok());
    return ReadFile(File("saved")).value();
  }
  std::string Straight(const Json& params) const {
    const auto trainer = MakePrepared(NewTrainer(), FaceSetup(params));
    EXPECT_EQ(RunFaces(*trainer, 6).end.kind, RunEnd::Kind::kReached);
    return SavedBy(*trainer);
  }

  TestFolder folder_;
  const std::filesystem::path csv_ = WriteSyntheticFaces(folder_.path());
};

class FaceContinuationTest
    : public FaceCheckpointTest,
      public testing::WithParamInterface<std::tuple<const char*, const char*>> {
 protected:
  Json Params() const {
    return {{"optimizer", std::get<0>(GetParam())},
            {"head", std::get<1>(GetParam())},
            {"lr_sgd", 0.01},
            {"edge1", "4"},
            {"edge2", "7"},
            {"edge3", "1"}};
  }
};

TEST_P(FaceContinuationTest, IsBitIdenticalAfterAStopBetweenEpochs) {
  const auto first = MakePrepared(NewTrainer(), FaceSetup(Params()));
  ASSERT_EQ(RunFaces(*first, 2).end.kind, RunEnd::Kind::kReached);
  ASSERT_TRUE(first->Save(File("at2")).ok());
  const auto second = MakePrepared(NewTrainer(), FaceSetup(Params()));
  ASSERT_TRUE(second->Load(File("at2")).ok());
  EXPECT_EQ(RunFaces(*second, 6).resources, (std::vector<std::int64_t>{3, 4, 5, 6}));
  EXPECT_TRUE(SavedBy(*second) == Straight(Params()));
}

TEST_P(FaceContinuationTest, IsBitIdenticalAfterAStopInsideAnEpoch) {
  const auto first = MakePrepared(NewTrainer(), FaceSetup(Params()));
  const RunEnd end = RunFaces(*first, 6, 2 * kBatchesPerEpoch + 3).end;
  ASSERT_EQ(end.kind, RunEnd::Kind::kStopped);
  EXPECT_EQ(end.resource, 2);
  EXPECT_EQ(end.batch, 3);
  ASSERT_TRUE(first->Save(File("inside")).ok());
  const auto second = MakePrepared(NewTrainer(), FaceSetup(Params()));
  ASSERT_TRUE(second->Load(File("inside")).ok());
  EXPECT_EQ(RunFaces(*second, 6).end.kind, RunEnd::Kind::kReached);
  EXPECT_TRUE(SavedBy(*second) == Straight(Params()));
}

INSTANTIATE_TEST_SUITE_P(OptimizersAndHeads, FaceContinuationTest,
                         testing::Combine(testing::Values("SGD", "Adam", "AdamW"),
                                          testing::Values("CosFace", "ArcFace", "MagFace")),
                         [](const auto& instance) {
                           return std::string(std::get<0>(instance.param)) + "_" +
                                  std::get<1>(instance.param);
                         });

TEST_F(FaceCheckpointTest, ContinuesBitForBitInAnotherProcess) {
  const Json params = {{"optimizer", "AdamW"}};
  const auto first = MakePrepared(NewTrainer(), FaceSetup(params));
  RunFaces(*first, 6, kBatchesPerEpoch + 1);
  ASSERT_TRUE(first->Save(File("inside")).ok());
  Result<Process> other =
      Process::Start({.command = {FARETTO_FACE_CONTINUE, csv_.string(), DumpJson(params),
                                  File("inside").string(), File("after").string()}});
  ASSERT_TRUE(other.ok()) << other.error().message;
  const ProcessEnd end = other->Wait();
  ASSERT_TRUE(end.ok()) << end.Describe();
  EXPECT_TRUE(ReadFile(File("after")).value() == Straight(params));
}

TEST_F(FaceCheckpointTest, IsValidInsideAReport) {
  const auto first = MakePrepared(NewTrainer(), FaceSetup());
  RunCallbacks callbacks;
  callbacks.on_report = [&](std::int64_t resource, const Metrics&, double) {
    if (resource == 2) {
      EXPECT_TRUE(first->Save(File("at2")).ok());
    }
  };
  ASSERT_TRUE(first->Run(6, callbacks).ok());
  const auto second = MakePrepared(NewTrainer(), FaceSetup());
  ASSERT_TRUE(second->Load(File("at2")).ok());
  RunFaces(*second, 6);
  EXPECT_TRUE(SavedBy(*first) == SavedBy(*second));
}

TEST_F(FaceCheckpointTest, OfAnotherTrainingIsRefused) {
  const auto first = MakePrepared(NewTrainer(), FaceSetup());
  ASSERT_TRUE(first->Save(File("saved")).ok());
  const auto second = MakePrepared(NewTrainer(), FaceSetup({{"edge1", "4"}}));
  const Status loaded = second->Load(File("saved"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(loaded.error().message,
              AllOf(HasSubstr("another training"), HasSubstr("401"), HasSubstr("201")));
}

TEST_F(FaceCheckpointTest, LeavesAFreshTrainingWhenItIsDamaged) {
  const auto first = MakePrepared(NewTrainer(), FaceSetup());
  RunFaces(*first, 1);
  ASSERT_TRUE(first->Save(File("cut")).ok());
  std::filesystem::resize_file(File("cut"), std::filesystem::file_size(File("cut")) - 100);
  const auto second = MakePrepared(NewTrainer(), FaceSetup());
  const Status loaded = second->Load(File("cut"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(loaded.error().message, HasSubstr("cut"));
  RunFaces(*second, 6);
  EXPECT_TRUE(SavedBy(*second) == Straight(Json::object()));
}

}  // namespace
}  // namespace faretto
