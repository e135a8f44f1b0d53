#include "scheduler/surrogates/features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scheduler/surrogates/neighbours.h"

namespace faretto {
namespace {

Space MakeSpace() {
  auto space = Space::Parse(*ParseJson(R"({
    "parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "AdamW", "SGD"]},
      {"name": "lr", "type": "float", "low": 1e-4, "high": 1, "log": true},
      {"name": "momentum", "type": "float", "low": 0, "high": 1},
      {"name": "nesterov", "type": "categorical", "choices": [true, false]},
      {"name": "layers", "type": "int", "low": 1, "high": 5},
      {"name": "fixed", "type": "int", "low": 3, "high": 3}],
    "conditions": [{"parameter": "momentum", "active_when": {"optimizer": ["SGD"]}},
                   {"parameter": "nesterov", "active_when": {"optimizer": ["SGD"]}}],
    "forbidden": [{"optimizer": ["Adam"], "layers": [5]}]
  })"));
  EXPECT_TRUE(space.ok());
  return std::move(*space);
}

class FeatureMapTest : public testing::Test {
 protected:
  std::vector<double> Row(const char* params) const {
    std::vector<double> row(features_.columns());
    features_.Encode(*space_.FromJson(*ParseJson(params)), row.data());
    return row;
  }
  static double SquaredDistance(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  }

  Space space_ = MakeSpace();
  FeatureMap features_{space_};
};

TEST_F(FeatureMapTest, ParametersUnderOneConditionShareOneFlag) {
  EXPECT_EQ(features_.dimensions(), 6u + 1);
  EXPECT_EQ(features_.columns(), 3u + 1 + 1 + 2 + 1 + 1 + 1);
}

TEST_F(FeatureMapTest, TwoChoicesOfACategoryAreAtDistanceOne) {
  EXPECT_NEAR(SquaredDistance(Row(R"({"optimizer":"Adam","lr":0.1,"layers":2,"fixed":3})"),
                              Row(R"({"optimizer":"AdamW","lr":0.1,"layers":2,"fixed":3})")),
              1, 1e-12);
}

TEST_F(FeatureMapTest, TheEndsOfARangeAreAtDistanceOne) {
  EXPECT_NEAR(SquaredDistance(Row(R"({"optimizer":"AdamW","lr":0.1,"layers":1,"fixed":3})"),
                              Row(R"({"optimizer":"AdamW","lr":0.1,"layers":5,"fixed":3})")),
              1, 1e-12);
  EXPECT_NEAR(SquaredDistance(Row(R"({"optimizer":"AdamW","lr":1e-4,"layers":1,"fixed":3})"),
                              Row(R"({"optimizer":"AdamW","lr":0.01,"layers":1,"fixed":3})")),
              0.25, 1e-12);
}

TEST_F(FeatureMapTest, AnInactiveParameterDoesNotDependOnAnything) {
  const auto row = Row(R"({"optimizer":"Adam","lr":0.1,"layers":2,"fixed":3})");
  EXPECT_EQ(row[features_.column_of(2)], 0.5);
  EXPECT_EQ(row[features_.column_of(3)], 0);
  EXPECT_EQ(row[features_.column_of(3) + 1], 0);
  EXPECT_EQ(row.back(), 0) << "the flag";
}

TEST_F(FeatureMapTest, AParameterWithOneValueIsAConstant) {
  EXPECT_TRUE(std::isfinite(features_.Scaled(5, 3)));
}

TEST_F(FeatureMapTest, NeighboursDifferInOneParameterAndAreAllowed) {
  RandomStream random(1, "test");
  const Configuration centre =
      *space_.FromJson(*ParseJson(R"({"optimizer":"Adam","lr":0.1,"layers":2,"fixed":3})"));
  int seen = 0;
  VisitNeighbours(space_, centre, random, [&](Configuration neighbour) {
    ++seen;
    ASSERT_TRUE(space_.Check(neighbour).ok()) << space_.ToJson(neighbour);
    int different = 0;
    for (std::size_t i = 0; i < space_.size(); ++i) {
      if (centre.active(i) && neighbour.active(i) && centre.values[i] != neighbour.values[i])
        ++different;
    }
    EXPECT_EQ(different, 1) << space_.ToJson(neighbour);
  });
  // Two other optimizers, four draws of lr, layers 1, 3, 4 (5 is forbidden with Adam).
  EXPECT_EQ(seen, 2 + 4 + 3);
}

}  // namespace
}  // namespace faretto
