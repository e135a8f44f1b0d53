#include "objectives/pareto/rank_curve.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace faretto {

std::optional<double> RankCurveMean(std::span<const std::int32_t> ranks) {
  if (ranks.empty()) return std::nullopt;
  const auto [lowest, highest] = std::minmax_element(ranks.begin(), ranks.end());
  if (*lowest < 0 || *highest == 0) return std::nullopt;
  // A rank r is at most i for max - r of the points 0 .. max - 1.
  double points = 0;
  for (const std::int32_t rank : ranks) points += static_cast<double>(*highest - rank);
  return points / (static_cast<double>(ranks.size()) * static_cast<double>(*highest));
}

std::optional<CurveMeasures> MeasureCurves(std::span<const std::int32_t> first,
                                           std::span<const std::int32_t> second) {
  std::vector<std::int32_t> all(first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  const std::optional<double> a = RankCurveMean(first);
  const std::optional<double> b = RankCurveMean(second);
  const std::optional<double> both = RankCurveMean(all);
  if (!a || !b || !both) return std::nullopt;
  return CurveMeasures{std::abs(*a - *b), *both};
}

std::optional<double> Bpc(const CurveMeasures& model, const CurveMeasures& reference) {
  if (model.bias == 0 || model.tpr == 0) return std::nullopt;
  return (model.bias - reference.bias) / model.bias - (model.tpr - reference.tpr) / model.tpr;
}

}  // namespace faretto
