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

}  // namespace
}  // namespace faretto
