#include "objectives/pareto/objective.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace faretto {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(MinimizedValues, NegatesWhatIsMaximised) {
  const std::vector<Objective> objectives = {{"error", Direction::kMinimize, {}},
                                             {"accuracy", Direction::kMaximize, {}}};
  EXPECT_EQ(MinimizedValues(objectives, {{"accuracy", 0.75}, {"error", 0.25}}),
            (std::vector<double>{0.25, -0.75}));
}

TEST(MinimizedValues, AreAbsentWhenOneIsMissingOrNotFinite) {
  const std::vector<Objective> objectives = {{"a", Direction::kMinimize, {}},
                                             {"b", Direction::kMinimize, {}}};
  EXPECT_FALSE(MinimizedValues(objectives, {{"a", 1}}));
  EXPECT_FALSE(MinimizedValues(objectives, {{"a", 1}, {"b", std::nan("")}}));
  EXPECT_FALSE(MinimizedValues(objectives, {{"a", 1}, {"b", -kInfinity}}));
}

TEST(ConstraintViolation, SumsWhatLiesBeyondTheBounds) {
  const std::vector<Constraint> constraints = {{"error", 0.5, {}}, {"n", {}, 10.0}};
  EXPECT_EQ(ConstraintViolation(constraints, {{"error", 0.5}, {"n", 10}}), 0);
  EXPECT_EQ(ConstraintViolation(constraints, {{"error", 0.75}, {"n", 8}}), 2.25);
}

TEST(ConstraintViolation, IsInfiniteForAMissingOrNonFiniteMetric) {
  const std::vector<Constraint> constraints = {{"error", 0.5, {}}};
  EXPECT_EQ(ConstraintViolation(constraints, {}), kInfinity);
  EXPECT_EQ(ConstraintViolation(constraints, {{"error", std::nan("")}}), kInfinity);
  EXPECT_EQ(ConstraintViolation({}, {}), 0);
}

}  // namespace
}  // namespace faretto
