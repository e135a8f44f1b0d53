#include "objectives/fairness/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/random.h"
#include "objectives/fairness/similarity.h"
#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

struct Sample {
  std::size_t dimensions = 0;
  std::vector<float> values;
  std::vector<std::int32_t> identities;
};

// By definition, all in double: every pair's similarity, nothing sorted away or blocked. Two
// similarities are equal where only rounding tells them apart.
ImageRanks BruteForce(const Sample& sample) {
  const std::size_t n = sample.identities.size();
  std::vector<std::vector<double>> rows(n);
  for (std::size_t i = 0; i < n; ++i) {
    double squares = 0;
    for (std::size_t k = 0; k < sample.dimensions; ++k) {
      rows[i].push_back(sample.values[i * sample.dimensions + k]);
      squares += rows[i][k] * rows[i][k];
    }
    for (double& value : rows[i]) value /= std::sqrt(squares);
  }
  const auto similarity = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t k = 0; k < sample.dimensions; ++k) sum += rows[i][k] * rows[j][k];
    return sum;
  };
  const double tie = (static_cast<double>(sample.dimensions) + 8) * 0x1p-53;
  ImageRanks ranks(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::optional<double> mate;
    for (std::size_t j = 0; j < n; ++j)
      if (j != i && sample.identities[j] == sample.identities[i])
        mate = std::max(mate.value_or(-2), similarity(i, j));
    if (!mate) continue;
    ImageRank rank;
    std::set<std::int32_t> nearer;
    for (std::size_t j = 0; j < n; ++j) {
      if (sample.identities[j] == sample.identities[i] || similarity(i, j) < *mate - tie) continue;
      ++rank.by_image;
      nearer.insert(sample.identities[j]);
    }
    rank.by_identity = static_cast<std::int32_t>(nearer.size());
    rank.mate_distance = std::sqrt(std::max(0.0, 2 - 2 * *mate));
    ranks[i] = rank;
  }
  return ranks;
}

void ExpectSame(const ImageRanks& ranks, const ImageRanks& expected) {
  ASSERT_EQ(ranks.size(), expected.size());
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ASSERT_EQ(ranks[i].has_value(), expected[i].has_value()) << "image " << i;
    if (!ranks[i]) continue;
    EXPECT_EQ(ranks[i]->by_image, expected[i]->by_image) << "image " << i;
    EXPECT_EQ(ranks[i]->by_identity, expected[i]->by_identity) << "image " << i;
    EXPECT_NEAR(ranks[i]->mate_distance, expected[i]->mate_distance, 3e-8) << "image " << i;
  }
}

// Some rows repeat an earlier row bit for bit, within an identity and across; some are nearer to
// each other than float can tell; identities have very different sizes, some a single image.
Sample MakeSample(std::uint64_t seed) {
  RandomStream random(seed, "test/ranking");
  Sample sample;
  sample.dimensions = 1 + random.Below(40);
  const std::size_t n = 2 + random.Below(250);
  const std::uint64_t identities = 1 + random.Below(n);
  for (std::size_t i = 0; i < n; ++i) {
    const bool repeat = i > 0 && random.Uniform() < 0.3;
    const std::size_t from = repeat ? random.Below(i) * sample.dimensions : 0;
    const double nudge = random.Uniform() < 0.5 ? 0 : 1e-6;
    for (std::size_t k = 0; k < sample.dimensions; ++k)
      sample.values.push_back(static_cast<float>(
          repeat ? sample.values[from + k] * (1 + nudge * random.Normal()) : random.Normal()));
    // A square favours the first identities.
    const double u = random.Uniform();
    sample.identities.push_back(static_cast<std::int32_t>(u * u * static_cast<double>(identities)));
  }
  return sample;
}

TEST(Ranking, EqualsTheDefinitionOnEmbeddingsWithExactAndNearTies) {
  // A single number a row leaves only the directions +1 and -1: ties everywhere.
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample sample = MakeSample(seed);
    const auto ranks = RankImages(sample.values, sample.dimensions, sample.identities);
    ASSERT_TRUE(ranks.ok()) << ranks.error().message;
    ExpectSame(*ranks, BruteForce(sample));
  }
}

// Embeddings of whole numbers, whose similarities exact arithmetic can compare: a . b / |a| |b|
// against a . c / |a| |c| by the signs and by (a . b)^2 |c|^2 and (a . c)^2 |b|^2.
struct Codes {
  std::size_t dimensions = 0;
  std::vector<std::int64_t> values;

