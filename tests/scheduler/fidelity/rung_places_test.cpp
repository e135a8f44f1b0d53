#include "scheduler/fidelity/rung_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "study/standings.h"

namespace faretto {
namespace {

// Few different values, so that objectives and violations repeat.
RungMembers Members(RandomStream& random, const std::vector<Trial>& trials,
                    std::size_t objectives) {
  const bool constrained = random.Below(2) == 0;
  const std::uint64_t waiting_share = 2 + random.Below(20);
  RungMembers members;
  members.objectives = objectives;
  for (const Trial& trial : trials) {
    members.trials.push_back(&trial);
    for (std::size_t j = 0; j < objectives; ++j)
      members.values.push_back(static_cast<double>(random.Below(40)) / 8);
    const bool failed = constrained && random.Below(8) == 0;
    members.violations.push_back(failed        ? std::numeric_limits<double>::infinity()
                                 : constrained ? static_cast<double>(random.Below(3))
                                               : 0);
    members.waits.push_back(!failed && random.Below(waiting_share) == 0);
  }
  return members;
}

// By ranking everything.
std::optional<WaitingPlace> Expected(const RungMembers& members, std::size_t places) {
  std::vector<Standing> standings;
  for (std::size_t k = 0; k < members.size(); ++k) {
    const double* values = members.values.data() + k * members.objectives;
    standings.push_back({static_cast<TrialId>(k),
                         false,
                         members.violations[k],
                         {values, values + members.objectives}});
  }
  const std::vector<RankedTrial> ranked = RankTrials(standings);
  for (std::size_t place = 0; place < std::min(places, ranked.size()); ++place)
    if (members.waits[ranked[place].index])
      return WaitingPlace{ranked[place].index, place, ranked[place].layer};
  return std::nullopt;
}

TEST(BestWaiting, IsTheFirstThatWaitsWhereAllAreRanked) {
  RandomStream random(1, "rung places");
  int found = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::vector<Trial> trials(random.Below(300));
    const RungMembers members = Members(random, trials, 1 + random.Below(3));
    const std::size_t places = random.Below(trials.size() + 2) / (1 + random.Below(10));
    const auto best = BestWaiting(members, places);
    const auto expected = Expected(members, places);
    ASSERT_EQ(best.has_value(), expected.has_value()) << "round " << round;
    if (!best) continue;
    ++found;
    EXPECT_EQ(best->member, expected->member) << "round " << round;
    EXPECT_EQ(best->place, expected->place) << "round " << round;
    EXPECT_EQ(best->layer, expected->layer) << "round " << round;
  }
  EXPECT_GT(found, 1000);
  EXPECT_LT(found, 1900);
}

TEST(AddsMostVolumeTest, IsBalancedFeasibleAndWaits) {
  const std::vector<Trial> trials(5);
  RungMembers members;
  members.objectives = 2;
  for (const Trial& trial : trials) members.trials.push_back(&trial);
  //                 extreme     balanced    extreme     infeasible  failed
  members.values = {0, 1000, /**/ 3, 400, /**/ 10, 0, /**/ -5, -5, /**/ 0, 0};
  members.violations = {0, 0, 0, 1, std::numeric_limits<double>::infinity()};
  members.waits = {1, 1, 1, 1, 0};
  EXPECT_EQ(AddsMostVolume(members), 1u);
  members.waits = {1, 0, 0, 1, 0};
  EXPECT_EQ(AddsMostVolume(members), 0u);
  members.waits = {0, 0, 0, 1, 0};
  EXPECT_EQ(AddsMostVolume(members), std::nullopt);
}

TEST(AddsMostVolumeTest, LooksWhereNothingHasGoneOn) {
  const std::vector<Trial> trials(4);
  RungMembers members;
  members.objectives = 2;
  for (const Trial& trial : trials) members.trials.push_back(&trial);
  //                gone      close to it   far away    the worst of all
  members.values = {3, 3, /**/ 3.1, 3, /**/ 1, 8, /**/ 10, 10};
  members.violations = {0, 0, 0, 0};
  members.waits = {1, 1, 1, 1};
  EXPECT_EQ(AddsMostVolume(members), 0u);
  members.waits = {0, 1, 1, 1};
  EXPECT_EQ(AddsMostVolume(members), 2u);
}

RungMembers AllFeasible(const std::vector<Trial>& trials, std::size_t objectives,
                        std::vector<double> values, std::vector<char> waits) {
  RungMembers members;
  members.objectives = objectives;
  for (const Trial& trial : trials) members.trials.push_back(&trial);
  members.values = std::move(values);
  members.violations.assign(trials.size(), 0);
  members.waits = std::move(waits);
  return members;
}

TEST(AddsMostVolumeTest, NothingWhereNothingAdds) {
  const std::vector<Trial> trials(3);
  EXPECT_EQ(AddsMostVolume(AllFeasible(trials, 1, {9, 1, 2}, {1, 0, 1})), std::nullopt);
  EXPECT_EQ(AddsMostVolume(AllFeasible(trials, 1, {9, 2, 1}, {1, 0, 1})), 2u);
  EXPECT_EQ(AddsMostVolume(AllFeasible(trials, 2, {9, 9, 1, 1, 2, 2}, {1, 0, 1})), std::nullopt);
  EXPECT_EQ(AddsMostVolume(AllFeasible(trials, 2, {9, 9, 1, 1, 2, 2}, {1, 1, 1})), 1u);
}

TEST(AddsMostVolumeTest, ADivergedTrainingDoesNotMakeTheOthersTheSame) {
  const std::vector<Trial> trials(6);
  const std::vector<double> values = {0.9, 1, /**/ 0.8, 3,   /**/ 0.5,  4,
                                      0.4, 9, /**/ 1e4, 9.5, /**/ 0.45, 8.5};
  EXPECT_EQ(AddsMostVolume(AllFeasible(trials, 2, values, {1, 1, 1, 1, 1, 1})), 2u);
}

TEST(AddsMostVolumeTest, AnObjectiveThatIsTheSameEverywhereDoesNotCount) {
  const std::vector<Trial> trials(3);
  RungMembers members;
  members.objectives = 2;
  for (const Trial& trial : trials) members.trials.push_back(&trial);
  members.values = {7, 3, 7, 1, 7, 2};
  members.violations = {0, 0, 0};
  members.waits = {1, 1, 1};
  EXPECT_EQ(AddsMostVolume(members), 1u);
}

}  // namespace
}  // namespace faretto
