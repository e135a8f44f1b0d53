#include "objectives/pareto/rank_set.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace faretto {
namespace {

TEST(RankSet, FindsTheNeighboursThatAnOrderedSetFinds) {
  for (const std::size_t size : {1, 2, 63, 64, 65, 4096, 4097, 300000}) {
    SCOPED_TRACE(size);
    RandomStream random(size, "test/rank_set");
    RankSet ranks(size);
    std::set<std::size_t> expected;
    for (int step = 0; step < 3000; ++step) {
      // Close to each other at times, so that words fill and empty.
      const std::size_t rank = random.Below(random.Below(2) == 0 ? size : std::min(size, 100ul));
      if (random.Below(2) == 0) {
        ranks.Insert(rank);
        expected.insert(rank);
      } else {
        ranks.Erase(rank);
        expected.erase(rank);
      }
      const std::size_t at = random.Below(size);
      const auto after = expected.upper_bound(at);
      const auto not_before = expected.lower_bound(at);
      ASSERT_EQ(ranks.After(at), after == expected.end() ? RankSet::kNone : *after);
      ASSERT_EQ(ranks.Before(at),
                not_before == expected.begin() ? RankSet::kNone : *std::prev(not_before));
    }
  }
}

}  // namespace
}  // namespace faretto
