#include "trainers/data/augment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace faretto {
namespace {

using testing::ElementsAre;
using testing::Ne;

TEST(ResizedSideTest, IsAsPublished) {
  EXPECT_EQ(ResizedSide(112), 128);
  EXPECT_EQ(ResizedSide(224), 256);
  EXPECT_EQ(ResizedSide(64), 73);
}

TEST(TrainingCropTest, DependsOnSeedEpochAndImageOnly) {
  const auto place = [](std::uint64_t seed, int epoch, int image) {
    const Crop crop = TrainingCrop(seed, epoch, image, 256, 224);
    return std::vector<int>{crop.top, crop.left, crop.mirrored};
  };
  EXPECT_EQ(place(1, 2, 3), place(1, 2, 3));
  EXPECT_THAT(place(1, 2, 3), Ne(place(2, 2, 3)));
  EXPECT_THAT(place(1, 2, 3), Ne(place(1, 3, 3)));
  EXPECT_THAT(place(1, 2, 3), Ne(place(1, 2, 4)));
}

TEST(TrainingCropTest, ReachesEveryPlaceBothWays) {
  std::set<std::vector<int>> places;
  for (int image = 0; image < 1000; ++image) {
    const Crop crop = TrainingCrop(1, 0, image, 6, 4);
    places.insert({crop.top, crop.left, crop.mirrored});
  }
  EXPECT_EQ(places.size(), 3u * 3u * 2u);
  EXPECT_EQ(*places.begin(), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(*places.rbegin(), (std::vector<int>{2, 2, 1}));
}

TEST(CutOutTest, TakesThePlaceOfEveryChannelScaledToMinusOneToOne) {
  const std::uint8_t pixels[] = {9, 9, 9, 9, 0, 255, 9, 51, 204, 9, 9, 9, 9, 255, 0, 9, 204, 51};
  float out[8];
  CutOut(pixels, 2, 3, {1, 1, false}, 2, out);
  EXPECT_THAT(
      out, ElementsAre(-1, 1, testing::FloatNear(-0.6f, 1e-6f), testing::FloatNear(0.6f, 1e-6f), 1,
                       -1, testing::FloatNear(0.6f, 1e-6f), testing::FloatNear(-0.6f, 1e-6f)));
}

TEST(CutOutTest, MirrorsWithinTheCrop) {
  const std::uint8_t pixels[] = {0, 255, 9, 51, 204, 9, 9, 9, 9};
  float out[4];
  CutOut(pixels, 1, 3, {0, 0, true}, 2, out);
  EXPECT_THAT(
      out, ElementsAre(1, -1, testing::FloatNear(0.6f, 1e-6f), testing::FloatNear(-0.6f, 1e-6f)));
}

TEST(CentreCropTest, LeavesEqualMargins) {
  const Crop crop = CentreCrop(128, 112);
  EXPECT_EQ(crop.top, 8);
  EXPECT_EQ(crop.left, 8);
  EXPECT_FALSE(crop.mirrored);
}

TEST(EpochOrderTest, IsAPermutationOfItsOwnForEachSeedAndEpoch) {
  const std::vector<std::int64_t> order = EpochOrder(1, 0, 50);
  EXPECT_EQ(std::set<std::int64_t>(order.begin(), order.end()).size(), 50u);
  EXPECT_EQ(order, EpochOrder(1, 0, 50));
  EXPECT_NE(order, EpochOrder(1, 1, 50));
  EXPECT_NE(order, EpochOrder(2, 0, 50));
}

}  // namespace
}  // namespace faretto
