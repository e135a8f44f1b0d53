#include "scheduler/suggest/suggest.h"

#include <gtest/gtest.h>

#include "scheduler/fidelity/registry.h"
#include "scheduler/searchers/registry.h"

namespace faretto {
namespace {

TEST(CheckAlgorithm, KnowsEveryRegisteredName) {
  for (const std::string& searcher : SearcherNames()) {
    for (const std::string& fidelity : FidelityNames()) {
      AlgorithmSpec algorithm;
      algorithm.searcher = searcher;
      algorithm.fidelity = fidelity;
      EXPECT_TRUE(CheckAlgorithm(algorithm).ok());
    }
  }
}

TEST(CheckAlgorithm, NamesThePathAndTheNearestSearcher) {
  AlgorithmSpec algorithm;
  algorithm.searcher = "nsga3";
  const Status status = CheckAlgorithm(algorithm);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(status.error().message,
            "algorithm.searcher: \"nsga3\" is not a searcher (did you mean \"nsga2\"?)");
}

TEST(CheckAlgorithm, ListsThePoliciesWhenNoneIsNear) {
  AlgorithmSpec algorithm;
  algorithm.fidelity = "bohb-ng";
  const Status status = CheckAlgorithm(algorithm);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message,
            "algorithm.fidelity: \"bohb-ng\" is not a fidelity policy (known: full, asha, "
            "hyperband)");
}

}  // namespace
}  // namespace faretto
