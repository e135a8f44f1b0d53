#include <algorithm>
#include <cmath>
#include <vector>

#include "scheduler/surrogates/acquisition.h"
#include "scheduler/surrogates/acquisition_search.h"
#include "tests/scheduler/surrogates/study_model_fixture.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

TEST_F(StudyModelTest, PredictsWhatItHasNotSeen) {
  const StudyDriver driver = Run(Study(), 40);
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const auto prediction =
      model.Predict(Row(features, driver.spec().space, R"({"x": 0.52, "kind": "a"})"));
  const Target& f = model.data().objectives[0];
  EXPECT_NEAR(f.mean() + f.sd() * prediction.mean(0, 0), 0.0484, 0.02);
  const Target& g = model.data().objectives[1];
  EXPECT_NEAR(g.mean() + g.sd() * prediction.mean(1, 0), 0.0324, 0.02) << "to be minimised";
}

TEST_F(StudyModelTest, FailedTrialsAreNoResultsButAreLearnedFrom) {
  const StudyDriver driver =
      Run(Study(), 40, [](const Trial& trial) { return trial.params["kind"] == "c"; });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  for (const TrialId id : model.data().trial_of)
    EXPECT_NE(driver.state().FindTrial(id)->params["kind"], "c");
  const auto bad = model.Predict(Row(features, driver.spec().space, R"({"x":0.5,"kind":"c"})"));
  const auto good = model.Predict(Row(features, driver.spec().space, R"({"x":0.5,"kind":"a"})"));
  EXPECT_GT(bad.failure_mean[0], 0.5);
  EXPECT_LT(good.failure_mean[0], -0.5);
}

TEST_F(StudyModelTest, PendingTrialsCountAsKnown) {
  StudyDriver driver = Run(Study(), 20);
  const TrialId open = *driver.Ask();
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  ASSERT_EQ(model.data().pending, std::vector<TrialId>{open});
  MatrixXd x(static_cast<Index>(features.columns()), 1);
  features.Encode(driver.state().FindTrial(open)->configuration, x.data());
  EXPECT_LT(model.Predict(x).sd(0, 0), 0.2);
}

TEST_F(StudyModelTest, ConstraintsArePredicted) {
  Json study = Study();
  study["constraints"] = {{{"metric", "size"}, {"at_most", 0.5}}};
  const StudyDriver driver = Run(study, 30);
  ExpectSizeKnown(driver);
}

