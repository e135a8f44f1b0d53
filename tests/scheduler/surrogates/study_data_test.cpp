#include "scheduler/surrogates/study_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

// Of one parameter, with these objectives.
StudyDriver Driver(const char* objectives) {
  Json study = *ParseJson(R"({
    "name": "data", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "algorithm": {"searcher": "random", "fidelity": "full"}
  })");
  study["objectives"] = *ParseJson(objectives);
  return StudyDriver(AskTellSpec(study));
}

StudyData Collect(const StudyDriver& driver) {
  const FeatureMap features(driver.spec().space);
  return CollectStudyData(driver.view(), features, 1000);
}

TEST(StudyDataTest, TargetsAreLogarithmsWhereTheStudyFileSaysSo) {
  StudyDriver driver = Driver(R"([{"name": "loss", "log": true, "reference": 100},
                                  {"name": "gain", "direction": "maximize", "log": true},
                                  {"name": "size"}])");
  for (const int power : {0, 1, 2, 3}) {
    const double value = std::pow(10, power);
    driver.Tell(*driver.Ask(), {{"loss", value}, {"gain", value}, {"size", power}});
  }
  const StudyData data = Collect(driver);
  ASSERT_EQ(data.objectives.size(), 3u);
  for (Eigen::Index i = 0; i < 4; ++i) {
    EXPECT_NEAR(data.objectives[0].rungs[0].values[i], data.objectives[2].rungs[0].values[i], 1e-9);
    EXPECT_NEAR(data.objectives[1].rungs[0].values[i], -data.objectives[2].rungs[0].values[i],
                1e-9);
  }
  EXPECT_NEAR(*data.objectives[0].reference, std::log(100), 1e-9);
  EXPECT_NEAR(data.objectives[0].mean(), std::log(10) * 1.5, 1e-9);
}

TEST(StudyDataTest, ALossOfExactlyZeroIsTheBestAndNoOutlier) {
  StudyDriver driver = Driver(R"([{"name": "loss", "log": true}])");
  for (const double value : {4.0, 0.0, 1.0, 2.0}) driver.Tell(*driver.Ask(), {{"loss", value}});
  const Eigen::VectorXd loss = Collect(driver).objectives[0].rungs[0].values;
  EXPECT_TRUE(loss.allFinite());
  EXPECT_NEAR(loss[2] - loss[1], loss[3] - loss[2], 1e-9) << "as far from 1 as 1 is from 2";
}

// Of a study whose objectives run over decades: how much worse the worst result looks than the
// 80 % quantile, in standard deviations.
double WorstBeyondMost(int objectives, const char* algorithm) {
  Json study = *ParseJson(R"({
    "name": "data", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]}
  })");
  study["algorithm"] = *ParseJson(algorithm);
  study["objectives"] = Json::array();
  for (int k = 0; k < objectives; ++k)
    study["objectives"].push_back({{"name", "f" + std::to_string(k)}});
  StudyDriver driver(AskTellSpec(study));
  for (int i = 0; i <= 40; ++i) {
    Metrics values;
    for (int k = 0; k < objectives; ++k)
      values["f" + std::to_string(k)] = std::pow(10, 0.1 * (k % 2 == 0 ? i : 40 - i));
    driver.Tell(*driver.Ask(), values);
  }
  const FeatureMap features(driver.spec().space);
  const StudyData data = CollectStudyData(driver.view(), features, 1000);
  Eigen::VectorXd f0 = data.objectives[0].rungs[0].values;
  std::sort(f0.begin(), f0.end());
  return f0[f0.size() - 1] - f0[f0.size() * 4 / 5];
}

constexpr const char* kFull = R"({"searcher": "random", "fidelity": "full"})";
constexpr const char* kRungs =
    R"({"searcher": "random", "fidelity": "asha", "min_resource": 1, "max_resource": 9})";

TEST(StudyDataTest, OneObjectiveOverDecadesIsDrawnIn) { EXPECT_EQ(WorstBeyondMost(1, kFull), 0); }

// The other end of a front may lie there.
TEST(StudyDataTest, SeveralObjectivesAreNot) {
  for (const int objectives : {2, 3, 4}) EXPECT_GT(WorstBeyondMost(objectives, kFull), 1);
}

// It would bend what is nearly a line between rungs.
TEST(StudyDataTest, NorIsOneWithRungs) { EXPECT_GT(WorstBeyondMost(1, kRungs), 1); }

}  // namespace
}  // namespace faretto
