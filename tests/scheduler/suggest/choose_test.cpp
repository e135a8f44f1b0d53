#include "scheduler/suggest/choose.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "objectives/pareto/hypervolume.h"
#include "tests/scheduler/suggest/study_driver.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

Json Study(int objectives) {
  Json study = {
      {"name", "choose"},
      {"seed", 1},
      {"space", {{"parameters", {{{"name", "x"}, {"type", "float"}, {"low", 0}, {"high", 1}}}}}},
      {"objectives", Json::array()},
      {"algorithm", {{"fidelity", "full"}}}};
  for (int k = 0; k < objectives; ++k)
    study["objectives"].push_back({{"name", "f" + std::to_string(k)}});
  return study;
}

TEST(ChooseSearcher, TakesAModelForOneToFourObjectives) {
  for (const int objectives : {1, 2, 4}) {
    const StudyDriver driver(AskTellSpec(Study(objectives)));
    EXPECT_EQ(ChooseSearcher(driver.view()), "bo") << objectives;
  }
  EXPECT_EQ(ChooseSearcher(StudyDriver(AskTellSpec(Study(5))).view()), "tpe");
}

TEST(ChooseSearcher, TakesTpeWhileMoreTrialsAreUnderWayThanAModelCanFollow) {
  StudyDriver driver(AskTellSpec(Study(1)));
  std::vector<TrialId> running;
  for (int i = 0; i < 1500; ++i) running.push_back(*driver.Ask());
  EXPECT_EQ(ChooseSearcher(driver.view()), "bo");
  running.push_back(*driver.Ask());
  EXPECT_EQ(ChooseSearcher(driver.view()), "tpe");
  driver.Tell(running.front(), {{"f0", 0.5}});
  EXPECT_EQ(ChooseSearcher(driver.view()), "tpe");  // The result is a row as well.
}