// Trainings that stop early for it do not tell by how much they violate it.
TEST_F(StudyModelTest, AResultWithoutAConstraintsMetricViolatesIt) {
  Json study = Study();
  study["constraints"] = {{{"metric", "size"}, {"at_most", 0.5}}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(30, 1, [](const Trial& trial, std::int64_t) {
    Metrics values = Values(trial);
    if (values["size"] > 0.5) values.erase("size");
    return std::optional(values);
  });
  ExpectSizeKnown(driver);
}

TEST_F(StudyModelTest, AcquisitionGradientAgreesWithFiniteDifferences) {
  Json study = Study();
  study["constraints"] = {{{"metric", "size"}, {"at_most", 0.5}}};
  const StudyDriver driver =
      Run(study, 25, [](const Trial& trial) { return trial.params["x"] > 0.9; });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Acquisition acquisition(model);
  const auto column = static_cast<Index>(features.column_of(0));
  constexpr double kStep = 1e-5;  // smaller ones see the rounding of tiny variances
  for (const double at : {0.2, 0.45, 0.75, 0.92}) {
    Eigen::VectorXd x = Row(features, driver.spec().space, R"({"x":0.2,"kind":"a"})").col(0);
    Eigen::VectorXd gradient;
    x[column] = at;
    const double value = acquisition.LogWithGradient(x, &gradient);
    EXPECT_NEAR(value, acquisition.Log(x)[0], 1e-6 * std::max(1.0, std::abs(value)));
    x[column] = at + kStep;
    const double high = acquisition.Log(x)[0];
    x[column] = at - kStep;
    const double slope = (high - acquisition.Log(x)[0]) / (2 * kStep);
    EXPECT_NEAR(gradient[column], slope, 1e-3 * std::max(1.0, std::abs(slope))) << "x = " << at;
  }
}

TEST_F(StudyModelTest, TheMaximumIsAFreshConfigurationBetterThanDraws) {
  const StudyDriver driver = Run(Study(), 25);
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Acquisition acquisition(model);
  RandomStream random(1, "test");
  const auto maximum = MaximiseAcquisition(driver.view(), acquisition, random);
  ASSERT_TRUE(maximum.has_value());
  const Space& space = driver.spec().space;
  EXPECT_EQ(driver.state().FindTrialByKey(space.CanonicalKey(maximum->configuration)), nullptr);
  for (int i = 0; i < 200; ++i) {
    MatrixXd x(static_cast<Index>(features.columns()), 1);
    features.Encode(space.Sample(random), x.data());
    EXPECT_LE(acquisition.Log(x)[0], maximum->log_value + 1e-9);
  }
}

TEST_F(StudyModelTest, WildScalesAreStandardised) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(20, 1, [](const Trial& trial, std::int64_t) {
    Metrics values = Values(trial);
    values["f"] *= 1e-200;
    values["g"] = values["g"] * 1e200 + 1e200;
    return std::optional(values);
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  for (const Target& target : model.data().objectives) {
    const Eigen::VectorXd& values = target.rungs.front().values;
    EXPECT_NEAR(values.mean(), 0, 1e-9);
    EXPECT_NEAR(values.squaredNorm() / 20, 1, 1e-6);
  }
}

TEST_F(StudyModelTest, WithOneRungEveryThirdModelHasEffectsOfDimensions) {
  Json study = Study();
  study["constraints"] = {{{"metric", "size"}, {"at_most", 0.5}}};
  for (const int trials : {12, 13, 14, 15, 16, 17, 149, 152}) {
    const StudyDriver driver = Run(study, trials);
    const FeatureMap features(driver.spec().space);
    const Json fitted = StudyModel(driver.view(), features).fitted().value();
    const bool effects = trials % 3 == 2 && trials < 150;
    EXPECT_EQ(fitted.contains("objective/f/0/effects"), effects) << trials;
    EXPECT_EQ(fitted.contains("objective/f/0"), !effects) << trials;
    EXPECT_TRUE(fitted.contains("constraint/size at most/0")) << trials;
  }
}

TEST_F(StudyModelTest, HyperparametersOfAnotherTurnStayInTheRecord) {
  Json study = Study();
  study["algorithm"]["searcher"] = "bo";
  const StudyDriver driver = Run(study, 40);
  EXPECT_TRUE(driver.state().model()->contains("objective/g/0"));
  EXPECT_TRUE(driver.state().model()->contains("objective/g/0/effects"));
}

TEST_F(StudyModelTest, AnObjectiveThatIsTheSameEverywhereIsLeftOut) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(20, 1, [](const Trial& trial, std::int64_t) {
    Metrics values = Values(trial);
    values["f"] = 3;
    return std::optional(values);
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  ASSERT_EQ(model.objectives().size(), 1u);
  EXPECT_EQ(model.data().objectives[0].name, "g");
}

TEST_F(StudyModelTest, OneDivergedTrainingDoesNotHideTheOthers) {
  StudyDriver driver(AskTellSpec(Study()));
  driver.Run(30, 1, [](const Trial& trial, std::int64_t) {
    Metrics values = Values(trial);
    if (trial.id == 9) values["f"] = 1e6;
    return std::optional(values);
  });
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Target& f = model.data().objectives[0];
  EXPECT_LT(f.sd(), 1);
}

TEST_F(StudyModelTest, ReportedCostsAreLearnedAndDivideTheValue) {
  Json study = Study();
  study["algorithm"]["cost"] = "reported";
  StudyDriver driver(AskTellSpec(study));
  for (int i = 0; i < 40; ++i) {
    const TrialId id = *driver.Ask();
    const Trial& trial = *driver.state().FindTrial(id);
    driver.Tell(id, Values(trial), trial.params["kind"] == "c" ? 20 : 2);
  }
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Space& space = driver.spec().space;
  const MatrixXd cheap = Row(features, space, R"({"x": 0.45, "kind": "a"})");
  const MatrixXd dear = Row(features, space, R"({"x": 0.45, "kind": "c"})");
  const auto cheap_prediction = model.Predict(cheap), dear_prediction = model.Predict(dear);
  ASSERT_EQ(cheap_prediction.log_cost.size(), 1);
  EXPECT_NEAR(std::exp(cheap_prediction.log_cost[0]), 2, 0.3);
  EXPECT_NEAR(std::exp(dear_prediction.log_cost[0]), 20, 3);
  const Acquisition acquisition(model);
  StudyModel::Prediction without = dear_prediction;
  without.log_cost.resize(0);
  EXPECT_NEAR(acquisition.Log(without, 0) - acquisition.Log(dear_prediction, 0), std::log(20), 0.2);
  Eigen::VectorXd gradient;
  EXPECT_NEAR(acquisition.LogWithGradient(dear.col(0), &gradient), acquisition.Log(dear)[0], 1e-6);
}

// The front is made of posterior means: one lucky result among many of the same place is not
// taken for what can be reached there.
TEST_F(StudyModelTest, ALuckyResultIsNotUnbeatable) {
  Json study = Study();
  study["objectives"].erase(1);
  StudyDriver driver(AskTellSpec(study));
  TrialId lucky = -1;
  driver.Run(60, 1, [&](const Trial& trial, std::int64_t) {
    // Noise with a standard deviation of about 0.1, a fixed one for each trial.
    double value = Values(trial).at("f") + 0.1 * std::sin(1000.0 * static_cast<double>(trial.id));
    const double x = trial.params["x"];
    if (lucky < 0 && trial.id > 20 && x > 0.5 && x < 0.7) {
      lucky = trial.id;
      value -= 0.3;
    }
    return std::optional(Metrics{{"f", value}});
  });
  ASSERT_GE(lucky, 0);
  const FeatureMap features(driver.spec().space);
  const StudyModel model(driver.view(), features);
  const Acquisition acquisition(model);
  // The true optimum is at 0.3; what was lucky lies elsewhere.
  const MatrixXd best = Row(features, driver.spec().space, R"({"x": 0.3, "kind": "a"})");
  MatrixXd there(static_cast<Index>(features.columns()), 1);
  features.Encode(driver.state().FindTrial(lucky)->configuration, there.data());
  EXPECT_GT(acquisition.Log(best)[0], acquisition.Log(there)[0]);
  EXPECT_EQ(std::count(acquisition.front().begin(), acquisition.front().end(), lucky), 0);
}

// pi-BO: the exponent of the prior is 10 / results.
TEST_F(StudyModelTest, TheUsersPriorFades) {
  Json study = Study();
  study["space"]["parameters"][0]["prior"] = {{"mean", 0.9}, {"sd", 0.05}};
  for (const int results : {10, 40}) {
    const StudyDriver driver = Run(study, results);
    const FeatureMap features(driver.spec().space);
    const StudyModel model(driver.view(), features);
    const Acquisition acquisition(model);
    const Space& space = driver.spec().space;
    const auto likely = space.FromJson(*ParseJson(R"({"x": 0.9, "kind": "a"})"));
    const auto unlikely = space.FromJson(*ParseJson(R"({"x": 0.75, "kind": "a"})"));
    // Three standard deviations away.
    EXPECT_NEAR(acquisition.LogPrior(*likely) - acquisition.LogPrior(*unlikely),
                10.0 / results * 4.5, 1e-9);
  }
}

}  // namespace
}  // namespace faretto
