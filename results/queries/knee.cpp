#include "results/queries/knee.h"

#include <algorithm>
#include <cmath>

namespace faretto {

std::optional<std::size_t> KneePoint(const std::vector<std::vector<double>>& points) {
  if (points.empty()) return std::nullopt;
  const std::size_t m = points[0].size();
  std::vector<double> low = points[0];
  std::vector<double> high = points[0];
  for (const auto& point : points) {
    for (std::size_t i = 0; i < m; ++i) {
      low[i] = std::min(low[i], point[i]);
      high[i] = std::max(high[i], point[i]);
    }
  }
  // The plane through the unit points is sum x_i = 1; the ideal point is the origin.
  std::size_t best = 0;
  double best_distance = 0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < m; ++i) {
      if (high[i] > low[i]) sum += (points[k][i] - low[i]) / (high[i] - low[i]);
    }
    const double distance = (1 - sum) / std::sqrt(static_cast<double>(m));
    if (k == 0 || distance > best_distance) {
      best = k;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace faretto
