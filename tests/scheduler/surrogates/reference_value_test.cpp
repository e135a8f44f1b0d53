#include "scheduler/surrogates/reference_value.h"

#include <gtest/gtest.h>

namespace faretto {
namespace {

const std::vector<double> kFront = {1, 2, 3};
const std::vector<double> kAll = {1, 2, 3, 3.5};

TEST(ReferenceValueTest, TwoOfThreeAreJustBeyondTheFront) {
  for (const std::size_t trials : {10u, 11u, 100u, 1000u})
    EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, trials), 3.2) << trials;
}

TEST(ReferenceValueTest, TheThirdTakesInNearlyAllTrialsWhileTheyAreFew) {
  std::vector<double> all(100, 3.0);
  all[7] = all[50] = all[98] = all[3] = all[20] = all[30] = 40;
  all[60] = 1e9;  // one in a hundred is passed over
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, all, 12), 40);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 12), 3.5);
}

TEST(ReferenceValueTest, TheThirdMovesAwayAsTrialsComeInUpToTwoRanges) {
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 60), 3 + 2.0);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 81), 3 + 2 * 1.525);
  EXPECT_DOUBLE_EQ(ReferenceValue(kFront, kAll, 3000), 3 + 2 * 2.0);
}

TEST(ReferenceValueTest, AFrontOfEqualValuesHasRangeOne) {
  EXPECT_DOUBLE_EQ(ReferenceValue({3}, {3}, 1), 3.1);
  EXPECT_DOUBLE_EQ(ReferenceValue({3, 3}, {3, 3}, 60), 4);
}

}  // namespace
}  // namespace faretto
