#include <algorithm>
#include <vector>

#include "tests/scheduler/surrogates/study_model_fixture.h"

namespace faretto {
namespace {

using Eigen::Index;

class StudyModelAtRungsTest : public StudyModelTest {
 protected:
  static Metrics ValuesAt(const Trial& trial, std::int64_t resource) {
    Metrics values = Values(trial);
    if (resource == 1) values["f"] = 2 * values["f"] + 2;
    if (resource == 3) values["f"] += 1;
    return values;
  }
  // Rungs 1, 3 and 9. At 1 the values are 2 too high and twice as far apart, at 3 one too high.
  static Json StudyAtRungs() {
    Json study = Study();
    study["algorithm"].update(
        {{"fidelity", "asha"}, {"min_resource", 1}, {"max_resource", 9}, {"reduction_factor", 3}});
    return study;
  }
  static StudyDriver RunAtRungs(int steps) {
    StudyDriver driver(AskTellSpec(StudyAtRungs()));
    driver.Run(steps, 1, [](const Trial& trial, std::int64_t resource) {
      return std::optional(ValuesAt(trial, resource));
    });
    return driver;
  }
};

TEST_F(StudyModelAtRungsTest, ResultsAtLowRungsPredictHighOnes) {
  const StudyDriver driver = RunAtRungs(60);
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Target& f = model.data().objectives[0];
  ASSERT_EQ(f.rungs.size(), 3u);
  ASSERT_LT(2 * f.rungs[2].rows.size(), f.rungs[0].rows.size());
  // Not near the few good trials that reached the top.
  const auto prediction =
      model.Predict(Row(features, driver.spec().space, R"({"x": 0.95, "kind": "b"})"));
  EXPECT_NEAR(f.mean() + f.sd() * prediction.mean(0, 0), 0.6225, 0.15);
}

TEST_F(StudyModelAtRungsTest, RungsBelowTheTopHaveEffectsOfDimensions) {
  const StudyDriver driver = RunAtRungs(60);
  const FeatureMap features(driver.spec().space);
  const std::optional<Json> fitted = StudyModel(driver.view(), features).fitted();
  ASSERT_TRUE(fitted);
  const auto size = [&](const char* rung) {
    return (*fitted)[std::string("objective/f/") + rung]["theta"].size();
  };
  EXPECT_EQ(size("2"), features.dimensions() + 2);
  EXPECT_EQ(size("1"), 2 * features.dimensions() + 4);
  EXPECT_EQ(size("0"), 2 * features.dimensions() + 4);
}

TEST_F(StudyModelAtRungsTest, ATrialIsPredictedFromItsOwnResults) {
  const StudyDriver driver = RunAtRungs(40);
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const StudyData& data = model.data();
  std::vector<Index> columns;
  for (std::size_t i = 0; i < data.finished.size(); ++i) columns.push_back(static_cast<Index>(i));
  const auto prediction = model.PredictKnown(columns);
  const Target& f = data.objectives[0];
  for (const Index i : columns) {
    const Trial& trial = *driver.state().FindTrial(data.finished[static_cast<std::size_t>(i)]);
    if (trial.reached < 3) continue;
    EXPECT_NEAR(f.mean() + f.sd() * prediction.mean(0, i), Values(trial)["f"], 0.05) << trial.id;
  }
  EXPECT_TRUE(model.MeansOfKnown()
                  .objectives.leftCols(prediction.mean.cols())
                  .isApprox(prediction.mean, 1e-9));
}

// Chance level: nothing is learned after one epoch.
TEST_F(StudyModelAtRungsTest, ARungThatIsTheSameEverywhereIsNoUnitForTheNext) {
  StudyDriver driver(AskTellSpec(StudyAtRungs()));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t resource) {
    Metrics values = Values(trial);
    values["f"] = resource == 1 ? 0.9 : 0.01 * values["f"];
    return std::optional(values);
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Target& f = model.data().objectives[0];
  const auto prediction =
      model.Predict(Row(features, driver.spec().space, R"({"x": 0.35, "kind": "a"})"));
  EXPECT_LT(f.sd() * prediction.sd(0, 0), 0.002);
}

TEST_F(StudyModelAtRungsTest, WildScalesOfRungsGiveFiniteModels) {
  StudyDriver driver(AskTellSpec(StudyAtRungs()));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t resource) {
    Metrics values = ValuesAt(trial, resource);
    if (resource == 1) values["f"] *= 1e200;
    if (resource == 9) values["f"] *= 1e-300;
    return std::optional(values);
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const auto prediction =
      model.Predict(Row(features, driver.spec().space, R"({"x": 0.35, "kind": "a"})"));
  EXPECT_TRUE(prediction.mean.allFinite());
  EXPECT_TRUE(prediction.sd.allFinite());
}

TEST_F(StudyModelAtRungsTest, APromotedTrialIsPendingAtTheRungsAboveIt) {
  StudyDriver driver = RunAtRungs(40);
  TrialId promoted = *driver.Ask();
  while (driver.state().FindTrial(promoted)->reached == 0) {
    const Trial& trial = *driver.state().FindTrial(promoted);
    driver.Tell(promoted, ValuesAt(trial, trial.target));
    promoted = *driver.Ask();
  }
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const StudyData& data = model.data();
  const auto column = std::find(data.finished.begin(), data.finished.end(), promoted);
  ASSERT_NE(column, data.finished.end());
  EXPECT_NE(std::find(data.under_way.begin(), data.under_way.end(), column - data.finished.begin()),
            data.under_way.end());
}

}  // namespace
}  // namespace faretto
