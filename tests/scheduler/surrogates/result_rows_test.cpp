#include <algorithm>
#include <vector>

#include "tests/scheduler/surrogates/study_model_fixture.h"

namespace faretto {
namespace {

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
}  // namespace
}  // namespace faretto
