#include "scheduler/searchers/parzen_estimator.h"

#include <gtest/gtest.h>

#include <cmath>

namespace faretto {
namespace {

Space Parsed(const char* text) { return *Space::Parse(*ParseJson(text)); }

Space OneFloat() {
  return Parsed(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]})");
}

Space Conditional() {
  return Parsed(R"({
    "parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "momentum", "type": "int", "low": 1, "high": 4}],
    "conditions": [{"parameter": "momentum", "active_when": {"optimizer": ["SGD"]}}]})");
}

double Density(const ParzenEstimator& estimator, const Configuration& configuration) {
  return std::exp(estimator.LogDensity({configuration})[0]);
}

TEST(ParzenEstimator, WithoutObservationsIsTheUniformPrior) {
  const Space space = OneFloat();
  const ParzenEstimator estimator(space, {}, {});
  EXPECT_NEAR(Density(estimator, {{0.1}}), 1, 1e-12);
  EXPECT_NEAR(Density(estimator, {{0.9}}), 1, 1e-12);
}

// One observation at 0.5 and the prior, of weight 1 each: their deviation is sqrt(1 / 24) =
// 0.204124, the bandwidth 0.204124 * 2^(-1 / 5) = 0.177700; the kernel's density at its centre is
// 0.3989423 / 0.177700 / (2 Phi(2.813725) - 1) = 2.256076, the mixture's (2.256076 + 1) / 2.
TEST(ParzenEstimator, HasTheDensityComputedByHand) {
  const Space space = OneFloat();
  const Configuration observed{{0.5}};
  const ParzenEstimator estimator(space, {{&observed, 1}}, {.prior_weight = 1, .spread_prior = 1});
  EXPECT_NEAR(Density(estimator, observed), 1.628038, 1e-4);
}

TEST(ParzenEstimator, IsNarrowerTheLessAUniformDrawCountsInItsBandwidths) {
  const Space space = OneFloat();
  const Configuration observed{{0.5}};
  const auto density = [&](double spread_prior) {
    return Density(ParzenEstimator(space, {{&observed, 1}}, {.spread_prior = spread_prior}),
                   observed);
  };
  EXPECT_GT(density(0.01), 3 * density(0.5));
}

TEST(ParzenEstimator, WeighsObservations) {
  const Space space = OneFloat();
  const Configuration low{{0.2}};
  const Configuration high{{0.8}};
  const ParzenEstimator estimator(space, {{&low, 1}, {&high, 0.1}}, {.bandwidth_factor = 0.3});
  EXPECT_GT(Density(estimator, low), 3 * Density(estimator, high));
}

TEST(ParzenEstimator, IntegratesToOneOverAFloat) {
  const Space space = OneFloat();
  const Configuration a{{0}};
  const Configuration b{{0.7}};
  const ParzenEstimator estimator(space, {{&a, 1}, {&b, 0.5}}, {});
  constexpr int kCells = 10000;
  double sum = 0;
  for (int i = 0; i < kCells; ++i) sum += Density(estimator, {{(i + 0.5) / kCells}}) / kCells;
  EXPECT_NEAR(sum, 1, 1e-6);
}

// Uniform draws: Adam 1/2; SGD 1/2, and each momentum a quarter of that.
TEST(ParzenEstimator, SumsToOneOverAConditionalSpace) {
  const Space space = Conditional();
  const Configuration adam{{0, kInactive}};
  const Configuration sgd{{1, 3}};
  const ParzenEstimator estimator(space, {{&adam, 1}, {&sgd, 1}}, {});
  double sum = Density(estimator, adam) / 2;
  for (int momentum = 1; momentum <= 4; ++momentum)
    sum += Density(estimator, {{1, static_cast<double>(momentum)}}) / 8;
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_GT(Density(estimator, sgd), Density(estimator, {{1, 1}}));
}

// n + 1 = 3 kernels: a choice's rest is 1 / 3, so that the observed one has (1 + 1/3) / (1 + 2/3) =
// 0.8 of its kernel, 1.6 times a uniform draw's. Adam: (1.6 + 0.4 + 1) / 3.
TEST(ParzenEstimator, ACategoryHasTheShareComputedByHand) {
  const Space space =
      Parsed(R"({"parameters": [{"name": "c", "type": "categorical", "choices": ["a", "b"]}]})");
  const Configuration a{{0}};
  const Configuration b{{1}};
  const ParzenEstimator equal(space, {{&a, 1}, {&b, 1}}, {.prior_weight = 1});
  EXPECT_NEAR(Density(equal, a), 1, 1e-12);
  const ParzenEstimator twice(space, {{&a, 1}, {&a, 1}}, {.prior_weight = 1});
  EXPECT_NEAR(Density(twice, a), (1.6 + 1.6 + 1) / 3, 1e-12);
}

TEST(ParzenEstimator, DrawsFollowItsDensity) {
  const Space space = Conditional();
  const Configuration sgd{{1, 3}};
  const ParzenEstimator estimator(space, {{&sgd, 1}}, {});
  RandomStream random(1, "test");
  constexpr int kDraws = 20000;
  int same = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Configuration drawn = estimator.Sample(random);
    ASSERT_TRUE(space.Check(drawn).ok());
    same += drawn.values[0] == 1 && drawn.values[1] == 3;
  }
  EXPECT_NEAR(static_cast<double>(same) / kDraws, Density(estimator, sgd) / 8, 0.01);
}

TEST(ParzenEstimator, TheUsersPriorTakesThePlaceOfTheUniformOne) {
  const Space space = Parsed(R"({"parameters": [
    {"name": "x", "type": "float", "low": 0, "high": 1, "prior": {"mean": 0.2, "sd": 0.1}}]})");
  const ParzenEstimator estimator(space, {}, {.user_priors = true});
  EXPECT_NEAR(std::log(Density(estimator, {{0.2}})), space.LogPrior({{0.2}}), 1e-12);
  EXPECT_GT(Density(estimator, {{0.2}}), 10 * Density(estimator, {{0.6}}));
}

// A hundred factors far below or above 1 must neither vanish nor overflow.
TEST(ParzenEstimator, StaysFiniteInManyDimensions) {
  Json parameters = Json::array();
  for (int i = 0; i < 300; ++i)
    parameters.push_back(
        {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
  const Space space = *Space::Parse({{"parameters", parameters}});
  const Configuration low{std::vector<double>(300, 0.0)};
  const ParzenEstimator estimator(space, {{&low, 1}, {&low, 1}}, {});
  const auto logs = estimator.LogDensity({low, {std::vector<double>(300, 1.0)}});
  EXPECT_TRUE(std::isfinite(logs[0]));
  EXPECT_TRUE(std::isfinite(logs[1]));
  EXPECT_GT(logs[0], logs[1] + 100);
}

}  // namespace
}  // namespace faretto
