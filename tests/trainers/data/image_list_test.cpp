#include "trainers/data/image_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "tests/trainers/synthetic_faces.h"
#include "tests/trainers/test_folder.h"
#include "trainers/data/data_set.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ImageListTest : public testing::Test {
 protected:
  Result<std::unique_ptr<DataSet>> Make(const std::filesystem::path& csv,
                                        const std::string& group = "glasses", int memory_mb = 100) {
    return MakeDataSet({{"type", "image_list"}, {"csv", csv.string()}, {"memory_mb", memory_mb}},
                       group);
  }
  Result<std::unique_ptr<DataSet>> MakeFromText(const std::string& text,
                                                const std::string& group = "") {
    std::ofstream(folder_.path() / "list.csv") << text;
    return Make(folder_.path() / "list.csv", group);
  }
  // The message of making the list and opening the split, or "no error".
  std::string ErrorOf(const std::string& text, const std::string& split,
                      const std::string& group = "") {
    const auto list = MakeFromText(text, group);
    if (!list.ok()) return list.error().message;
    const auto images = list.value()->Open(split, {1, 8});
    if (images.ok()) return "no error";
    EXPECT_EQ(images.error().kind, ErrorKind::kInvalid);
    return images.error().message;
  }
  void WriteFaces(int count) {
    for (int i = 0; i < count; ++i) {
      WriteSyntheticFace(folder_.path() / (std::to_string(i) + ".pgm"), i, i, 12);
    }
  }

  TestFolder folder_;
};

TEST_F(ImageListTest, OpensTheImagesOfOneSplitWithIdentityAndGroup) {
  WriteFaces(3);
  const auto list = MakeFromText(
      "identity,path,age,glasses,split\nb,0.pgm,1,yes,train\na,1.pgm,1,,train\na,2.pgm,1,no,test\n",
      "glasses");
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_THAT(list.value()->train_identities(), ElementsAre("a", "b"));
  const Result<ImageSet> images = list.value()->Open("train", {1, 8});
  ASSERT_TRUE(images.ok()) << images.error().message;
  ASSERT_EQ(images->size(), 2u);
  EXPECT_EQ(images->items()[0].identity, "b");
  EXPECT_EQ(images->items()[0].group, "yes");
  EXPECT_EQ(images->items()[1].group, "");
  EXPECT_EQ(images->image_bytes(), 64u);
}

TEST_F(ImageListTest, DoesNotTouchFilesOfOtherSplits) {
  const auto list = Make(WriteSyntheticFaces(folder_.path(), {.test_files = false}));
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_TRUE(list.value()->Open("train", {1, 8}).ok());
  EXPECT_TRUE(list.value()->Open("validation", {1, 8}).ok());
  const Result<ImageSet> test = list.value()->Open("test", {1, 8});
  ASSERT_FALSE(test.ok());
  EXPECT_THAT(test.error().message, AllOf(HasSubstr("faces.csv line 9"), HasSubstr("p0_7.pgm")));
}

TEST_F(ImageListTest, GivesTheSamePixelsWhenTheyDoNotFitInMemory) {
  const std::filesystem::path csv = WriteSyntheticFaces(folder_.path());
  const auto in_memory = Make(csv), on_disk = Make(csv, "glasses", 0);
  ASSERT_TRUE(in_memory.ok() && on_disk.ok());
  const Result<ImageSet> a = in_memory.value()->Open("train", {3, 20});
  const Result<ImageSet> b = on_disk.value()->Open("train", {3, 20});
  ASSERT_TRUE(a.ok() && b.ok());
  std::vector<std::uint8_t> scratch_a, scratch_b;
  for (std::size_t i = 0; i < a->size(); ++i) {
    const std::uint8_t* pixels_a = a->Pixels(i, scratch_a).value();
    const std::uint8_t* pixels_b = b->Pixels(i, scratch_b).value();
    EXPECT_TRUE(std::equal(pixels_a, pixels_a + a->image_bytes(), pixels_b)) << i;
  }
  EXPECT_TRUE(scratch_a.empty());
  EXPECT_FALSE(scratch_b.empty());
}

TEST_F(ImageListTest, TakesTheFirstImagesSizeWhenNoneIsAskedFor) {
  const auto list = Make(WriteSyntheticFaces(folder_.path(), {.side = 17}));
  ASSERT_TRUE(list.ok());
  const Result<ImageSet> images = list.value()->Open("train", {1, 0});
  ASSERT_TRUE(images.ok());
  EXPECT_EQ(images->height(), 17);
  EXPECT_EQ(images->width(), 17);
}

