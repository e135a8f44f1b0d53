// Inputs that models break on quietly. Every searcher must go on with sensible suggestions:
// allowed, new, and where there is something to learn, better than chance.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "objectives/pareto/hypervolume.h"
#include "scheduler/searchers/registry.h"
#include "tests/scheduler/suggest/searcher_cases.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

class Degenerate : public testing::TestWithParam<std::string> {
 protected:
  Json Study(const Json& parameters) const {
    Json study = {{"name", "degenerate"},
                  {"seed", 11},
                  {"space", {{"parameters", parameters}}},
                  {"objectives", {{{"name", "f"}}, {{"name", "g"}}}},
                  {"algorithm", SearcherSettings(GetParam())}};
    study["algorithm"]["fidelity"] = "full";
    return study;
  }
  static Json Numbers(int n) {
    Json parameters = Json::array();
    for (int i = 0; i < n; ++i) {
      parameters.push_back(
          {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
    }
    return parameters;
  }
  static double X(const Trial& trial) { return trial.params["x0"]; }

  static void ExpectThirtyFromOne(const Json& study) {
    StudyDriver driver(AskTellSpec(study));
    const TrialId first = *driver.Ask();
    driver.Tell(first, {{"f", 1}, {"g", 2}});
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(driver.Ask().has_value());
    ExpectSensible(driver, 31);
    const bool at_once = study["algorithm"].value("initial", 0) == 1;
    if (at_once && study["algorithm"]["searcher"] == "bo") {
      EXPECT_EQ(driver.state().trials()[1].origin.substr(0, 3), "bo/");
    }
  }

  // All of them allowed and different.
  static void ExpectSensible(const StudyDriver& driver, std::size_t trials) {
    std::set<std::string> keys;
    for (const Trial& trial : driver.state().trials()) {
      EXPECT_TRUE(driver.spec().space.Check(trial.configuration).ok());
      keys.insert(trial.key);
    }
    EXPECT_EQ(keys.size(), trials);
    EXPECT_EQ(driver.state().trials().size(), trials);
    driver.CheckReplay();
  }
};

TEST_P(Degenerate, ConstantObjectives) {
  StudyDriver driver(AskTellSpec(Study(Numbers(2))));
  driver.Run(40, 1, [](const Trial&, std::int64_t) {
    return std::optional(Metrics{{"f", 0.25}, {"g", 0}});
  });
  ExpectSensible(driver, 40);
}

TEST_P(Degenerate, OneConstantObjectiveDoesNotHideTheOther) {
  StudyDriver driver(AskTellSpec(Study(Numbers(1))));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Metrics{{"f", std::abs(X(trial) - 0.77)}, {"g", 1}});
  });
  ExpectSensible(driver, 60);
  double nearest = 1;
  for (const Trial& trial : driver.state().trials())
    nearest = std::min(nearest, std::abs(X(trial) - 0.77));
  EXPECT_LT(nearest, 0.02);
}

// As the searcher begins, and where it is to ask its model at once.
TEST_P(Degenerate, OneObservation) {
  for (const bool at_once : {false, true}) {
    SCOPED_TRACE(at_once);
    Json study = Study(Numbers(2));
    if (at_once) study["algorithm"]["initial"] = 1;
    ExpectThirtyFromOne(study);
  }
}

TEST_P(Degenerate, OneObservationAmongFailures) {
  Json study = Study(Numbers(2));
  study["algorithm"]["initial"] = 2;
  StudyDriver driver(AskTellSpec(study));
  driver.Run(40, 1, [](const Trial& trial, std::int64_t) {
    return trial.id == 3 ? std::optional(Metrics{{"f", 1}, {"g", 1}}) : std::nullopt;
  });
  ExpectSensible(driver, 40);
  if (GetParam() == "bo") {
    EXPECT_EQ(driver.state().trials().back().origin, "bo/gp");
  }
}

