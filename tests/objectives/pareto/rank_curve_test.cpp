#include "objectives/pareto/rank_curve.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

using Ranks = std::vector<std::int32_t>;

std::optional<CurveMeasures> Measures(const Json& model) {
  return MeasureCurves(model.at("male").get<Ranks>(), model.at("female").get<Ranks>());
}

TEST(RankCurve, ReproducesTheBpcExample) {
  const Json golden = FrnasGolden().at("bpc");
  const auto model = Measures(golden.at("model"));
  const auto reference = Measures(golden.at("reference"));
  ASSERT_TRUE(model && reference);
  EXPECT_NEAR(model->bias, golden.at("bias_model").get<double>(), 1e-12);
  EXPECT_NEAR(reference->bias, golden.at("bias_reference").get<double>(), 1e-12);
  EXPECT_NEAR(model->tpr, golden.at("tpr_model").get<double>(), 1e-12);
  EXPECT_NEAR(reference->tpr, golden.at("tpr_reference").get<double>(), 1e-12);
  EXPECT_NEAR(-*Bpc(*model, *reference), golden.at("plotted_value").get<double>(), 1e-12);
  EXPECT_EQ(Bpc(*model, *model), 0.0);
}

TEST(RankCurve, IsUndefinedWithoutRanksWhenAllAreZeroOrOneIsNegative) {
  EXPECT_FALSE(RankCurveMean(Ranks{}));
  EXPECT_FALSE(RankCurveMean(Ranks{0, 0}));
  EXPECT_FALSE(RankCurveMean(Ranks{-1, 3}));
  EXPECT_FALSE(MeasureCurves(Ranks{0}, Ranks{1}));
  EXPECT_FALSE(Bpc({0, 0.5}, {0.1, 0.5}));
}

}  // namespace
}  // namespace faretto
