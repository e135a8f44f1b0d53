// A small study of two objectives, modelled: what the tests of StudyModel and its data share.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "scheduler/surrogates/study_model.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {

inline Json Study() {
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
  static Eigen::MatrixXd Row(const FeatureMap& features, const Space& space, const char* params) {
    Eigen::MatrixXd x(static_cast<Eigen::Index>(features.columns()), 1);
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

}  // namespace faretto
