#include "scheduler/searchers/tpe_searcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "objectives/pareto/hypervolume.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study(const std::string& searcher, Json parameters, std::uint64_t seed = 1) {
  return {{"name", "tpe"},
          {"seed", seed},
          {"space", {{"parameters", std::move(parameters)}}},
          {"objectives", Json::array({{{"name", "f1"}}, {{"name", "f2"}}})},
          {"algorithm", {{"searcher", searcher}, {"fidelity", "full"}}}};
}

Json Floats(int count) {
  Json parameters = Json::array();
  for (int i = 0; i < count; ++i)
    parameters.push_back(
        {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
  return parameters;
}

// Two paraboloids: the front lies between their centres.
Metrics Paraboloids(const Configuration& configuration) {
  double f1 = 0;
  double f2 = 0;
  for (const double x : configuration.values) {
    f1 += (x - 0.2) * (x - 0.2);
    f2 += (x - 0.6) * (x - 0.6);
  }
  return {{"f1", f1}, {"f2", f2}};
}

double MeanHypervolume(const std::string& searcher) {
  constexpr int kSeeds = 5;
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    StudyDriver driver(AskTellSpec(Study(searcher, Floats(5), seed)));
    driver.Run(60, 4, [](const Trial& trial, std::int64_t) {
      return std::optional(Paraboloids(trial.configuration));
    });
    std::vector<Point> points;
    for (const Trial& trial : driver.state().trials()) {
      const Metrics values = Paraboloids(trial.configuration);
      points.push_back({values.at("f1"), values.at("f2")});
    }
    sum += Hypervolume(points, {1, 1});
  }
  return sum / kSeeds;
}

TEST(TpeSearcher, FindsMoreHypervolumeThanRandomSearch) {
  EXPECT_GT(MeanHypervolume("tpe"), MeanHypervolume("random") + 0.1);
}

TEST(TpeSearcher, NeverRepeatsAConfigurationOfACategoricalTable) {
  Json parameters = Json::array();
  for (int i = 0; i < 3; ++i)
    parameters.push_back({{"name", "c" + std::to_string(i)},
                          {"type", "categorical"},
                          {"choices", {"a", "b", "c", "d", "e"}}});
  StudyDriver driver(AskTellSpec(Study("tpe", parameters)));
  driver.Run(200, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Paraboloids(trial.configuration));
  });
  std::set<std::string> keys;
  for (const Trial& trial : driver.state().trials()) keys.insert(trial.key);
  EXPECT_EQ(keys.size(), 125u);
}

TEST(TpeSearcher, KeepsAwayFromPendingTrials) {
  StudyDriver driver(AskTellSpec(Study("tpe", Floats(1))));
  driver.Run(20, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Paraboloids(trial.configuration));
  });
  std::vector<double> pending;
  for (int i = 0; i < 10; ++i) {
    const auto id = driver.Ask();
    ASSERT_TRUE(id.has_value());
    pending.push_back(driver.state().FindTrial(*id)->configuration.values[0]);
  }
  const auto [low, high] = std::minmax_element(pending.begin(), pending.end());
  EXPECT_GT(*high - *low, 0.1);
}

// The first choice halves both objectives and is infeasible.
TEST(TpeSearcher, ConstraintsComeBeforeObjectives) {
  Json parameters = Floats(2);
  parameters.push_back({{"name", "fast"}, {"type", "categorical"}, {"choices", {true, false}}});
  Json study = Study("tpe", parameters);
  study["constraints"] = Json::array({{{"metric", "heat"}, {"at_most", 1}}});
  StudyDriver driver(AskTellSpec(study));
  driver.Run(80, 1, [](const Trial& trial, std::int64_t) {
    const bool fast = trial.configuration.values[2] == 0;
    Metrics values = Paraboloids({{trial.configuration.values[0], trial.configuration.values[1]}});
    for (auto& [name, value] : values) value *= fast ? 0.5 : 1;
    values["heat"] = fast ? 2 : 0;
    return std::optional(values);
  });
  int infeasible = 0;
  for (std::size_t i = 40; i < 80; ++i)
    infeasible += driver.state().trials()[i].configuration.values[2] == 0;
  EXPECT_LE(infeasible, 6);
}

// From 100 results on every second suggestion looks more closely at the good ones.
TEST(TpeSearcher, RefinesInEverySecondSuggestion) {
  StudyDriver driver(AskTellSpec(Study("tpe", Floats(3))));
  driver.Run(600, 1, [](const Trial& trial, std::int64_t) {
    const double loss = Paraboloids(trial.configuration).at("f1");
    return std::optional(Metrics{{"f1", loss}, {"f2", loss}});
  });
  double losses[2] = {0, 0};
  for (std::size_t i = 400; i < 600; ++i) {
    const Trial& trial = driver.state().trials()[i];
    losses[i % 2] += Paraboloids(trial.configuration).at("f1");
  }
  EXPECT_LT(losses[0], losses[1] / 4);
}

TEST(TpeSearcher, OriginAndDiagnosticsSayWhatItSaw) {
  StudyDriver driver(AskTellSpec(Study("tpe", Floats(2))));
  driver.Run(41, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Paraboloids(trial.configuration));
  });
  EXPECT_EQ(driver.state().trials().back().origin, "tpe");
  const Json last = *ParseJson(driver.suggestions().back());
  EXPECT_EQ(last["diagnostics"]["good"], 8);
  EXPECT_EQ(last["diagnostics"]["bad"], 32);
}

TEST(TpeSearcher, TheStudyFileSaysHowManyTrialsComeBefore) {
  for (const int initial : {1, 3, 8, 30}) {
    Json study = Study("tpe", Floats(2));
    study["algorithm"]["initial"] = initial;
    StudyDriver driver(AskTellSpec(study));
    driver.Run(40, 1, [](const Trial& trial, std::int64_t) {
      return std::optional(Paraboloids(trial.configuration));
    });
    const auto& trials = driver.state().trials();
    const auto first = std::find_if(trials.begin(), trials.end(),
                                    [](const Trial& trial) { return trial.origin == "tpe"; });
    EXPECT_EQ(first - trials.begin(), initial);
    driver.CheckReplay();
  }
}

TEST(TpeSearcher, WaitsForAResultHoweverFewTrialsComeBefore) {
  Json study = Study("tpe", Floats(2));
  study["algorithm"]["initial"] = 1;
  StudyDriver driver(AskTellSpec(study));
  for (int i = 0; i < 3; ++i) driver.Ask();
  EXPECT_NE(driver.state().trials().back().origin, "tpe");
  driver.Tell(0, {{"f1", 1}, {"f2", 1}});
  driver.Ask();
  EXPECT_EQ(driver.state().trials().back().origin, "tpe");
}

}  // namespace
}  // namespace faretto
