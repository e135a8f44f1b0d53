#include "trainers/face_embedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/trainers/one_thread.h"
#include "tests/trainers/synthetic_faces.h"
#include "tests/trainers/test_folder.h"
#include "trainers/data/augment.h"
#include "trainers/face_state.h"

namespace faretto {
namespace {

using testing::HasSubstr;

class FaceEmbeddingTest : public testing::Test {
 protected:
  ImageSet Images(int side) {
    std::vector<ImageSet::Item> items;
    for (int i = 0; i < 3; ++i) {
      const std::filesystem::path path = folder_.path() / (std::to_string(i) + ".pgm");
      WriteSyntheticFace(path, i, i, 40);
      items.push_back({path, std::to_string(i), "", "here"});
    }
    return ImageSet::Open(items, {1, side}, 1 << 20).value();
  }

  TestFolder folder_;
};

TEST_F(FaceEmbeddingTest, SumsTheImageAndItsMirrorImageAndNormalises) {
  FaceOptions options;
  options.channels = 1;
  const auto network = MakeFaceNetwork(options, 1).value();
  const ImageSet images = Images(ResizedSide(32));
  const Result<torch::Tensor> embeddings = Embed(*network, images, 32);
  ASSERT_TRUE(embeddings.ok()) << embeddings.error().message;
  std::vector<std::uint8_t> scratch;
  torch::Tensor input = torch::empty({1, 1, 32, 32});
  CutOut(images.Pixels(1, scratch).value(), 1, 36, CentreCrop(36, 32), 32, input.data_ptr<float>());
  network->eval();
  const torch::Tensor sum = (network->forward(input) + network->forward(input.flip(3)))[0];
  EXPECT_TRUE(torch::allclose((*embeddings)[1], sum / sum.norm(), 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(embeddings->norm(2, 1), torch::ones({3})));
}

TEST_F(FaceEmbeddingTest, LeavesTheNetworkInItsMode) {
  FaceOptions options;
  options.channels = 1;
  const auto network = MakeFaceNetwork(options, 1).value();
  network->train();
  ASSERT_TRUE(Embed(*network, Images(36), 32).ok());
  EXPECT_TRUE(network->is_training());
}

TEST_F(FaceEmbeddingTest, IsAnErrorWhenTheNetworkGivesNan) {
  FaceOptions options;
  options.channels = 1;
  const auto network = MakeFaceNetwork(options, 1).value();
  {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : network->parameters()) {
      parameter.fill_(std::numeric_limits<float>::quiet_NaN());
    }
  }
  const Result<torch::Tensor> embeddings = Embed(*network, Images(36), 32);
  ASSERT_FALSE(embeddings.ok());
  EXPECT_EQ(embeddings.error().message, "nan");
}

TEST_F(FaceEmbeddingTest, OfPixelsHasNoMeanAndUnitLength) {
  const Result<torch::Tensor> embeddings = PixelEmbeddings(Images(0));
  ASSERT_TRUE(embeddings.ok()) << embeddings.error().message;
  EXPECT_EQ(embeddings->size(1), 40 * 40);
  EXPECT_TRUE(torch::allclose(embeddings->mean(1), torch::zeros({3}), 0, 1e-7));
  EXPECT_TRUE(torch::allclose(embeddings->norm(2, 1), torch::ones({3})));
}

TEST_F(FaceEmbeddingTest, OfPixelsRefusesAnImageOfOneColour) {
  std::ofstream(folder_.path() / "flat.pgm") << "P5 2 2 255\naaaa";
  const ImageSet images =
      ImageSet::Open({{folder_.path() / "flat.pgm", "a", "", "list.csv line 9"}}, {1, 0}, 1 << 20)
          .value();
  const Result<torch::Tensor> embeddings = PixelEmbeddings(images);
  ASSERT_FALSE(embeddings.ok());
  EXPECT_THAT(embeddings.error().message, HasSubstr("list.csv line 9"));
}

}  // namespace
}  // namespace faretto
