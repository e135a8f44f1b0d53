#include "objectives/fairness/similarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace faretto {
namespace {

TEST(SimilarityKernels, AllGiveTheSameBitsForTheExactProductInBothDirections) {
  RandomStream random(1, "test/similarity");
  for (std::size_t dimensions = 1; dimensions < 70; ++dimensions) {
    std::vector<double> a(dimensions);
    std::vector<double> b(dimensions);
    for (double& value : a) value = random.Normal();
    for (double& value : b) value = random.Normal();
    const auto n = static_cast<std::int64_t>(dimensions);
    const double expected = SimilarityKernels().front().exact_dot(a.data(), b.data(), n);
    for (const SimilarityKernel& kernel : SimilarityKernels()) {
      EXPECT_EQ(kernel.exact_dot(a.data(), b.data(), n), expected) << kernel.name;
      EXPECT_EQ(kernel.exact_dot(b.data(), a.data(), n), expected) << kernel.name;
    }
  }
}

TEST(SimilarityKernels, MultiplyRowsWithColumnsWithinTheErrorBound) {
  constexpr std::int64_t kRows = 19;
  constexpr std::int64_t kColumns = 37;
  constexpr std::int64_t kDimensions = 301;
  RandomStream random(2, "test/similarity");
  std::vector<float> rows(kRows * kDimensions);
  std::vector<float> columns(kColumns * kDimensions);
  const double unit = 1 / std::sqrt(static_cast<double>(kDimensions));
  for (float& value : rows) value = static_cast<float>(random.Uniform() * unit);
  for (float& value : columns) value = static_cast<float>(random.Uniform() * unit);
  for (const SimilarityKernel& kernel : SimilarityKernels()) {
    std::vector<float> product(kRows * kColumns);
    kernel.similarities(rows.data(), kRows, columns.data(), kColumns, kDimensions, product.data());
    for (std::int64_t r = 0; r < kRows; ++r)
      for (std::int64_t c = 0; c < kColumns; ++c) {
        double expected = 0;
        for (std::int64_t k = 0; k < kDimensions; ++k)
          expected += static_cast<double>(rows[static_cast<std::size_t>(r * kDimensions + k)]) *
                      static_cast<double>(columns[static_cast<std::size_t>(c * kDimensions + k)]);
        EXPECT_NEAR(product[static_cast<std::size_t>(r * kColumns + c)], expected,
                    kDimensions * 0x1p-24)
            << kernel.name;
      }
  }
}

TEST(SimilarityKernels, FindValuesAtOrAboveAThreshold) {
  std::vector<float> values(200, 0.25F);
  values[3] = 0.5F;
  values[130] = 0.75F;
  values[199] = 0.5F;
  for (const SimilarityKernel& kernel : SimilarityKernels()) {
    std::vector<std::int32_t> hits(values.size());
    ASSERT_EQ(kernel.at_least(values.data(), 200, 0.5F, hits.data()), 3) << kernel.name;
    EXPECT_EQ(std::vector<std::int32_t>(hits.begin(), hits.begin() + 3),
              (std::vector<std::int32_t>{3, 130, 199}));
    EXPECT_EQ(kernel.at_least(values.data(), 200, 0.25F, hits.data()), 200);
  }
}

}  // namespace
}  // namespace faretto
