#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainers/trainer.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(TrainerRegistryTest, RefusesAnUnknownTrainerWithTheNearest) {
  for (const Json& trainer : {Json{{"type", "face_identificaton"}}, Json{{"type", "functions"}}}) {
    const auto made = MakeTrainer(trainer);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(made.error().message, AllOf(HasSubstr("trainer.type"), HasSubstr("did you mean")));
    EXPECT_FALSE(CheckTrainerData(trainer).ok());
  }
}

TEST(TrainerRegistryTest, RefusesATrainerWithoutType) {
  for (const Json& trainer : {Json(), Json::array(), Json{{"type", 3}}}) {
    const auto made = MakeTrainer(trainer);
    ASSERT_FALSE(made.ok());
    EXPECT_THAT(made.error().message, HasSubstr("trainer needs a \"type\""));
  }
}

TEST(TrainerRegistryTest, HasNoDataToCheckForAFunction) {
  EXPECT_TRUE(CheckTrainerData({{"type", "function"}, {"problem", "zdt1"}}).ok());
}

}  // namespace
}  // namespace faretto
