#include "scheduler/surrogates/expected_improvement.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "objectives/pareto/hypervolume.h"

namespace faretto {
namespace {

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double NormalDensity(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI); }

TEST(ExpectedHypervolumeImprovementTest, WithOneObjectiveIsExpectedImprovement) {
  const ExpectedHypervolumeImprovement improvement({{0.3}, {0.8}}, {1.0});
  const double z = (0.3 - 0.5) / 0.2;
  const double expected = -0.2 * NormalCdf(z) + 0.2 * NormalDensity(z);
  EXPECT_NEAR(std::exp(improvement.Log(Point{0.5}, Point{0.2})), expected, 1e-12);
}

class ManyObjectivesTest : public testing::TestWithParam<int> {
 protected:
  std::size_t m() const { return static_cast<std::size_t>(GetParam()); }
  // Points around a sphere in the positive orthant, seen from the reference (1, ..., 1).
  std::vector<Point> Front() const {
    RandomStream random(5, "front");
    std::vector<Point> points(8, Point(m()));
    for (Point& point : points) {
      double norm = 0;
      for (double& value : point) norm += std::pow(value = std::abs(random.Normal()), 2);
      for (double& value : point) value = 1 - 0.9 * value / std::sqrt(norm);
    }
    return points;
  }
};

TEST_P(ManyObjectivesTest, AgreesWithSampling) {
  const std::vector<Point> front = Front();
  const Point reference(m(), 1), mean(m(), 0.45), sd(m(), 0.2);
  const double before = Hypervolume(front, reference);
  RandomStream random(1, "samples");
  constexpr int kSamples = 40000;
  double sum = 0, squares = 0;
  std::vector<Point> with = front;
  with.emplace_back(m());
  for (int s = 0; s < kSamples; ++s) {
    for (std::size_t k = 0; k < m(); ++k) with.back()[k] = mean[k] + sd[k] * random.Normal();
    const double gain = Hypervolume(with, reference) - before;
    sum += gain;
    squares += gain * gain;
  }
  const double average = sum / kSamples;
  const double error = std::sqrt((squares / kSamples - average * average) / kSamples);
  const ExpectedHypervolumeImprovement improvement(front, reference);
  EXPECT_NEAR(std::exp(improvement.Log(mean, sd)), average, 4 * error);
}

TEST_P(ManyObjectivesTest, GradientAgreesWithFiniteDifferences) {
  const ExpectedHypervolumeImprovement improvement(Front(), Point(m(), 1));
  for (const double level : {0.4, 0.9, 8.0}) {  // good, beyond the front, hopeless
    Point mean(m(), level), sd(m(), 0.1), by_mean(m()), by_sd(m());
    improvement.Log(mean, sd, by_mean, by_sd);
    for (std::size_t k = 0; k < m(); ++k) {
      constexpr double kStep = 1e-6;
      const auto slope = [&](Point& point) {
        const double middle = point[k];
        point[k] = middle + kStep;
        const double high = improvement.Log(mean, sd);
        point[k] = middle - kStep;
        const double low = improvement.Log(mean, sd);
        point[k] = middle;
        return (high - low) / (2 * kStep);
      };
      const double expected_mean = slope(mean), expected_sd = slope(sd);
      EXPECT_NEAR(by_mean[k], expected_mean, 1e-4 * std::max(1.0, std::abs(expected_mean)));
      EXPECT_NEAR(by_sd[k], expected_sd, 1e-4 * std::max(1.0, std::abs(expected_sd)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Objectives, ManyObjectivesTest, testing::Values(1, 2, 3, 4));

TEST(ExpectedHypervolumeImprovementTest, HopelessPointsKeepAnOrder) {
  const ExpectedHypervolumeImprovement improvement({{0.0, 0.5}, {0.5, 0.0}}, {1, 1});
  const Point sd = {0.001, 0.001};
  const double near = improvement.Log(Point{2, 2}, sd), far = improvement.Log(Point{3, 3}, sd);
  EXPECT_TRUE(std::isfinite(near));
  EXPECT_GT(near, far);
}

TEST(ExpectedHypervolumeImprovementTest, AnEmptyFrontCountsTheWholeBox) {
  const ExpectedHypervolumeImprovement improvement({}, {1, 1});
  EXPECT_NEAR(std::exp(improvement.Log(Point{0, 0}, Point{1e-9, 1e-9})), 1, 1e-6);
}

TEST(LogNormalCdfTest, IsContinuousWhereItsSeriesBegins) {
  EXPECT_NEAR(LogNormalCdf(-29.999999), LogNormalCdf(-30.000001), 1e-3);
  EXPECT_NEAR(LogNormalCdf(0), std::log(0.5), 1e-15);
  EXPECT_LT(LogNormalCdf(-1000), LogNormalCdf(-900));
}

}  // namespace
}  // namespace faretto