// ZDT1 in six dimensions; the reference is out of reach of chance.
TEST(ChooseSearcher, WithManyWorkersFindsFarMoreThanTheOthers) {
  const auto volume = [](const char* searcher) {
    Json study = Study(2);
    for (int i = 1; i < 6; ++i)
      study["space"]["parameters"].push_back(
          {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
    if (searcher) study["algorithm"]["searcher"] = searcher;
    StudyDriver driver(AskTellSpec(study));
    std::vector<Point> points;
    driver.Run(220, 110, [&](const Trial& trial, std::int64_t) {
      const std::vector<double>& x = trial.configuration.values;
      const double g = 1 + 9 * std::accumulate(x.begin() + 1, x.end(), 0.0) / 5;
      points.push_back({x[0], g * (1 - std::sqrt(x[0] / g))});
      return std::optional(Metrics{{"f0", points.back()[0]}, {"f1", points.back()[1]}});
    });
    return Hypervolume(points, {1.1, 1.1});
  };
  const double chosen = volume(nullptr);
  EXPECT_GT(chosen, 0.6);  // Of 0.88.
  for (const char* searcher : {"random", "nsga2", "tpe"})
    EXPECT_GT(chosen, volume(searcher) + 0.3) << searcher;
}

// DTLZ2 (Deb et al. 2002) in five dimensions: on its front each objective is bad where another is
// best.
TEST(ChooseSearcher, FindsFarMoreThanChanceWithTwoToFourObjectives) {
  const auto share = [](std::size_t objectives, const char* searcher) {
    Json study = Study(static_cast<int>(objectives));
    for (int i = 1; i < 5; ++i)
      study["space"]["parameters"].push_back(
          {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
    for (Json& objective : study["objectives"]) objective["reference"] = 1.1;
    if (searcher) study["algorithm"]["searcher"] = searcher;
    StudyDriver driver(AskTellSpec(study));
    std::vector<Point> points;
    driver.Run(60, 1, [&](const Trial& trial, std::int64_t) {
      const std::vector<double>& x = trial.configuration.values;
      double radius = 1;
      for (std::size_t i = objectives - 1; i < x.size(); ++i) radius += (x[i] - 0.5) * (x[i] - 0.5);
      Point point(objectives, radius);
      Metrics metrics;
      for (std::size_t k = 0; k < objectives; ++k) {
        for (std::size_t i = 0; i + k + 1 < objectives; ++i) point[k] *= std::cos(x[i] * M_PI / 2);
        if (k > 0) point[k] *= std::sin(x[objectives - 1 - k] * M_PI / 2);
        metrics["f" + std::to_string(k)] = point[k];
      }
      points.push_back(point);
      return std::optional(metrics);
    });
    // What lies between the unit ball and the reference.
    const double ball = std::array{M_PI / 4, M_PI / 6, M_PI * M_PI / 32}[objectives - 2];
    return Hypervolume(points, Point(objectives, 1.1)) /
           (std::pow(1.1, static_cast<double>(objectives)) - ball);
  };
  const std::array least = {0.9, 0.75, 0.7};
  for (std::size_t k = 2; k <= 4; ++k) {
    const double found = share(k, nullptr);
    EXPECT_GT(found, least[k - 2]) << k;
    EXPECT_GT(found, share(k, "random") + 0.2) << k;
  }
}

TEST(ChooseSearcher, ReportsOnTheWayOfAFullTrainingAreNoResults) {
  Json study = Study(1);
  study["algorithm"]["max_resource"] = 9;
  StudyDriver driver(AskTellSpec(study));
  std::vector<TrialId> running;
  for (int i = 0; i < 1001; ++i) running.push_back(*driver.Ask());
  for (const TrialId id : running) driver.TellAt(id, 3, {{"f0", 0.5}});
  EXPECT_EQ(ChooseSearcher(driver.view()), "bo");
}

TEST(ChooseSearcher, TakesTpeFromAThousandResultsOn) {
  Json study = Study(1);
  study["algorithm"]["searcher"] = "random";
  StudyDriver driver(AskTellSpec(study));
  driver.Run(1001, 1, [](const Trial& trial, std::int64_t) {
    return std::optional(Metrics{{"f0", trial.configuration.values[0]}});
  });
  EXPECT_EQ(ChooseSearcher(driver.view()), "tpe");
}

TEST(ChooseSearcher, AStudyWithoutASearcherStartsAndIsDerivedAgain) {
  StudyDriver driver(AskTellSpec(Study(2)));
  driver.Run(25, 3, [](const Trial& trial, std::int64_t) {
    const double x = trial.configuration.values[0];
    return std::optional(Metrics{{"f0", x}, {"f1", 1 - x}});
  });
  EXPECT_EQ(driver.state().trials().back().origin, "bo/gp");
  driver.CheckReplay();
}

// A model, and none once many results come from elsewhere.
TEST(ChooseSearcher, AStudyThatChoosesAnewIsDerivedAgain) {
  for (const int lookahead : {0, 2}) {
    SCOPED_TRACE(lookahead);
    Json study = Study(2);
    study["algorithm"]["lookahead"] = lookahead;
    StudyDriver driver(AskTellSpec(study));
    const auto evaluate = [](const Trial& trial, std::int64_t) {
      const double x = trial.configuration.values[0];
      return std::optional(Metrics{{"f0", x}, {"f1", 1 - x}});
    };
    driver.Run(15, 1, evaluate);
    EXPECT_EQ(driver.state().trials().back().origin, "bo/gp");
    Json known = Json::array();
    for (int i = 0; i < 1000; ++i) {
      const double x = (i + 0.25) / 1000;
      const Json report = {{"resource", 1}, {"values", {{"f0", x}, {"f1", 1 - x}}}};
      known.push_back({{"params", {{"x", x}}}, {"reports", Json::array({report})}});
    }
    const Outcome imported = driver.Import(known);
    ASSERT_NE(JsonOf(imported).value("type", ""), "error") << JsonOf(imported);
    driver.Run(5, 1, evaluate);
    EXPECT_EQ(driver.state().trials().back().origin, "tpe");
    driver.CheckReplay();
  }
}

}  // namespace
}  // namespace faretto
