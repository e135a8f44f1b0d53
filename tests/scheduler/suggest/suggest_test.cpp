#include "scheduler/suggest/suggest.h"

#include <gtest/gtest.h>

#include "scheduler/fidelity/registry.h"
#include "scheduler/searchers/registry.h"
#include "tests/scheduler/suggest/study_driver.h"

namespace faretto {
namespace {

TEST(Suggest, TakesItsTimeOnlyWhereAModelIsFitted) {
  const auto quick = [](const char* searcher) {
    const StudySpec spec = AskTellSpec(
        {{"space", {{"parameters", {{{"name", "x"}, {"type", "float"}, {"low", 0}, {"high", 1}}}}}},
         {"objectives", {{{"name", "f"}}}},
         {"algorithm", {{"searcher", searcher}}}});
    const StudyState state(spec);
    return SuggestsQuickly({spec, state});
  };
  for (const char* searcher : {"random", "nsga2", "tpe"}) EXPECT_TRUE(quick(searcher)) << searcher;
  EXPECT_FALSE(quick("bo"));
}

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