// Three categories of 25 choices that must be equal: one combination of 625 is allowed.
TEST_P(Degenerate, NearlyEverythingIsForbidden) {
  Json study = Study(Numbers(1));
  Json choices = Json::array();
  for (int i = 0; i < 25; ++i) choices.push_back("c" + std::to_string(i));
  for (const char* name : {"a", "b", "c"}) {
    study["space"]["parameters"].push_back(
        {{"name", name}, {"type", "categorical"}, {"choices", choices}});
  }
  study["space"]["forbidden"] = Json::array();
  for (const Json& choice : choices) {
    Json others = choices;
    others.erase(std::find(others.begin(), others.end(), choice));
    for (const auto& [one, other] : {std::pair("a", "b"), std::pair("b", "c")})
      study["space"]["forbidden"].push_back({{one, Json::array({choice})}, {other, others}});
  }
  StudyDriver driver(AskTellSpec(study));
  driver.Run(25, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Metrics{{"f", X(trial)}, {"g", 1 - X(trial)}});
  });
  ExpectSensible(driver, 25);
}

// Larger is better, until it fails: the border is approached, not crossed again and again.
TEST_P(Degenerate, TheBestLiesBeyondWhatFails) {
  StudyDriver driver(AskTellSpec(Study(Numbers(3))));
  driver.Run(80, 1, [](const Trial& trial, std::int64_t) -> std::optional<Metrics> {
    const auto& x = trial.configuration.values;
    if (x[0] > 0.6) return std::nullopt;
    const double f = std::abs(x[0] - 0.8) + (x[1] - 0.3) * (x[1] - 0.3);
    return Metrics{{"f", f}, {"g", f + (x[2] - 0.5) * (x[2] - 0.5)}};
  });
  ExpectSensible(driver, 80);
  int beyond = 0;
  for (const Trial& trial : driver.state().trials())
    beyond += trial.configuration.values[0] > 0.65 ? 1 : 0;
  EXPECT_LT(beyond, 28) << "a uniform draw's";
}

TEST_P(Degenerate, AllTrialsFailed) {
  StudyDriver driver(AskTellSpec(Study(Numbers(2))));
  driver.Run(40, 2, [](const Trial&, std::int64_t) { return std::optional<Metrics>(); });
  ExpectSensible(driver, 40);
}

TEST_P(Degenerate, AllButOneFailed) {
  StudyDriver driver(AskTellSpec(Study(Numbers(2))));
  driver.Run(40, 1, [](const Trial& trial, std::int64_t) {
    return trial.id == 3 ? std::optional(Metrics{{"f", 1}, {"g", 1}}) : std::nullopt;
  });
  ExpectSensible(driver, 40);
}

TEST_P(Degenerate, WildlyScaledObjectives) {
  StudyDriver driver(AskTellSpec(Study(Numbers(1))));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t) {
    const double x = X(trial);
    return std::optional(Metrics{{"f", 1e-9 * std::abs(x - 0.2)}, {"g", 1e9 * std::abs(x - 0.3)}});
  });
  ExpectSensible(driver, 60);
  // The front lies between 0.2 and 0.3; a uniform draw hits it once in ten.
  const auto& trials = driver.state().trials();
  const auto hits = std::count_if(trials.begin() + 30, trials.end(), [](const Trial& trial) {
    return X(trial) > 0.17 && X(trial) < 0.33;
  });
  if (GetParam() == "random") return;
  EXPECT_GE(hits, 8) << "of 30";
}

TEST_P(Degenerate, ValuesThatOverflowWhenSquared) {
  StudyDriver driver(AskTellSpec(Study(Numbers(2))));
  driver.Run(40, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Metrics{{"f", 1e300 * X(trial)}, {"g", -1e300 * X(trial)}});
  });
  ExpectSensible(driver, 40);
}

TEST_P(Degenerate, RepeatedResultsInADiscreteSpace) {
  const Json parameters = {{{"name", "a"}, {"type", "categorical"}, {"choices", {"p", "q", "r"}}},
                           {{"name", "n"}, {"type", "int"}, {"low", 1}, {"high", 12}}};
  StudyDriver driver(AskTellSpec(Study(parameters)));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t) {
    const double half = trial.params["n"].get<double>() > 6;
    return std::optional(Metrics{{"f", half}, {"g", 1 - half}});
  });
  ExpectSensible(driver, 36);  // the whole space, once
}

