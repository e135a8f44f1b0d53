#include "results/queries/ped_anova.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "search_spaces/space.h"

namespace faretto {
namespace {

Parameter ParameterOf(const char* json) {
  auto space = Space::Parse({{"parameters", Json::array({ParseJson(json).value()})}});
  EXPECT_TRUE(space.ok());
  return space->parameters()[0];
}

std::vector<double> Draw(const Parameter& parameter, std::size_t n, std::uint64_t seed) {
  RandomStream random(seed, "test/ped_anova");
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(parameter.FromUnit(random.Uniform()));
  return values;
}

// The `count` trials of smallest cost.
std::vector<std::size_t> Lowest(const std::vector<double>& costs, std::size_t count) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  order.resize(count);
  return order;
}

const Parameter& Float() {
  static const Parameter parameter =
      ParameterOf(R"({"name": "x", "type": "float", "low": 0.001, "high": 10, "log": true})");
  return parameter;
}

TEST(PedAnova, OfANumberThatDecidesIsFarAboveChance) {
  const std::vector<double> values = Draw(Float(), 100, 1);
  std::vector<double> costs;
  for (const double value : values) costs.push_back(std::abs(std::log10(value) + 2));
  const Divergence divergence = PedAnova(Float(), values, Lowest(costs, 10), 1);
  EXPECT_GT(divergence.value, 3 * divergence.chance);
  EXPECT_GT(divergence.above_chance(), 2);
}

TEST(PedAnova, OfACategoryThatDecidesIsFarAboveChance) {
  const Parameter parameter =
      ParameterOf(R"({"name": "c", "type": "categorical", "choices": ["a", "b", "c", "d"]})");
  const std::vector<double> values = Draw(parameter, 100, 1);
  std::vector<double> costs;
  for (const double value : values) costs.push_back(value == 2 ? 0 : 1);
  const Divergence divergence = PedAnova(parameter, values, Lowest(costs, 10), 1);
  EXPECT_GT(divergence.above_chance(), 0.5);
}

TEST(PedAnova, OfParametersThatDoNotMatterIsMostlyZero) {
  int above = 0;
  constexpr int kStudies = 200;
  for (std::uint64_t seed = 0; seed < kStudies; ++seed) {
    const std::vector<double> values = Draw(Float(), 60, seed);
    const std::vector<double> costs = Draw(Float(), 60, seed + 1000);
    if (PedAnova(Float(), values, Lowest(costs, 6), 1).above_chance() > 0) ++above;
  }
  // One in twenty by construction; five standard deviations of a binomial.
  EXPECT_LT(above, 10 + 16);
}

TEST(PedAnova, OfAConstantIsZero) {
  const std::vector<double> values(50, 1.0);
  EXPECT_EQ(PedAnova(Float(), values, {1, 2, 3, 4, 5}, 1).value, 0);
}

TEST(PedAnova, OfAllTrialsOrNoneIsZero) {
  const std::vector<double> values = Draw(Float(), 5, 1);
  EXPECT_EQ(PedAnova(Float(), values, {0, 1, 2, 3, 4}, 1).value, 0);
  EXPECT_EQ(PedAnova(Float(), values, {}, 1).value, 0);
}

TEST(PedAnova, OfTwoHundredCategoriesIsFinite) {
  Json choices = Json::array();
  for (int i = 0; i < 200; ++i) choices.push_back(std::to_string(i));
  const Json json = {{"name", "c"}, {"type", "categorical"}, {"choices", choices}};
  const Parameter parameter = ParameterOf(json.dump().c_str());
  const Divergence divergence = PedAnova(parameter, Draw(parameter, 30, 1), {0, 1, 2, 3, 4}, 1);
  EXPECT_TRUE(std::isfinite(divergence.value));
  EXPECT_GE(divergence.value, 0);
}

TEST(PedAnova, GivesTheSameNumbersTwice) {
  const std::vector<double> values = Draw(Float(), 40, 1);
  const std::vector<std::size_t> best = {3, 1, 4, 15, 9};
  EXPECT_EQ(PedAnova(Float(), values, best, 7).chance, PedAnova(Float(), values, best, 7).chance);
  EXPECT_NE(PedAnova(Float(), values, best, 7).chance, PedAnova(Float(), values, best, 8).chance);
}

TEST(PedAnova, EqualsTheFormulaForCategories) {
  // Two choices, 3 and 7 of ten trials; the best two both have the first. A third of the weight is
  // even: p = (2/3 + 1/6, 1/6), q = (0.3 * 2/3 + 1/6, 0.7 * 2/3 + 1/6).
  const Parameter parameter =
      ParameterOf(R"({"name": "c", "type": "categorical", "choices": ["a", "b"]})");
  const std::vector<double> values = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  const double apart = 0.7 * 2 / 3;
  const double expected = apart * apart * (1 / (0.2 + 1.0 / 6) + 1 / (1.4 / 3 + 1.0 / 6));
  EXPECT_NEAR(PedAnova(parameter, values, {0, 1}, 1).value, expected, 1e-12);
}

}  // namespace
}  // namespace faretto