TEST_F(ImageListTest, RefusesAMissingCsv) {
  const auto list = Make(folder_.path() / "none.csv");
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(list.error().message, HasSubstr("none.csv"));
}

TEST_F(ImageListTest, RefusesAMissingColumn) {
  EXPECT_THAT(ErrorOf("path,identities,split\n0.pgm,a,train\n", "train"),
              AllOf(HasSubstr("list.csv line 1"), HasSubstr("\"identity\" is missing"),
                    HasSubstr("identities")));
}

TEST_F(ImageListTest, RefusesAnUnknownSplitWord) {
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n1.pgm,a,val\n", "train"),
              AllOf(HasSubstr("list.csv line 3"), HasSubstr("\"val\"")));
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n", "trian"), HasSubstr("\"train\""));
}

TEST_F(ImageListTest, RefusesAnUnknownGroupWithTheNearestName) {
  EXPECT_THAT(ErrorOf("path,identity,glasses,split\n0.pgm,a,1,train\n", "train", "glases"),
              AllOf(HasSubstr("no attribute column \"glases\""), HasSubstr("\"glasses\"")));
}

TEST_F(ImageListTest, RefusesAMissingImageWithItsLine) {
  WriteFaces(1);
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n9.pgm,b,train\n", "train"),
              AllOf(HasSubstr("list.csv line 3"), HasSubstr("9.pgm")));
}

TEST_F(ImageListTest, RefusesATruncatedImageOfEveryFormatWithItsLine) {
  WriteFaces(1);
  cv::Mat pixels(50, 50, CV_8UC1);
  cv::randu(pixels, 0, 255);
  for (const std::string name : {"cut.pgm", "cut.png", "cut.jpg"}) {
    const std::filesystem::path path = folder_.path() / name;
    cv::imwrite(path.string(), pixels);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) * 3 / 4);
    EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n" + name + ",b,train\n", "train"),
                AllOf(HasSubstr("list.csv line 3"), HasSubstr(name + " is truncated")));
  }
}

TEST_F(ImageListTest, RefusesAnEmptySplit) {
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n", "test"),
              AllOf(HasSubstr("\"test\""), HasSubstr("has no image")));
}

TEST_F(ImageListTest, RefusesADataSetWithOneIdentity) {
  WriteFaces(2);
  const std::string text =
      "path,identity,split\n0.pgm,a,train\n1.pgm,a,train\n2.pgm,a,validation\n";
  EXPECT_THAT(ErrorOf(text, "train"), HasSubstr("one identity only (\"a\")"));
  EXPECT_THAT(ErrorOf(text, "validation"), HasSubstr("one identity only (\"a\")"));
}

TEST_F(ImageListTest, RefusesATrainingSplitOfOneImage) {
  WriteFaces(1);
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n", "train"), HasSubstr("one identity"));
}

TEST_F(ImageListTest, RefusesASplitInWhichNothingCanBeRanked) {
  WriteFaces(2);
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,test\n1.pgm,b,test\n", "test"),
              HasSubstr("no identity with two images"));
}

TEST_F(ImageListTest, RefusesASplitWithOneGroup) {
  WriteFaces(3);
  EXPECT_THAT(ErrorOf("path,identity,g,split\n0.pgm,a,1,test\n1.pgm,a,,test\n2.pgm,b,1,test\n",
                      "test", "g"),
              HasSubstr("needs at least two"));
}

TEST_F(ImageListTest, RefusesAnImageThatStandsTwice) {
  EXPECT_THAT(ErrorOf("path,identity,split\n0.pgm,a,train\n./0.pgm,a,test\n", "train"),
              AllOf(HasSubstr("list.csv line 3"), HasSubstr("list.csv line 2")));
}

TEST_F(ImageListTest, RefusesUnknownTypesAndKeysWithTheNearestName) {
  const auto type = MakeDataSet({{"type", "image_lst"}, {"csv", "a"}}, "");
  ASSERT_FALSE(type.ok());
  EXPECT_THAT(type.error().message, HasSubstr("\"image_list\""));
  const auto key = MakeDataSet({{"type", "image_list"}, {"csvs", "a"}}, "");
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(key.error().message,
              AllOf(HasSubstr("trainer.dataset.csv is missing"), HasSubstr("\"csvs\"")));
}

}  // namespace
}  // namespace faretto
