#include "scheduler/searchers/nsga2_searcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "objectives/pareto/hypervolume.h"
#include "objectives/problems/test_problems.h"
#include "scheduler/searchers/parents.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

Json Study(const std::string& searcher, int dimensions, std::uint64_t seed = 1) {
  Json parameters = Json::array();
  for (int i = 0; i < dimensions; ++i)
    parameters.push_back(
        {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
  return {{"name", "nsga2"},
          {"seed", seed},
          {"space", {{"parameters", parameters}}},
          {"objectives", Json::array({{{"name", "f1"}}, {{"name", "f2"}}})},
          {"algorithm", {{"searcher", searcher}, {"fidelity", "full"}, {"population", 20}}}};
}

Metrics Zdt1(const Configuration& configuration) {
  return *FindTestProblem("zdt1")->Evaluate(configuration.values);
}

std::optional<Metrics> EvaluateZdt1(const Trial& trial, std::int64_t) {
  return Zdt1(trial.configuration);
}

// Hypervolume against (1.1, 6) after 200 evaluations, four workers, mean of five seeds.
double MeanHypervolume(const std::string& searcher) {
  double sum = 0;
  constexpr int kSeeds = 5;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    StudyDriver driver(AskTellSpec(Study(searcher, 10, seed)));
    driver.Run(200, 4, EvaluateZdt1);
    std::vector<Point> points;
    for (const Trial& trial : driver.state().trials()) {
      const Metrics values = Zdt1(trial.configuration);
      points.push_back({values.at("f1"), values.at("f2")});
    }
    sum += Hypervolume(points, {1.1, 6});
  }
  return sum / kSeeds;
}

// The whole front has 6.6 - 1 / 3 = 6.27.
TEST(Nsga2, BeatsRandomOnZdt1AfterTwoHundredEvaluations) {
  const double random = MeanHypervolume("random");
  const double nsga2 = MeanHypervolume("nsga2");
  EXPECT_GT(nsga2, random + 0.5) << "random: " << random;
}

TEST(Nsga2, BeginsLikeRandomWithOnePopulation) {
  StudyDriver nsga2(AskTellSpec(Study("nsga2", 3)));
  nsga2.Run(40, 1, EvaluateZdt1);
  const auto& trials = nsga2.state().trials();
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_FALSE(trials[i].origin.starts_with("nsga2/")) << trials[i].origin;
  for (std::size_t i = 20; i < 40; ++i)
    EXPECT_TRUE(trials[i].origin.starts_with("nsga2/")) << trials[i].origin;
}

TEST(Nsga2, NamesParentsAndRungInTheDiagnostics) {
  StudyDriver driver(AskTellSpec(Study("nsga2", 3)));
  driver.Run(60, 1, EvaluateZdt1);
  std::set<std::string> origins;
  for (const Event& event : driver.events()) {
    const auto* created = std::get_if<TrialCreated>(&event.body);
    if (created == nullptr || created->trial < 20) continue;
    origins.insert(created->origin);
    const std::size_t parents = created->origin == "nsga2/crossover" ? 2 : 1;
    EXPECT_EQ(created->diagnostics.at("parents").size(), parents);
    EXPECT_EQ(created->diagnostics.at("rung"), 1);
  }
  EXPECT_THAT(origins, ::testing::UnorderedElementsAre("nsga2/crossover", "nsga2/mutation"));
}

class Pool : public ::testing::Test {
 protected:
  // Six trials told at each rung of the list.
  StudyDriver Driver(const Json& constraints = Json::array()) {
    Json study = Study("random", 2);
    study["algorithm"]["fidelity"] = "asha";
    study["algorithm"]["max_resource"] = 9;
    study["constraints"] = constraints;
    return StudyDriver(AskTellSpec(study));
  }
  static std::set<TrialId> Parents(const ParentPool& pool) {
    RandomStream random(1, "tournament");
    std::set<TrialId> parents;
    for (int i = 0; i < 500; ++i) parents.insert(pool.Tournament(random));
    return parents;
  }
};

TEST_F(Pool, ComparesAtTheHighestRungThatHoldsEnough) {
  StudyDriver driver = Driver();
  driver.Run(20, 1, EvaluateZdt1);
  EXPECT_EQ(ParentPool(driver.view(), 8).rung(), 3);
  EXPECT_EQ(ParentPool(driver.view(), 20).rung(), 1);
  driver.Run(60, 1, EvaluateZdt1);
  EXPECT_EQ(ParentPool(driver.view(), 8).rung(), 9);
}

TEST_F(Pool, HoldsTheBestFinishedTrialsAndNoFailedOnes) {
  StudyDriver driver = Driver();
  for (int i = 0; i < 8; ++i) {
    driver.Enqueue({{"x0", i / 10.0}, {"x1", 0}});
    const TrialId id = *driver.Ask();
    if (i == 0) {
      driver.Fail(id);
    } else {
      driver.Tell(id, {{"f1", i}, {"f2", i}});
    }
  }
  EXPECT_EQ(Parents(ParentPool(driver.view(), 3)), (std::set<TrialId>{1, 2}));
  EXPECT_EQ(ParentPool(driver.view(), 100).size(), 7u);
}

TEST_F(Pool, GrowsWithTheResultsUpToThePopulation) {
  const auto size = [](int results, std::int64_t population) {
    StudyDriver driver(AskTellSpec(Study("random", 2)));
    driver.Run(results, 1, EvaluateZdt1);
    return ParentPool(driver.view(), population).size();
  };
  EXPECT_EQ(size(50, 20), 7u);
  EXPECT_EQ(size(150, 20), 12u);
  EXPECT_EQ(size(300, 20), 20u);
  EXPECT_EQ(size(50, 5), 5u);
}

TEST_F(Pool, PutsFeasibleTrialsBeforeBetterInfeasibleOnes) {
  StudyDriver driver = Driver(Json::array({{{"metric", "size"}, {"at_most", 5}}}));
  for (int i = 0; i < 6; ++i) {
    driver.Enqueue({{"x0", i / 10.0}, {"x1", 0}});
    driver.Tell(*driver.Ask(), {{"f1", i}, {"f2", i}, {"size", 9 - i}});
  }
  // Sizes 9 to 4: trials 4 and 5 are feasible, 3 violates least.
  const ParentPool pool(driver.view(), 3);
  EXPECT_EQ(Parents(pool), (std::set<TrialId>{4, 5}));
}

}  // namespace
}  // namespace faretto