  std::int64_t Dot(std::size_t i, std::size_t j) const {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < dimensions; ++k)
      sum += values[i * dimensions + k] * values[j * dimensions + k];
    return sum;
  }
  // Is row b at least as near to row a as row c is?
  bool AtLeastAsNear(std::size_t a, std::size_t b, std::size_t c) const {
    const std::int64_t to_b = Dot(a, b);
    const std::int64_t to_c = Dot(a, c);
    const std::int64_t left = to_b * std::abs(to_b) * Dot(c, c);
    return left >= to_c * std::abs(to_c) * Dot(b, b);
  }
};

std::int32_t ExactRankByImage(const Codes& codes, const std::vector<std::int32_t>& identities,
                              std::size_t probe) {
  std::optional<std::size_t> mate;
  for (std::size_t j = 0; j < identities.size(); ++j) {
    if (j == probe || identities[j] != identities[probe]) continue;
    if (!mate || codes.AtLeastAsNear(probe, j, *mate)) mate = j;
  }
  std::int32_t rank = 0;
  for (std::size_t j = 0; j < identities.size(); ++j)
    if (identities[j] != identities[probe] && codes.AtLeastAsNear(probe, j, *mate)) ++rank;
  return rank;
}

TEST(Ranking, TiesOfQuantisedEmbeddingsAreTies) {
  struct Kind {
    std::int64_t lowest, highest;
    bool zero;
  };
  // Signs, zeros and ones, ternary, four bits. Lengths are irrational in most of them.
  for (const Kind kind :
       {Kind{-1, 1, false}, Kind{0, 1, true}, Kind{-1, 1, true}, Kind{-3, 3, true}})
    for (const std::size_t dimensions : {7, 32, 65, 128})
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        SCOPED_TRACE(std::to_string(kind.lowest) + " to " + std::to_string(kind.highest) + ", " +
                     std::to_string(dimensions) + " dimensions, seed " + std::to_string(seed));
        RandomStream random(seed, "test/codes", {dimensions});
        Codes codes{dimensions, {}};
        std::vector<float> embeddings;
        std::vector<std::int32_t> identities;
        for (int row = 0; row < 60; ++row) {
          identities.push_back(row / 3);
          const std::size_t begin = codes.values.size();
          do {
            codes.values.resize(begin);
            for (std::size_t k = 0; k < dimensions; ++k) {
              std::int64_t value = 0;
              do {
                value =
                    kind.lowest + static_cast<std::int64_t>(random.Below(
                                      static_cast<std::uint64_t>(kind.highest - kind.lowest + 1)));
              } while (value == 0 && !kind.zero);
              codes.values.push_back(value);
            }
          } while (std::all_of(codes.values.begin() + static_cast<std::ptrdiff_t>(begin),
                               codes.values.end(), [](std::int64_t value) { return value == 0; }));
        }
        for (const std::int64_t value : codes.values)
          embeddings.push_back(static_cast<float>(value));
        const auto ranks = RankImages(embeddings, dimensions, identities);
        ASSERT_TRUE(ranks.ok()) << ranks.error().message;
        for (std::size_t i = 0; i < identities.size(); ++i)
          EXPECT_EQ((*ranks)[i]->by_image, ExactRankByImage(codes, identities, i)) << "image " << i;
      }
}

bool operator==(const ImageRank& a, const ImageRank& b) {
  return a.by_image == b.by_image && a.by_identity == b.by_identity &&
         a.mate_distance == b.mate_distance;
}

TEST(Ranking, IsTheSameForEveryBlockSizeThreadCountAndInstructionSet) {
  const Sample sample = MakeSample(1000);
  const ImageRanks expected =
      RankImages(sample.values, sample.dimensions, sample.identities).value();
  for (const int block_rows : {1, 7, 64, 1000})
    for (const int threads : {0, 1, 2, 3})
      for (int kernel = 0; kernel < static_cast<int>(SimilarityKernels().size()); ++kernel) {
        const auto ranks = RankImages(sample.values, sample.dimensions, sample.identities,
                                      {block_rows, threads, kernel});
        ASSERT_TRUE(ranks.ok());
        EXPECT_TRUE(std::equal(ranks->begin(), ranks->end(), expected.begin(),
                               [](const auto& a, const auto& b) {
                                 return a.has_value() == b.has_value() && (!a || *a == *b);
                               }))
            << block_rows << " rows, " << threads << " threads, kernel " << kernel;
      }
}