// Ten of two hundred are good, one in twenty: as long as none was met, there is nothing to learn.
TEST_P(Degenerate, TwoHundredCategories) {
  Json choices = Json::array();
  for (int i = 0; i < 200; ++i) choices.push_back("c" + std::to_string(i));
  Json parameters = Numbers(1);
  parameters.push_back({{"name", "c"}, {"type", "categorical"}, {"choices", choices}});
  StudyDriver driver(AskTellSpec(Study(parameters)));
  const auto is_good = [](const Trial& trial) {
    return trial.params["c"].get<std::string>().size() == 2;  // c0 to c9
  };
  driver.Run(80, 1, [&](const Trial& trial, std::int64_t) {
    const double c = is_good(trial) ? 0 : 1;
    return std::optional(Metrics{{"f", X(trial) + c}, {"g", 1 - X(trial) + c}});
  });
  ExpectSensible(driver, 80);
  if (GetParam() == "random") return;
  const auto& trials = driver.state().trials();
  EXPECT_GE(std::count_if(trials.begin() + 40, trials.end(), is_good), 8) << "by chance: 2 of 40";
}

TEST_P(Degenerate, InfeasibleEverywhereGoesToTheLeastViolation) {
  Json study = Study(Numbers(2));
  study["constraints"] = {{{"metric", "v"}, {"at_most", -1}}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(60, 1, [](const Trial& trial, std::int64_t) {
    const double v = std::abs(X(trial) - 0.8);
    return std::optional(Metrics{{"f", X(trial)}, {"g", 1 - X(trial)}, {"v", v}});
  });
  ExpectSensible(driver, 60);
  if (GetParam() == "random") return;
  double violation = 0;
  for (std::size_t i = 40; i < 60; ++i)
    violation += std::abs(X(driver.state().trials()[i]) - 0.8) / 20;
  EXPECT_LT(violation, 0.2) << "uniform draws: 0.34";
}

// As where somebody takes the ideal for the reference point: the front is found all the same.
TEST_P(Degenerate, AReferenceThatNothingReaches) {
  const auto volume = [&](const Json& study) {
    StudyDriver driver(AskTellSpec(study));
    std::vector<Point> points;
    driver.Run(70, 1, [&](const Trial& trial, std::int64_t) {
      const double x = X(trial), off = trial.params["x1"].get<double>();
      points.push_back({x, 1 - std::sqrt(x) + off});
      return std::optional(Metrics{{"f", points.back()[0]}, {"g", points.back()[1]}});
    });
    ExpectSensible(driver, 70);
    return Hypervolume(points, {1.1, 1.1});
  };
  Json study = Study(Numbers(2));
  const double without = volume(study);
  for (Json& objective : study["objectives"]) objective["reference"] = -100;
  EXPECT_GT(volume(study), 0.97 * without) << without;
}

TEST_P(Degenerate, ManyPendingTrialsAndNoResult) {
  StudyDriver driver(AskTellSpec(Study(Numbers(2))));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(driver.Ask().has_value());
  ExpectSensible(driver, 100);
}

// A child that is active at the very end of its parent's range, where the optimum lies.
TEST_P(Degenerate, AConditionOnTheEndOfAContinuousRange) {
  Json parameters = Numbers(1);
  parameters.push_back({{"name", "y"}, {"type", "float"}, {"low", 0}, {"high", 1}});
  Json study = Study(parameters);
  study["space"]["conditions"] = {{{"parameter", "y"}, {"active_when", {{"x0", {0}}}}}};
  StudyDriver driver(AskTellSpec(study));
  driver.Run(30, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Metrics{{"f", X(trial)}, {"g", X(trial)}});
  });
  ExpectSensible(driver, 30);
}

INSTANTIATE_TEST_SUITE_P(Searchers, Degenerate, testing::ValuesIn(SearcherNames()),
                         [](const auto& searcher) { return searcher.param; });
INSTANTIATE_TEST_SUITE_P(Surrogates, Degenerate, testing::Values(kForest),
                         [](const auto& searcher) { return searcher.param; });

}  // namespace
}  // namespace faretto
