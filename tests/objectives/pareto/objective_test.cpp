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

TEST(LogScale, LeavesValuesAsTheyAreUnlessAsked) {
  const LogScale scale({"error"}, std::vector{-1.0, 2.0});
  EXPECT_EQ(scale.To(-1), -1);
  EXPECT_EQ(scale.From(-1), -1);
}

TEST(LogScale, KeepsTheOrderOfMinimisedAndOfMaximisedValues) {
  for (const Direction direction : {Direction::kMinimize, Direction::kMaximize}) {
    const double sign = direction == Direction::kMinimize ? 1 : -1;
    const std::vector values = {sign * 1e-5, sign * 1e6};
    const LogScale scale({"f", direction, {}, true}, values);
    for (const double value : values) {
      EXPECT_DOUBLE_EQ(scale.To(value), sign * std::log(sign * value));
      EXPECT_DOUBLE_EQ(scale.From(scale.To(value)), value);
    }
    EXPECT_EQ(scale.To(values[0]) < scale.To(values[1]), values[0] < values[1]);
  }
}

TEST(LogScale, TakesWhatIsNotPositiveForHalfOfTheSmallestPositiveValue) {
  const LogScale scale({"loss", Direction::kMinimize, {}, true}, std::vector{0.5, 0.0, -2.0, 8.0});
  EXPECT_DOUBLE_EQ(scale.To(0), std::log(0.25));
  EXPECT_DOUBLE_EQ(scale.To(-2), std::log(0.25));
  const LogScale nothing({"loss", Direction::kMinimize, {}, true}, std::vector{0.0, -2.0});
  EXPECT_EQ(nothing.To(0), nothing.To(-2));
  EXPECT_TRUE(std::isfinite(nothing.To(0)));
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