TEST(Ranking, CountsAnIdentityOnceWhenItsImagesFillSeveralPanels) {
  // 5,000 images of identity 0 lie nearer to both images of identity 1 than these to each other.
  Sample sample{2, {}, {}};
  for (int i = 0; i < 5000; ++i) {
    sample.values.insert(sample.values.end(), {1.0F, 1.0F});
    sample.identities.push_back(0);
  }
  sample.values.insert(sample.values.end(), {1.0F, 0.0F, 0.0F, 1.0F});
  sample.identities.insert(sample.identities.end(), {1, 1});
  const ImageRanks ranks = RankImages(sample.values, 2, sample.identities).value();
  EXPECT_EQ(ranks[0]->by_image, 0);
  EXPECT_EQ(ranks[0]->mate_distance, 0);
  EXPECT_EQ(ranks[5000]->by_image, 5000);
  EXPECT_EQ(ranks[5000]->by_identity, 1);
  EXPECT_NEAR(ranks[5001]->mate_distance, std::sqrt(2.0), 1e-15);
}

TEST(Ranking, ReproducesTheNineImagesOnACircle) {
  const Json golden = FrnasGolden().at("ranks");
  std::vector<double> values;
  std::vector<std::int32_t> identities;
  for (const Json& image : golden.at("images_identity_group_angle_degrees")) {
    identities.push_back(image[0].get<std::string>()[0]);
    const double angle = image[2].get<double>() * M_PI / 180;
    values.insert(values.end(), {std::cos(angle), std::sin(angle)});
  }
  const ImageRanks ranks = RankImages(values, 2, identities).value();
  const Json& expected = golden.at("rank_by_img_and_rank_by_id");
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Json got =
        ranks[i] ? Json::array({ranks[i]->by_image, ranks[i]->by_identity}) : Json::array({-1, -1});
    EXPECT_EQ(got, expected[i]) << "image " << i;
  }
}

TEST(Ranking, ConstantEmbeddingsRankEveryoneBehindEveryoneElse) {
  const std::vector<float> values(30 * 512, 0.037F);
  std::vector<std::int32_t> identities;
  for (int i = 0; i < 30; ++i) identities.push_back(i / 3);
  const ImageRanks ranks = RankImages(values, 512, identities).value();
  for (const auto& rank : ranks) {
    EXPECT_EQ(rank->by_image, 27);
    EXPECT_EQ(rank->by_identity, 9);
    EXPECT_EQ(rank->mate_distance, 0);
  }
}

TEST(Ranking, LeavesImagesWithoutAMateUnrankedAndInTheGallery) {
  const std::vector<float> values = {1, 0, 0, 1, 1, 1};
  const ImageRanks ranks = RankImages(values, 2, std::vector<std::int32_t>{5, 5, 9}).value();
  EXPECT_EQ(ranks[0]->by_identity, 1);
  EXPECT_EQ(ranks[1]->by_image, 1);
  EXPECT_FALSE(ranks[2].has_value());
}

TEST(Ranking, RefusesRowsWithoutADirectionAndNamesTheFirst) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {std::nan(""), infinity, -infinity, 0.0}) {
    const std::vector<double> values = {1, 2, 3, 4, 5, 6, 0, bad, 0, bad};
    const auto ranks = RankImages(values, 2, std::vector<std::int32_t>{3, 2, 3, 2, 1});
    ASSERT_FALSE(ranks.ok());
    EXPECT_EQ(ranks.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(ranks.error().message, HasSubstr("row 3"));
  }
}

TEST(Ranking, RefusesSizesThatDoNotFit) {
  const std::vector<float> values(6, 1.0F);
  EXPECT_FALSE(RankImages(values, 2, std::vector<std::int32_t>{1, 2}).ok());
  EXPECT_FALSE(RankImages(values, 4, std::vector<std::int32_t>{1}).ok());
  EXPECT_FALSE(RankImages(values, 0, std::vector<std::int32_t>{}).ok());
  EXPECT_TRUE(RankImages(std::span<const float>(), 2, {}).value().empty());
}

TEST(Ranking, TakesVeryLargeAndVerySmallNumbers) {
  const std::vector<double> values = {1e300, 0, 1e300, 1e299, 0, 5e-324, 1e-320, 1e-310};
  const ImageRanks ranks = RankImages(values, 2, std::vector<std::int32_t>{0, 0, 1, 1}).value();
  for (const auto& rank : ranks) EXPECT_EQ(rank->by_image, 0);
}

}  // namespace
}  // namespace faretto
