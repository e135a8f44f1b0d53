#include "objectives/pareto/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Objective> kObjectives = {{"error", Direction::kMinimize, {}},
                                            {"accuracy_gain", Direction::kMaximize, {}}};

Metrics Values(double error, double gain) { return {{"error", error}, {"accuracy_gain", gain}}; }

TEST(ParetoFront, KeepsAllTrialsWithEqualValues) {
  EXPECT_THAT(ParetoFront({{7, Values(0.5, 1)}, {2, Values(0.5, 1)}, {3, Values(0.6, 0.5)}},
                          kObjectives, {}),
              ElementsAre(7, 2));
}

TEST(ParetoFront, NeverHoldsIncompleteTrials) {
  EXPECT_THAT(ParetoFront({{1, {{"error", 0.0}}},
                           {2, Values(std::nan(""), 5)},
                           {3, Values(-INFINITY, 5)},
                           {4, Values(0.9, 0)}},
                          kObjectives, {}),
              ElementsAre(4));
}

TEST(ParetoFront, NeverHoldsTrialsThatBreakAConstraintNorLetsThemDominate) {
  const std::vector<Constraint> constraints = {{"error", 0.9, {}}, {"memory", {}, 1.0}};
  Metrics infeasible = Values(0.1, 9);
  infeasible["memory"] = 0.5;
  Metrics feasible = Values(0.9, 1);
  feasible["memory"] = 1;
  EXPECT_THAT(
      ParetoFront({{1, infeasible}, {2, feasible}, {3, Values(0.1, 9)}}, kObjectives, constraints),
      ElementsAre(2));
}

TEST(ParetoFront, OfNothingIsEmpty) { EXPECT_THAT(ParetoFront({}, kObjectives, {}), IsEmpty()); }

}  // namespace
}  // namespace faretto
