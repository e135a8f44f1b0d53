#include "scheduler/searchers/parzen_kernel.h"

#include <gtest/gtest.h>

#include <cmath>

namespace faretto {
namespace {

double Integral(const TruncatedNormal& normal) {
  constexpr int kCells = 20000;
  double sum = 0;
  for (int i = 0; i < kCells; ++i) sum += std::exp(normal.LogDensity((i + 0.5) / kCells)) / kCells;
  return sum;
}

Parameter Int(double low, double high, bool log) {
  Parameter parameter;
  parameter.type = ParameterType::kInt;
  parameter.low = low;
  parameter.high = high;
  parameter.log = log;
  return parameter;
}

TEST(TruncatedNormal, ItsDensityIntegratesToOneWhereverItsCentreIs) {
  for (const double centre : {0.0, 0.02, 0.5, 1.0})
    for (const double deviation : {0.01, 0.2, 1.0})
      EXPECT_NEAR(Integral(TruncatedNormal(centre, deviation)), 1, 1e-4)
          << centre << " " << deviation;
}

// phi(0) / 0.25 / (Phi(2) - Phi(-2)) = 0.3989423 / 0.25 / 0.9544997.
TEST(TruncatedNormal, HasTheDensityComputedByHand) {
  EXPECT_NEAR(std::exp(TruncatedNormal(0.5, 0.25).LogDensity(0.5)), 1.6718384, 1e-6);
}

// Cells narrower than 0.3 deviations count with the density at their middle.
TEST(TruncatedNormals, AddWhatEachOfThemHas) {
  std::vector<TruncatedNormal> normals;
  std::vector<double> sums;
  for (int k = 0; k < 7; ++k) {
    normals.emplace_back(k / 6.0, 0.2);
    sums.push_back(k);
  }
  TruncatedNormals(normals).AddLogDensities(0.3, sums.data());
  for (int k = 0; k < 7; ++k) {
    EXPECT_DOUBLE_EQ(sums[static_cast<std::size_t>(k)],
                     k + TruncatedNormal(k / 6.0, 0.2).LogDensity(0.3));
  }
}

TEST(TruncatedNormal, TheCellsOfAParameterHoldAllProbability) {
  for (const double deviation : {0.01, 0.1, 1.0}) {
    const TruncatedNormal normal(0.3, deviation);
    double sum = 0;
    for (int cell = 0; cell < 8; ++cell)
      sum += std::exp(normal.LogCellDensity(cell / 8.0, (cell + 1) / 8.0)) / 8;
    EXPECT_NEAR(sum, 1, deviation < 0.4 ? 1e-9 : 1e-3) << deviation;
  }
}

TEST(TruncatedNormal, ACellFarInTheTailKeepsAFiniteDensity) {
  EXPECT_TRUE(std::isfinite(TruncatedNormal(0, 0.01).LogCellDensity(0.9, 1)));
}

TEST(TruncatedNormal, DrawsStayInTheUnitIntervalAndHaveItsMean) {
  const TruncatedNormal normal(0, 0.2);
  RandomStream random(1, "test");
  double sum = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = normal.Sample(random);
    ASSERT_GE(u, 0);
    ASSERT_LE(u, 1);
    sum += u;
  }
  // A half-normal: 0.2 * sqrt(2 / pi).
  EXPECT_NEAR(sum / kDraws, 0.159577, 0.003);
}

TEST(CellOf, IntegersShareTheUnitIntervalEqually) {
  const UnitCell cell = CellOf(Int(1, 4, false), 2);
  EXPECT_NEAR(cell.from, 0.25, 1e-12);
  EXPECT_NEAR(cell.to, 0.5, 1e-12);
}

TEST(CellOf, IntegersOnALogScaleOwnTheirLogInterval) {
  const Parameter parameter = Int(1, 512, true);
  double end = 0;
  for (int value = 1; value <= 512; ++value) {
    const UnitCell cell = CellOf(parameter, value);
    EXPECT_NEAR(cell.from, end, 1e-12) << value;
    EXPECT_EQ(parameter.FromUnit(0.5 * (cell.from + cell.to)), value);
    end = cell.to;
  }
  EXPECT_NEAR(end, 1, 1e-12);
}

}  // namespace
}  // namespace faretto
