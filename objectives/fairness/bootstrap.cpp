#include "objectives/fairness/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace faretto {
namespace {

double Quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = position - static_cast<double>(below);
  return sorted[below] + weight * (sorted[above] - sorted[below]);
}

}  // namespace

std::vector<Resample> DrawResamples(std::span<const IdentitySums> identities,
                                    std::size_t group_count, std::uint64_t seed) {
  std::vector<Resample> resamples(kBootstrapResamples);
  for (std::size_t i = 0; i < resamples.size(); ++i) {
    RandomStream random(seed, "objectives/bootstrap", {i});
    resamples[i].groups.resize(group_count);
    for (std::size_t draw = 0; draw < identities.size(); ++draw) {
      const IdentitySums& drawn = identities[random.Below(identities.size())];
      resamples[i].total += drawn.total;
      for (const auto& [group, sums] : drawn.groups) resamples[i].groups[group] += sums;
    }
  }
  return resamples;
}

std::optional<Interval> PercentileInterval(
    std::span<const Resample> resamples,
    const std::function<std::optional<double>(const Resample&)>& value) {
  std::vector<double> values;
  values.reserve(resamples.size());
  for (const Resample& resample : resamples)
    if (const std::optional<double> v = value(resample)) values.push_back(*v);
  if (values.empty() || values.size() * 2 < resamples.size()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{Quantile(values, 0.025), Quantile(values, 0.975)};
}

Interval AbsoluteInterval(const Interval& signed_interval) {
  const double low = std::abs(signed_interval.low);
  const double high = std::abs(signed_interval.high);
  const bool contains_zero = signed_interval.low <= 0 && signed_interval.high >= 0;
  return {contains_zero ? 0.0 : std::min(low, high), std::max(low, high)};
}

}  // namespace faretto
