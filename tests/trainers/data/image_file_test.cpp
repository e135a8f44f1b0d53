#include "trainers/data/image_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImageFileTest : public testing::Test {
 protected:
  std::filesystem::path Write(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  TestFolder folder_;
};

TEST_F(ImageFileTest, ReadsGreyPixelsAsTheyAre) {
  const Result<Image> image = ReadImage(Write("a.pgm", "P5 3 2 255\nabcdef"), {1, 0});
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(image->height, 2);
  EXPECT_EQ(image->width, 3);
  EXPECT_THAT(image->pixels, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
}

TEST_F(ImageFileTest, OrdersColoursRedGreenBlueInPlanes) {
  const Result<Image> image = ReadImage(Write("a.ppm", "P6 2 1 255\nrgbRGB"), {3, 0});
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_THAT(image->pixels, ElementsAre('r', 'R', 'g', 'G', 'b', 'B'));
}

TEST_F(ImageFileTest, RepeatsGreyInThreeChannelsOnRequest) {
  const Result<Image> image = ReadImage(Write("a.pgm", "P5 2 1 255\nab"), {3, 0});
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_THAT(image->pixels, ElementsAre('a', 'b', 'a', 'b', 'a', 'b'));
}

TEST_F(ImageFileTest, AveragesPixelAreasWhenItShrinks) {
  const std::string pixels("\x00\x64\x0A\x14\x64\xC8\x1E\x28", 8);
  const Result<Image> image = ReadImage(Write("a.pgm", "P5 4 2 255\n" + pixels), 1, 1, 2);
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_THAT(image->pixels, ElementsAre(100, 25));
}

TEST_F(ImageFileTest, ResizesToASquare) {
  const Result<Image> image = ReadImage(Write("a.pgm", "P5 3 2 255\nabcdef"), {1, 5});
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(image->height, 5);
  EXPECT_EQ(image->width, 5);
}

TEST_F(ImageFileTest, RefusesATruncatedFileByName) {
  const Result<Image> image = ReadImage(Write("cut.pgm", "P5 3 2 255\nabcde"), {1, 0});
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(image.error().message, HasSubstr("cut.pgm is truncated"));
}

TEST_F(ImageFileTest, RefusesAFileThatIsNoImage) {
  const Result<Image> image = ReadImage(Write("note.png", "no image at all"), {1, 0});
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(image.error().message, HasSubstr("cannot be decoded"));
}

TEST_F(ImageFileTest, RefusesAFileWithDamagedContent) {
  cv::Mat pixels(60, 60, CV_8UC1);
  cv::randu(pixels, 0, 255);
  std::vector<unsigned char> bytes;
  cv::imencode(".png", pixels, bytes);
  bytes[bytes.size() / 2] ^= 0xFF;
  EXPECT_FALSE(ReadImage(Write("a.png", {bytes.begin(), bytes.end()}), {1, 0}).ok());
}

TEST_F(ImageFileTest, RefusesAMissingFile) {
  const Result<Image> image = ReadImage(folder_.path() / "none.pgm", {1, 0});
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(image.error().message, HasSubstr("none.pgm"));
}

}  // namespace
}  // namespace faretto
