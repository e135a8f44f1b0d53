#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "trainers/data/image_file.h"

namespace faretto {
namespace {

using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

std::string Encode(const std::string& extension) {
  cv::Mat image(40, 30, CV_8UC3);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      image.at<cv::Vec3b>(y, x) = cv::Vec3b(5 * x, 6 * y, (x * y * 37) % 256);
    }
  }
  if (extension == ".pgm") cv::cvtColor(image, image, cv::COLOR_BGR2GRAY);
  std::vector<unsigned char> bytes;
  cv::imencode(extension, image, bytes);
  return {bytes.begin(), bytes.end()};
}

class WholeAndCutFiles : public testing::TestWithParam<const char*> {};

TEST_P(WholeAndCutFiles, HaveNoFaultWhenWhole) {
  EXPECT_THAT(ImageFault(Encode(GetParam())), Eq(std::nullopt));
}

TEST_P(WholeAndCutFiles, AreToldApartWhereverTheCutIs) {
  const std::string whole = Encode(GetParam());
  for (std::size_t kept = 8; kept < whole.size(); ++kept) {
    EXPECT_NE(ImageFault(whole.substr(0, kept)), std::nullopt) << kept << " of " << whole.size();
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, WholeAndCutFiles, testing::Values(".ppm", ".pgm", ".png", ".jpg"),
                         [](const auto& instance) { return std::string(instance.param + 1); });

TEST(ImageFaultTest, SeesAPgmThatALineEndConversionMadeLonger) {
  const std::string pgm = std::string("P5\r\n2 2\r\n255\r\n") + "a\r\nbc";
  EXPECT_THAT(ImageFault(pgm), Optional(HasSubstr("longer than its header says")));
}

TEST(ImageFaultTest, ReadsPnmHeadersWithComments) {
  EXPECT_THAT(ImageFault("P5 # a # b\n# c\n2 2 255\nabcd"), Eq(std::nullopt));
}

TEST(ImageFaultTest, CountsTwoBytesForPixelsAbove255) {
  EXPECT_THAT(ImageFault("P5 2 1 65535\nabcd"), Eq(std::nullopt));
  EXPECT_THAT(ImageFault("P5 2 1 65535\nab"), Optional(HasSubstr("truncated")));
}

TEST(ImageFaultTest, SeesAPnmHeaderThatIsNoNumber) {
  EXPECT_THAT(ImageFault("P5 x y z"), Optional(HasSubstr("header")));
  EXPECT_THAT(ImageFault("P5 99999999999999999999 2 255\n"), Optional(HasSubstr("header")));
}

TEST(ImageFaultTest, DoesNotTakeAThumbnailsEndForTheEndOfAJpeg) {
  const std::string jpeg("\xFF\xD8\xFF\xE1\x00\x06\xFF\xD8\xFF\xD9\xFF\xDA\x00\x02zz", 16);
  EXPECT_THAT(ImageFault(jpeg), Optional(HasSubstr("truncated")));
  EXPECT_THAT(ImageFault(jpeg + "\xFF\xD9"), Eq(std::nullopt));
}

}  // namespace
}  // namespace faretto
