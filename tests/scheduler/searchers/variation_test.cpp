#include "scheduler/searchers/variation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json.h"

namespace faretto {
namespace {

Space MakeSpace(const char* text) {
  auto space = Space::Parse(*ParseJson(text));
  if (!space.ok()) throw std::runtime_error(space.error().message);
  return std::move(*space);
}

TEST(PolynomialMutation, StaysInTheUnitIntervalAndNearItsStart) {
  RandomStream random(1, "mutation");
  for (const double start : {0.0, 0.3, 1.0}) {
    std::vector<double> moves;
    for (int i = 0; i < 2000; ++i) {
      const double u = PolynomialMutation(start, random);
      ASSERT_TRUE(u >= 0 && u <= 1);
      moves.push_back(std::abs(u - start));
    }
    std::sort(moves.begin(), moves.end());
    // Half of the moves from a border point outwards and stay.
    EXPECT_GT(moves[1500], 0.001);
    EXPECT_LT(moves[1500], 0.2);
  }
}

// Both children lie as far from the middle of their parents, so that the mean stays.
TEST(SimulatedBinaryCrossover, StaysInTheUnitIntervalAndKeepsTheMean) {
  RandomStream random(1, "crossover");
  double sum = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = SimulatedBinaryCrossover(0.4, 0.6, random);
    ASSERT_TRUE(u >= 0 && u <= 1);
    sum += u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
}

TEST(SimulatedBinaryCrossover, EqualParentsHaveEqualChildren) {
  RandomStream random(1, "equal");
  EXPECT_EQ(SimulatedBinaryCrossover(0.25, 0.25, random), 0.25);
}

// Moved on a linear scale the median would be near 5e-3.
TEST(Mutate, LearningRatesMoveOnTheirLogScale) {
  const Space space = MakeSpace(
      R"({"parameters": [{"name": "lr", "type": "float", "low": 1e-5, "high": 1e-2, "log": true}]})");
  RandomStream random(1, "log");
  std::vector<double> rates;
  Configuration configuration{{std::sqrt(1e-5 * 1e-2)}};
  for (int i = 0; i < 20000; ++i) {
    Mutate(space, 1, random, configuration);
    rates.push_back(configuration.values[0]);
  }
  std::nth_element(rates.begin(), rates.begin() + 10000, rates.end());
  EXPECT_GT(rates[10000], 2e-4);
  EXPECT_LT(rates[10000], 5e-4);
}

TEST(Mutate, AlwaysChangesSomethingThatCanChange) {
  const Space space = MakeSpace(R"({"parameters": [
    {"name": "c", "type": "categorical", "choices": ["a", "b"]},
    {"name": "i", "type": "int", "low": 1, "high": 3},
    {"name": "o", "type": "ordinal", "choices": [16, 32, 64]},
    {"name": "s", "type": "float", "low": 0, "high": 1, "step": 0.5},
    {"name": "w", "type": "int", "low": 1, "high": 1000, "log": true},
    {"name": "fixed", "type": "int", "low": 5, "high": 5}]})");
  RandomStream random(1, "change");
  for (int i = 0; i < 2000; ++i) {
    const Configuration before = space.Sample(random);
    Configuration after = before;
    Mutate(space, 1, random, after);
    ASSERT_TRUE(space.Check(after).ok()) << space.Check(after).error().message;
    ASSERT_NE(space.CanonicalKey(before), space.CanonicalKey(after));
  }
}

TEST(Mutate, LeavesASpaceOfOneConfigurationAsItIs) {
  const Space space =
      MakeSpace(R"({"parameters": [{"name": "fixed", "type": "float", "low": 2, "high": 2}]})");
  RandomStream random(1, "fixed");
  Configuration configuration{{2}};
  Mutate(space, 3, random, configuration);
  EXPECT_EQ(configuration.values[0], 2);
}

TEST(Mutate, RepairsWhatACategorySwitchesOnAndOff) {
  const Space space = MakeSpace(R"({
    "parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "lr_sgd", "type": "float", "low": 0.09, "high": 0.8, "log": true}],
    "conditions": [{"parameter": "lr_sgd", "active_when": {"optimizer": ["SGD"]}}]})");
  RandomStream random(1, "repair");
  Configuration configuration{{0, kInactive}};
  std::set<bool> seen;
  for (int i = 0; i < 50; ++i) {
    Mutate(space, 1, random, configuration);
    ASSERT_TRUE(space.Check(configuration).ok());
    seen.insert(configuration.active(1));
  }
  EXPECT_EQ(seen.size(), 2u);
}

TEST(Cross, CategoriesComeFromTheParentsAndActivityIsRepaired) {
  const Space space = MakeSpace(R"({
    "parameters": [
      {"name": "head", "type": "categorical", "choices": ["a", "b", "c"]},
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "lr_adam", "type": "float", "low": 1e-5, "high": 1e-2, "log": true},
      {"name": "lr_sgd", "type": "float", "low": 0.09, "high": 0.8, "log": true}],
    "conditions": [
      {"parameter": "lr_adam", "active_when": {"optimizer": ["Adam"]}},
      {"parameter": "lr_sgd", "active_when": {"optimizer": ["SGD"]}}]})");
  const Configuration a{{0, 0, 1e-3, kInactive}};
  const Configuration b{{2, 1, kInactive, 0.3}};
  RandomStream random(1, "cross");
  std::set<std::pair<double, double>> seen;
  for (int i = 0; i < 200; ++i) {
    const Configuration child = Cross(space, a, b, random);
    ASSERT_TRUE(space.Check(child).ok());
    ASSERT_TRUE(!child.active(2) || child.values[2] == 1e-3);
    ASSERT_TRUE(!child.active(3) || child.values[3] == 0.3);
    seen.insert({child.values[0], child.values[1]});
  }
  EXPECT_EQ(seen, (std::set<std::pair<double, double>>{{0, 0}, {0, 1}, {2, 0}, {2, 1}}));
}

}  // namespace
}  // namespace faretto
