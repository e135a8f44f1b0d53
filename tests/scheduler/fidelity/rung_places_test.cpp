#include "scheduler/fidelity/rung_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "study/standings.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

constexpr double kFailed = std::numeric_limits<double>::infinity();

// What is judged at rung 1 of three.
class Rung {
 public:
  explicit Rung(std::size_t objectives)
      : spec_(std::make_unique<StudySpec>(SpecWith(objectives))), results_(*spec_, 1) {}

  // Trial 0, 1, ...; kFailed as a violation: it failed.
  Rung& Add(const std::vector<double>& values, bool waits, double violation = 0) {
    points_.push_back({trials_, violation == kFailed, violation, values});
    return Take(violation == kFailed ? TrialState::kFailed
                : waits              ? TrialState::kPaused
                                     : TrialState::kStopped,
                1, values, violation);
  }

  // The next trial has reported here, but still runs.
  Rung& AddRunning(const std::vector<double>& values) {
    return Take(TrialState::kRunning, 0, values, 0);
  }

  const RungResults& results() const { return results_; }

  // By ranking everything.
  std::optional<WaitingPlace> Expected(std::size_t places) const {
    const std::vector<RankedTrial> ranked = RankTrials(points_);
    for (std::size_t place = 0; place < std::min(places, ranked.size()); ++place) {
      const TrialId trial = points_[ranked[place].index].trial;
      if (results_.waits(trial)) return WaitingPlace{trial, place, ranked[place].layer};
    }
    return std::nullopt;
  }

 private:
  Rung& Take(TrialState state, std::int64_t reached, const std::vector<double>& values,
             double violation) {
    Trial trial;
    trial.id = trials_++;
    trial.state = state;
    trial.reached = reached;
    trial.target = 1;
    Metrics metrics = {{"above", violation}};
    for (std::size_t k = 0; k < values.size(); ++k) metrics["f" + std::to_string(k)] = values[k];
    trial.reports.push_back({1, std::move(metrics)});
    results_.Resize(static_cast<std::size_t>(trials_));
    results_.Update(trial);
    return *this;
  }

  static StudySpec SpecWith(std::size_t objectives) {
    Json json = *ParseJson(R"({
      "name": "rung", "seed": 1, "objectives": [],
      "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
      "constraints": [{"metric": "above", "at_most": 0}],
      "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 1, "max_resource": 9}
    })");
    for (std::size_t k = 0; k < objectives; ++k)
      json["objectives"].push_back({{"name", "f" + std::to_string(k)}});
    return AskTellSpec(json);
  }

  std::unique_ptr<StudySpec> spec_;  // its address stays
  RungResults results_;
  std::vector<Standing> points_;  // of those that are judged
  TrialId trials_ = 0;
};

// Few different values, so that objectives and violations repeat.
Rung RandomRung(RandomStream& random, std::size_t trials, std::size_t objectives) {
  const bool constrained = random.Below(2) == 0;
  const std::uint64_t waiting_share = 2 + random.Below(20);
  Rung rung(objectives);
  for (std::size_t i = 0; i < trials; ++i) {
    std::vector<double> values;
    for (std::size_t j = 0; j < objectives; ++j)
      values.push_back(static_cast<double>(random.Below(40)) / 8);
    if (random.Below(20) == 0) rung.AddRunning(values);
    const bool failed = constrained && random.Below(8) == 0;
    rung.Add(values, random.Below(waiting_share) == 0,
             failed        ? kFailed
             : constrained ? static_cast<double>(random.Below(3))
                           : 0);
  }
  return rung;
}

TEST(BestWaiting, IsTheFirstThatWaitsWhereAllAreRanked) {
  RandomStream random(1, "rung places");
  int found = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::size_t trials = random.Below(300);
    const Rung rung = RandomRung(random, trials, 1 + random.Below(4));
    const std::size_t places = random.Below(trials + 2) / (1 + random.Below(10));
    const auto best = BestWaiting(rung.results(), places);
    const auto expected = rung.Expected(places);
    ASSERT_EQ(best.has_value(), expected.has_value()) << "round " << round;
    if (!best) continue;
    ++found;
    EXPECT_EQ(best->trial, expected->trial) << "round " << round;
    EXPECT_EQ(best->place, expected->place) << "round " << round;
    EXPECT_EQ(best->layer, expected->layer) << "round " << round;
  }
  EXPECT_GT(found, 1000);
  EXPECT_LT(found, 1900);
}

TEST(AddsMostVolumeTest, IsBalancedFeasibleAndWaits) {
  const auto best = [](bool extreme, bool balanced) {
    Rung rung(2);
    rung.Add({0, 1000}, extreme).Add({3, 400}, balanced).Add({10, 0}, balanced);
    rung.Add({-5, -5}, true, 1).Add({0, 0}, true, kFailed);
    return AddsMostVolume(rung.results());
  };
  EXPECT_EQ(best(true, true), 1);
  EXPECT_EQ(best(true, false), 0);
  EXPECT_EQ(best(false, false), std::nullopt);
}

TEST(AddsMostVolumeTest, LooksWhereNothingHasGoneOn) {
  const auto best = [](bool first_waits) {
    Rung rung(2);
    // The first, one close to it, one far away, and the worst of all.
    rung.Add({3, 3}, first_waits).Add({3.1, 3}, true).Add({1, 8}, true).Add({10, 10}, true);
    return AddsMostVolume(rung.results());
  };
  EXPECT_EQ(best(true), 0);
  EXPECT_EQ(best(false), 2);
}

TEST(AddsMostVolumeTest, NothingWhereNothingAdds) {
  EXPECT_EQ(AddsMostVolume(Rung(1).Add({9}, true).Add({1}, false).Add({2}, true).results()),
            std::nullopt);
  EXPECT_EQ(AddsMostVolume(Rung(1).Add({9}, true).Add({2}, false).Add({1}, true).results()), 2);
  const auto best = [](bool middle_waits) {
    Rung rung(2);
    rung.Add({9, 9}, true).Add({1, 1}, middle_waits).Add({2, 2}, true);
    return AddsMostVolume(rung.results());
  };
  EXPECT_EQ(best(false), std::nullopt);
  EXPECT_EQ(best(true), 1);
}

TEST(AddsMostVolumeTest, ADivergedTrainingDoesNotMakeTheOthersTheSame) {
  Rung rung(2);
  rung.Add({0.9, 1}, true).Add({0.8, 3}, true).Add({0.5, 4}, true);
  rung.Add({0.4, 9}, true).Add({1e4, 9.5}, true).Add({0.45, 8.5}, true);
  EXPECT_EQ(AddsMostVolume(rung.results()), 2);
}

TEST(AddsMostVolumeTest, AnObjectiveThatIsTheSameEverywhereDoesNotCount) {
  Rung rung(2);
  EXPECT_EQ(AddsMostVolume(rung.Add({7, 3}, true).Add({7, 1}, true).Add({7, 2}, true).results()),
            1);
}

TEST(AddsMostVolumeTest, TheOldestOfEquals) {
  Rung rung(2);
  EXPECT_EQ(AddsMostVolume(rung.Add({2, 1}, true).Add({1, 2}, true).results()), 0);
}

}  // namespace
}  // namespace faretto
