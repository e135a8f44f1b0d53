#include "trainers/face_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faretto {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string ErrorOf(const Json& extra) {
  Json trainer = {{"type", "face_identification"}, {"dataset", {{"type", "image_list"}}}};
  trainer.update(extra);
  const Result<FaceOptions> options = ParseFaceOptions(trainer);
  return options.ok() ? "no error" : options.error().message;
}

TEST(FaceOptionsTest, HaveTheDefaultsOfTheSpace) {
  const Result<FaceOptions> options =
      ParseFaceOptions({{"type", "face_identification"}, {"dataset", {{"type", "image_list"}}}});
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->edges, "201");
  EXPECT_EQ(options->head, "CosFace");
  EXPECT_EQ(options->optimizer, "Adam");
  EXPECT_EQ(options->learning_rate(), 1e-3);
  EXPECT_EQ(options->network, "dpn_small");
  EXPECT_EQ(options->batch, 16);
}

TEST(FaceOptionsTest, AreOverriddenByAConfiguration) {
  const Result<FaceOptions> options = WithParameters({}, {{"edge1", "3"},
                                                          {"edge3", 5},
                                                          {"head", "MagFace"},
                                                          {"optimizer", "SGD"},
                                                          {"lr_sgd", 0.02},
                                                          {"batch", 8},
                                                          {"weight_decay", 0}});
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->edges, "305");
  EXPECT_EQ(options->head, "MagFace");
  EXPECT_EQ(options->learning_rate(), 0.02);
  EXPECT_EQ(options->batch, 8);
  EXPECT_EQ(options->weight_decay, 0);
}

TEST(FaceOptionsTest, TakeTheLearningRateOfTheirOptimizer) {
  const Json rates = {{"lr_adam", 0.003}, {"lr_sgd", 0.2}};
  Json params = rates;
  params["optimizer"] = "AdamW";
  EXPECT_EQ(WithParameters({}, params)->learning_rate(), 0.003);
  params["optimizer"] = "SGD";
  EXPECT_EQ(WithParameters({}, params)->learning_rate(), 0.2);
  params["lr"] = 0.5;
  EXPECT_EQ(WithParameters({}, params)->learning_rate(), 0.5);
}

TEST(FaceOptionsTest, RefuseUnknownKeysWithTheNearest) {
  EXPECT_THAT(ErrorOf({{"chanels", 1}}),
              AllOf(HasSubstr("trainer.chanels"), HasSubstr("\"channels\"")));
}

TEST(FaceOptionsTest, RefuseValuesOutOfRange) {
  EXPECT_THAT(ErrorOf({{"channels", 2}}), HasSubstr("trainer.channels must be 1"));
  EXPECT_THAT(ErrorOf({{"batch", 1}}), HasSubstr("trainer.batch must be a whole number from 2"));
  EXPECT_THAT(ErrorOf({{"batch", 16.5}}), HasSubstr("trainer.batch"));
  EXPECT_THAT(ErrorOf({{"image_size", "64"}}), HasSubstr("trainer.image_size"));
  EXPECT_THAT(ErrorOf({{"weight_decay", -1}}), HasSubstr("trainer.weight_decay"));
}

TEST(FaceOptionsTest, RefuseParametersOutOfRange) {
  const auto error = [](const Json& params) {
    const Result<FaceOptions> options = WithParameters({}, params);
    return options.ok() ? "no error" : options.error().message;
  };
  EXPECT_THAT(error({{"lr_adam", 0}}), HasSubstr("the parameter lr_adam must be a number above 0"));
  EXPECT_THAT(error({{"edge1", "9"}}), HasSubstr("the parameter edge1 must be a digit"));
  EXPECT_THAT(error({{"head", "CosFase"}}), HasSubstr("\"CosFace\""));
  EXPECT_THAT(error({{"optimizer", "adamw"}}), HasSubstr("\"AdamW\""));
  EXPECT_THAT(error({{"optimiser", "Adam"}}), HasSubstr("\"optimizer\""));
}

TEST(FaceOptionsTest, RefuseAnUnknownNetworkWithTheNearest) {
  EXPECT_THAT(ErrorOf({{"network", "dpn_smal"}}), HasSubstr("\"dpn_small\""));
}

TEST(FaceOptionsTest, NeedADataSet) {
  const Result<FaceOptions> options = ParseFaceOptions({{"type", "face_identification"}});
  ASSERT_FALSE(options.ok());
  EXPECT_THAT(options.error().message, HasSubstr("trainer.dataset is missing"));
}

}  // namespace
}  // namespace faretto
