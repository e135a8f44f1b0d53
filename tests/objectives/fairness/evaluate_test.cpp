#include "objectives/fairness/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

#include "base/files.h"
#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

class Evaluate : public ::testing::Test {
 protected:
  Evaluate()
      : folder_(std::filesystem::temp_directory_path() /
                ("faretto-evaluate-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Evaluate() override { std::filesystem::remove_all(folder_); }

  void WriteEmbeddings(const std::vector<std::vector<float>>& rows) {
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                               std::to_string(rows.size()) + ", " +
                               std::to_string(rows.empty() ? 2 : rows[0].size()) + "), }\n";
    std::string text = std::string("\x93NUMPY\x01", 7) + '\0';
    text += static_cast<char>(header.size());
    text += '\0' + header;
    for (const std::vector<float>& row : rows)
      text.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float));
    ASSERT_TRUE(WriteFileAtomically(folder_ / "e.npy", text).ok());
  }

  void WriteLabels(const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / "l.csv", text).ok());
  }

  Result<Fairness> Run(const std::string& group = "") const {
    return EvaluateEmbeddings(folder_ / "e.npy", folder_ / "l.csv", {group, 1, 1});
  }

  void ExpectRefused(const std::string& message, const std::string& group = "") const {
    const auto result = Run(group);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(result.error().message, HasSubstr(message));
  }

  std::filesystem::path folder_;
};

TEST_F(Evaluate, ReproducesTheNineImagesFromFiles) {
  const Json golden = FrnasGolden().at("ranks");
  std::vector<std::vector<float>> rows;
  std::string labels = "gender,identity\n";
  for (const Json& image : golden.at("images_identity_group_angle_degrees")) {
    const double angle = image[2].get<double>() * M_PI / 180;
    rows.push_back(
        {static_cast<float>(3 * std::cos(angle)), static_cast<float>(3 * std::sin(angle))});
    labels += image[1].get<std::string>() + "," + image[0].get<std::string>() + "\n";
  }
  WriteEmbeddings(rows);
  WriteLabels(labels);
  const auto result = Run("gender");
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_NEAR(*result->rank_ratio.value, golden["unrankable_left_out"]["Rank Ratio"], 1e-12);
  EXPECT_EQ(result->unranked, 1u);
  EXPECT_TRUE(Run()->groups.empty());
}

TEST_F(Evaluate, GivesACollapsedModelErrorOneAndNoDisparities) {
  WriteEmbeddings({{1, 2}, {1, 2}, {1, 2}, {1, 2}});
  WriteLabels("identity,g\na,0\na,0\nb,1\nb,\n");
  const auto result = Run("g");
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->error.value, 1.0);
  EXPECT_FALSE(result->rank_disparity.value);
  EXPECT_EQ(result->groups.at("1").n, 1u);
}

TEST_F(Evaluate, RefusesLabelsThatDoNotFit) {
  WriteEmbeddings({{1, 2}, {2, 1}, {1, 1}});
  WriteLabels("identity,glasses\na,0\nb,1\n");
  ExpectRefused("e.npy has 3 rows, but");
  WriteLabels("identity,glasses\na,0\na,1\na,1\n");
  ExpectRefused("at least two identities");
  WriteLabels("identity,glasses\na,0\n,1\nb,1\n");
  ExpectRefused("line 3: the identity is empty");
  WriteLabels("person,glasses\na,0\n");
  ExpectRefused("there is no column \"identity\"");
  WriteLabels("identity,glasses\na,0\na,1\nb,1\n");
  ExpectRefused("did you mean \"glasses\"", "glases");
}

TEST_F(Evaluate, RefusesEmbeddingsThatCannotBeRanked) {
  WriteLabels("identity\na\na\nb\n");
  WriteEmbeddings({{1, 2}, {0, 0}, {1, 1}});
  ExpectRefused("row 1");
  WriteEmbeddings({{1, 2}, {1, 0}, {1, NAN}});
  ExpectRefused("row 2");
  ASSERT_TRUE(WriteFileAtomically(folder_ / "e.npy", "text").ok());
  ExpectRefused("not a NumPy array file");
  std::filesystem::remove(folder_ / "e.npy");
  ExpectRefused("e.npy");
}

TEST_F(Evaluate, RefusesEmptyFiles) {
  WriteEmbeddings({});
  WriteLabels("identity\n");
  ExpectRefused("the array is empty");
}

}  // namespace
}  // namespace faretto
