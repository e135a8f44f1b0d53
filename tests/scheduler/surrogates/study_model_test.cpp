#include "scheduler/surrogates/study_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scheduler/surrogates/acquisition.h"
#include "scheduler/surrogates/acquisition_search.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

Json Study() {
  return *ParseJson(R"({
    "name": "model", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1},
                             {"name": "kind", "type": "categorical", "choices": ["a", "b", "c"]}]},
    "objectives": [{"name": "f"}, {"name": "g", "direction": "maximize"}],
    "algorithm": {"searcher": "random", "fidelity": "full"}
  })");
}

class StudyModelTest : public testing::Test {
 protected:
  // f = (x - 0.3)^2, g = -(x - 0.7)^2; kind "b" adds to f.
  static Metrics Values(const Trial& trial) {
    const double x = trial.params["x"];
    const double kind = trial.params["kind"] == "b" ? 0.2 : 0;
    return {{"f", (x - 0.3) * (x - 0.3) + kind}, {"g", -(x - 0.7) * (x - 0.7)}, {"size", x}};
  }
  static StudyDriver Run(const Json& study, int trials,
                         const std::function<bool(const Trial&)>& fails = nullptr) {
    StudyDriver driver(AskTellSpec(study));
    driver.Run(trials, 1, [&](const Trial& trial, std::int64_t) -> std::optional<Metrics> {
      if (fails && fails(trial)) return std::nullopt;
      return Values(trial);
    });
    return driver;
  }
  static MatrixXd Row(const FeatureMap& features, const Space& space, const char* params) {
    MatrixXd x(static_cast<Index>(features.columns()), 1);
    features.Encode(*space.FromJson(*ParseJson(params)), x.data());
    return x;
  }
  // Sizes up to 0.5 are allowed, larger ones are not, and the model predicts it.
  static void ExpectSizeKnown(const StudyDriver& driver) {
    const FeatureMap features(driver.spec().space);
    const StudyModel model(driver.view(), features);
    const Space& space = driver.spec().space;
    EXPECT_LT(model.Predict(Row(features, space, R"({"x":0.2,"kind":"a"})")).constraint_mean(0, 0),
              0);
    EXPECT_GT(model.Predict(Row(features, space, R"({"x":0.8,"kind":"a"})")).constraint_mean(0, 0),
              0);
  }
};

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

TEST_F(StudyModelTest, EveryFourthModelOfManyTrialsIsUnsureOfOtherCategories) {
  const auto sd = [](const Json& study, int trials, const char* params) {
    StudyDriver driver(AskTellSpec(study));
    driver.Run(trials, 1, [](const Trial& trial, std::int64_t) {
      return trial.params["kind"] == "c" ? std::nullopt : std::optional(Values(trial));
    });
    const FeatureMap features(driver.spec().space);
    const StudyModel model(driver.view(), features);
    return model.Predict(Row(features, driver.spec().space, params)).sd(1, 0);
  };
  const char* unseen = R"({"x": 0.4, "kind": "c"})";
  EXPECT_GT(sd(Study(), 43, unseen), 3 * sd(Study(), 42, unseen));
  EXPECT_LT(sd(Study(), 39, unseen), 1.5 * sd(Study(), 40, unseen)) << "still few";
  const char* seen = R"({"x": 0.4, "kind": "a"})";
  EXPECT_LT(sd(Study(), 43, seen), 0.1);
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

TEST_F(StudyModelTest, ThinningKeepsTheFrontAndTheNewest) {
  const StudyDriver driver = Run(Study(), 60);
  const FeatureMap features(driver.spec().space);
  const StudyData all = CollectStudyData(driver.view(), features, 1000);
  const StudyData few = CollectStudyData(driver.view(), features, 24);
  EXPECT_EQ(all.trial_of.size(), 60u);
  EXPECT_LE(few.trial_of.size(), 24u);
  EXPECT_GE(few.trial_of.size(), 20u);
  EXPECT_EQ(few.trial_of.back(), 59);
}

TEST_F(StudyModelTest, ThinningChoosesEvenlyByAge) {
  Json study = Study();
  study["objectives"].erase(1);
  const StudyDriver driver = Run(study, 200);
  const FeatureMap features(driver.spec().space);
  for (const std::size_t most : {100, 120, 150}) {
    const StudyData few = CollectStudyData(driver.view(), features, most);
    std::vector<int> of_age(5);  // of forty trials each; the last has the newest
    for (const TrialId id : few.trial_of) ++of_age[static_cast<std::size_t>(id / 40)];
    const auto [least, largest] = std::minmax_element(of_age.begin(), of_age.end() - 1);
    EXPECT_LE(*largest - *least, 6) << most;
  }
}

TEST_F(StudyModelTest, ThinningKeepsTheBest) {
  Json study = Study();
  study["objectives"].erase(1);
  const StudyDriver driver = Run(study, 200);
  const auto& trials = driver.state().trials();
  const auto by_f = [](const Trial& a, const Trial& b) { return Values(a)["f"] < Values(b)["f"]; };
  const TrialId best = std::min_element(trials.begin(), trials.end(), by_f)->id;
  const FeatureMap features(driver.spec().space);
  // Eleven by age and five newest are few enough that chance seldom finds it.
  const StudyData few = CollectStudyData(driver.view(), features, 16);
  ASSERT_LT(best, 195);
  EXPECT_NE(std::find(few.trial_of.begin(), few.trial_of.end(), best), few.trial_of.end());
}

TEST_F(StudyModelTest, ThinningKeepsTheBestFeasible) {
  Json study = Study();
  study["objectives"].erase(1);
  study["constraints"] = {{{"metric", "size"}, {"at_least", 0.6}}};  // Without it x = 0.3 is best.
  const StudyDriver driver = Run(study, 200);
  TrialId best = -1;
  for (const Trial& trial : driver.state().trials()) {
    const bool feasible = trial.params["x"].get<double>() >= 0.6;
    if (feasible && (best < 0 || Values(trial)["f"] < Values(*driver.state().FindTrial(best))["f"]))
      best = trial.id;
  }
  const FeatureMap features(driver.spec().space);
  const StudyData few = CollectStudyData(driver.view(), features, 16);
  ASSERT_LT(best, 195);
  EXPECT_NE(std::find(few.trial_of.begin(), few.trial_of.end(), best), few.trial_of.end());
}

// "c" costs ten times as much; in objectives "a" and "c" are the same.
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
