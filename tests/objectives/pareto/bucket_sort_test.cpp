#include "objectives/pareto/bucket_sort.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/random.h"

namespace faretto {
namespace {

void ExpectSorted(std::vector<double> values) {
  std::vector<double> expected = values;
  std::sort(expected.begin(), expected.end());
  BucketSort(
      values, [](double value) { return value; }, std::less<>());
  EXPECT_EQ(values, expected);
}

TEST(BucketSort, EqualsTheStandardSortForAnySpreadOfTheKeys) {
  RandomStream random(1, "test/bucket_sort");
  for (const std::size_t n : {0, 1, 31, 32, 33, 500}) {
    SCOPED_TRACE(n);
    std::vector<double> even(n), skewed(n), few(n), wide(n), tiny(n);
    for (std::size_t i = 0; i < n; ++i) {
      even[i] = random.Uniform();
      skewed[i] = std::exp(40 * random.Normal());
      few[i] = static_cast<double>(random.Below(3));
      wide[i] = (random.Uniform() - 0.5) * 1.7e308 * 2;
      tiny[i] = static_cast<double>(random.Below(1000)) * 5e-324;
    }
    for (const auto& values : {even, skewed, few, wide, tiny, std::vector<double>(n, 7.0)})
      ExpectSorted(values);
  }
}

TEST(BucketSort, OrdersEqualKeysByTheSecondCriterion) {
  std::vector<std::pair<double, int>> items;
  for (int i = 0; i < 200; ++i) items.emplace_back(i % 4, -i);
  BucketSort(
      items, [](const auto& item) { return item.first; }, std::less<>());
  EXPECT_TRUE(std::is_sorted(items.begin(), items.end()));
}

}  // namespace
}  // namespace faretto
