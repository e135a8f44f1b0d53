#include "scheduler/searchers/sobol.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>
#include <vector>

namespace faretto {
namespace {

// One row of the published table new-joe-kuo-6.21201: degree, coefficients, initial numbers.
struct Row {
  unsigned s, a;
  std::vector<std::uint64_t> m;
};
const std::vector<Row> kTable = {{1, 0, {1}},
                                 {2, 1, {1, 3}},
                                 {3, 1, {1, 3, 1}},
                                 {3, 2, {1, 1, 1}},
                                 {4, 1, {1, 1, 3, 3}},
                                 {4, 4, {1, 3, 5, 13}},
                                 {5, 2, {1, 1, 5, 5, 17}},
                                 {5, 4, {1, 1, 5, 5, 5}},
                                 {5, 7, {1, 1, 7, 11, 19}}};

// Direction number k (from 1) of a row, in 53 binary digits: Joe and Kuo's recurrence.
std::uint64_t Direction(const Row& row, unsigned k) {
  std::vector<std::uint64_t> m = row.m;
  for (unsigned i = row.s; i < k; ++i) {
    std::uint64_t next = m[i - row.s] ^ (m[i - row.s] << row.s);
    for (unsigned j = 1; j < row.s; ++j)
      if ((row.a >> (row.s - 1 - j)) & 1) next ^= m[i - j] << j;
    m.push_back(next);
  }
  return m[k - 1] << (53 - k);
}

std::uint64_t Digits(double u) { return static_cast<std::uint64_t>(std::ldexp(u, 53)); }

// Point 0 is the shift alone; taken off, the points are the published ones in Gray code order.
TEST(Sobol, HasTheDirectionNumbersOfJoeAndKuo) {
  const std::size_t dimensions = kTable.size() + 1;
  const auto shift = ShiftedSobolPoint(1, 0, dimensions);
  std::vector<std::uint64_t> expected(dimensions, 0);
  for (std::uint64_t i = 1; i < 1024; ++i) {
    const auto k = static_cast<unsigned>(std::countr_zero(i)) + 1;
    expected[0] ^= std::uint64_t{1} << (53 - k);
    for (std::size_t d = 1; d < dimensions; ++d) expected[d] ^= Direction(kTable[d - 1], k);
    const auto point = ShiftedSobolPoint(1, i, dimensions);
    for (std::size_t d = 0; d < dimensions; ++d)
      ASSERT_EQ(Digits(point[d]) ^ Digits(shift[d]), expected[d])
          << "point " << i << ", dimension " << d + 1;
  }
}

TEST(Sobol, EveryIntervalHoldsOneOfTheFirstPointsInEveryDimension) {
  constexpr std::size_t kPoints = 256;
  constexpr std::size_t kDimensions = 100;
  std::vector<std::set<int>> cells(kDimensions);
  for (std::uint64_t i = 0; i < kPoints; ++i) {
    const auto point = ShiftedSobolPoint(7, i, kDimensions);
    for (std::size_t d = 0; d < kDimensions; ++d)
      cells[d].insert(static_cast<int>(point[d] * kPoints));
  }
  for (std::size_t d = 0; d < kDimensions; ++d) EXPECT_EQ(cells[d].size(), kPoints) << d;
}

// Property A of Joe and Kuo holds for pairs of low dimensions: a net in base 2.
TEST(Sobol, TheFirstSixteenPointsFillASquareGrid) {
  std::set<int> cells;
  for (std::uint64_t i = 0; i < 16; ++i) {
    const auto point = ShiftedSobolPoint(3, i, 2);
    cells.insert(static_cast<int>(point[0] * 4) * 4 + static_cast<int>(point[1] * 4));
  }
  EXPECT_EQ(cells.size(), 16u);
}

TEST(Sobol, SeedsMoveThePoints) {
  EXPECT_EQ(ShiftedSobolPoint(1, 5, 3), ShiftedSobolPoint(1, 5, 3));
  EXPECT_NE(ShiftedSobolPoint(1, 5, 3), ShiftedSobolPoint(2, 5, 3));
}

TEST(Sobol, DimensionsBeyondTheTablesAreFilled) {
  const auto point = ShiftedSobolPoint(1, 3, 5000);
  ASSERT_EQ(point.size(), 5000u);
  for (const double u : point) EXPECT_TRUE(u >= 0 && u < 1) << u;
}

}  // namespace
}  // namespace faretto
