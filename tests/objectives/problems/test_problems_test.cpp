#include "objectives/problems/test_problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Metrics At(const char* problem, const std::vector<double>& x) {
  const auto metrics = FindTestProblem(problem)->Evaluate(x);
  EXPECT_TRUE(metrics.ok()) << metrics.error().message;
  return *metrics;
}

TEST(TestProblems, AreFoundByName) {
  EXPECT_THAT(TestProblemNames(), ElementsAre("zdt1", "zdt2", "zdt3", "dtlz2", "branin_currin"));
  for (const std::string& name : TestProblemNames()) {
    const TestProblem* problem = FindTestProblem(name);
    ASSERT_NE(problem, nullptr);
    const std::vector<double> x(std::max(problem->least_variables, std::size_t{2}), 0.5);
    EXPECT_EQ(problem->Evaluate(x)->size(), problem->objectives) << name;
  }
  EXPECT_EQ(FindTestProblem("zdt9"), nullptr);
}

TEST(TestProblems, ZdtValuesLieOnTheKnownFrontsAndAreWorseOffThem) {
  // With all but the first variable 0: f2 = 1 - sqrt(f1), 1 - f1^2, and ZDT3's wave.
  EXPECT_NEAR(At("zdt1", {0.25, 0, 0})["f2"], 0.5, 1e-15);
  EXPECT_NEAR(At("zdt2", {0.5, 0, 0})["f2"], 0.75, 1e-15);
  EXPECT_NEAR(At("zdt3", {0.25, 0, 0})["f2"], 0.5 - 0.25 * std::sin(2.5 * M_PI), 1e-12);
  EXPECT_NEAR(At("zdt1", {0.4, 1, 1})["f2"], 10 * (1 - std::sqrt(0.04)), 1e-12);
  EXPECT_EQ(At("zdt1", {0.4, 1, 1})["f1"], 0.4);
}

TEST(TestProblems, Dtlz2FrontIsTheUnitSphere) {
  const Metrics front = At("dtlz2", {0.3, 0.8, 0.5, 0.5});
  const auto norm = [](const Metrics& m) {
    return std::sqrt(m.at("f1") * m.at("f1") + m.at("f2") * m.at("f2") + m.at("f3") * m.at("f3"));
  };
  EXPECT_NEAR(norm(front), 1, 1e-12);
  EXPECT_NEAR(norm(At("dtlz2", {0.3, 0.8, 0.5, 1.0})), 1.25, 1e-12);
}

TEST(TestProblems, BraninCurrinHasItsKnownValues) {
  // Branin: 0.397887 at (pi, 2.275); Currin at x = 0 is 3 (1 - exp(-1 / (2 y))).
  EXPECT_NEAR(At("branin_currin", {(M_PI + 5) / 15, 2.275 / 15})["f1"], 0.397887, 1e-6);
  EXPECT_NEAR(At("branin_currin", {0, 1})["f2"], 3 * (1 - std::exp(-0.5)), 1e-12);
  EXPECT_NEAR(At("branin_currin", {0, 0})["f2"], 3, 1e-12);
}

TEST(TestProblems, RefuseNumbersThatTheyCannotTake) {
  const auto few = FindTestProblem("zdt1")->Evaluate(std::vector<double>{0.5});
  EXPECT_THAT(few.error().message, HasSubstr("at least 2"));
  EXPECT_FALSE(FindTestProblem("branin_currin")->Evaluate(std::vector<double>(3, 0.5)).ok());
  EXPECT_FALSE(FindTestProblem("zdt1")->Evaluate(std::vector<double>{0.5, 1.5}).ok());
  EXPECT_FALSE(FindTestProblem("zdt1")->Evaluate(std::vector<double>{std::nan(""), 0}).ok());
}

TEST(TestProblems, LowerResourcesAreBiasedByAnAmountThatVanishesAtTheFullResource) {
  const TestProblem& problem = *FindTestProblem("zdt1");
  const std::vector<double> x = {0.25, 0.5, 0.5};
  const Metrics full = *problem.Evaluate(x);
  EXPECT_EQ(*problem.EvaluateAt(x, 9, 9), full);
  // b = 0.1 + 0.4 * 0.25 = 0.2; (9/3 - 1) / (9 - 1) = 0.25.
  EXPECT_NEAR(problem.EvaluateAt(x, 3, 9)->at("f2"), full.at("f2") + 0.05, 1e-12);
  EXPECT_NEAR(problem.EvaluateAt(x, 1, 9)->at("f1"), full.at("f1") + 0.2, 1e-12);
  EXPECT_EQ(*problem.EvaluateAt(x, 1, 1), full);
  EXPECT_FALSE(problem.EvaluateAt(x, 0, 9).ok());
  EXPECT_FALSE(problem.EvaluateAt(x, 10, 9).ok());
}

TEST(TestProblems, TakeVariablesInNaturalOrderOfTheirNames) {
  EXPECT_THAT(InNaturalOrder({{"x10", 10}, {"x2", 2}, {"x1", 1}, {"x0", 0}, {"w9", -1}}),
              ElementsAre(-1, 0, 1, 2, 10));
  EXPECT_THAT(InNaturalOrder({{"x01", 1}, {"x1", 2}, {"x", 0}, {"x1a", 3}}),
              ElementsAre(0, 1, 2, 3));
}

TEST(TestProblems, SimulatedCostGrowsWithResourceAndFirstVariable) {
  EXPECT_EQ(SimulatedCostS(std::vector<double>{0.5}, 2, 6, 3), 12);
  EXPECT_EQ(SimulatedCostS(std::vector<double>{1.0}, 2, 6, 3), 18);
  EXPECT_EQ(SimulatedCostS({}, 6, 2, 3), 0);
}

}  // namespace
}  // namespace faretto
