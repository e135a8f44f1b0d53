// The scheduler's catalogue (study/trainer_catalog.h) says what the trainers really do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search_spaces/presets.h"
#include "study/study_spec.h"
#include "study/trainer_catalog.h"
#include "tests/source_folder.h"
#include "tests/trainers/face_training.h"
#include "tests/trainers/one_thread.h"
#include "tests/trainers/synthetic_faces.h"
#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

TEST(TrainerCatalogTest, NamesTrainersThatExist) {
  for (const std::string& type : TrainerTypes()) {
    const auto made = MakeTrainer({{"type", type}});
    const std::string message = made.ok() ? "" : made.error().message;
    EXPECT_THAT(message, Not(HasSubstr("unknown"))) << type;
  }
}

TEST(TrainerCatalogTest, NamesTheMetricsAndBaselinesOfFaceIdentification) {
  const TestFolder folder;
  const Json trainer = FaceTrainerJson(WriteSyntheticFaces(folder.path()));
  const Space space = Space::Parse(*PresetSpace("dpn")).value();
  const Result<TrainerDescription> description = DescribeTrainer(trainer, space);
  ASSERT_TRUE(description.ok()) << description.error().message;
  const auto real = MakePrepared(trainer, FaceSetup());
  const FaceRun run = RunFaces(*real, 1);
  for (const std::string& metric : description->metrics) {
    if (metric.ends_with("ratio")) continue;  // absent where a denominator is 0
    EXPECT_THAT(run.metrics.at(0), Contains(Key(metric)));
  }
  for (const std::string& baseline : description->baselines) {
    if (baseline == "default") continue;  // trained as any trial
    EXPECT_TRUE(real->Baseline(baseline, "validation").ok()) << baseline;
  }
}

TEST(TrainerCatalogTest, NamesTheMetricsOfAFunction) {
  const Json trainer = {{"type", "function"}, {"problem", "dtlz2"}};
  Json parameters = Json::array();
  for (const char* name : {"x1", "x2", "x3"})
    parameters.push_back({{"name", name}, {"type", "float"}, {"low", 0}, {"high", 1}});
  const Space space = Space::Parse({{"parameters", parameters}}).value();
  TrialSetup setup;
  setup.params = {{"x1", 0.1}, {"x2", 0.2}, {"x3", 0.3}};
  const Result<TrainerDescription> description = DescribeTrainer(trainer, space);
  ASSERT_TRUE(description.ok()) << description.error().message;
  const FaceRun run = RunFaces(*MakePrepared(trainer, setup), 1);
  for (const std::string& metric : description->metrics) {
    EXPECT_THAT(run.metrics.at(0), Contains(Key(metric)));
  }
}

TEST(TrainerCatalogTest, AcceptsTheExampleStudyAndSoDoesItsTrainer) {
  const Result<StudySpec> study =
      LoadStudy(SourceFolder() / "examples/orl_faces.json", StudyUse::kRun);
  ASSERT_TRUE(study.ok()) << study.error().message;
  const auto made = MakeTrainer(study->trainer);
  EXPECT_TRUE(made.ok()) << made.error().message;
}

}  // namespace
}  // namespace faretto
