#include "scheduler/suggest/choose.h"

#include <gtest/gtest.h>

#include "tests/scheduler/suggest/study_driver.h"

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
  EXPECT_EQ(ChooseSearcher(StudyDriver(AskTellSpec(Study(5))).view()), "nsga2");
}

TEST(ChooseSearcher, TakesTpeWhileMoreTrialsAreUnderWayThanAModelCanFollow) {
  StudyDriver driver(AskTellSpec(Study(1)));
  std::vector<TrialId> running;
  for (int i = 0; i < 101; ++i) running.push_back(*driver.Ask());
  EXPECT_EQ(ChooseSearcher(driver.view()), "tpe");
  driver.Tell(running.front(), {{"f0", 0.5}});
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

// Many workers come and go: a model, then none, then a model again.
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
    driver.Run(110, 110, evaluate);
    driver.Run(5, 1, evaluate);
    const auto& trials = driver.state().trials();
    EXPECT_EQ(trials[14].origin, "bo/gp");
    EXPECT_EQ(trials[124].origin, "tpe");
    EXPECT_EQ(trials.back().origin, "bo/gp");
    driver.CheckReplay();
  }
}

}  // namespace
}  // namespace faretto
