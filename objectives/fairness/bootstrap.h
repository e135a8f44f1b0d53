// Bootstrap intervals of fairness measures by resampling identities.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "objectives/fairness/fairness.h"
#include "objectives/fairness/group_sums.h"

namespace faretto {

inline constexpr std::size_t kBootstrapResamples = 2000;  // a convention, part of the result

// The sums of one resample: over all images, and over each group.
struct Resample {
  RankSums total;
  std::vector<RankSums> groups;
};

// Draws identities with replacement, as many as there are; resample i depends on seed and i alone.
std::vector<Resample> DrawResamples(std::span<const IdentitySums> identities,
                                    std::size_t group_count, std::uint64_t seed);

// The 2.5 and 97.5 % points (linear between order statistics) of a value over the resamples;
// nothing if more than half of them have none (the interval is that of the others).
std::optional<Interval> PercentileInterval(
    std::span<const Resample> resamples,
    const std::function<std::optional<double>(const Resample&)>& value);

// The interval of |x| from that of x.
Interval AbsoluteInterval(const Interval& signed_interval);

}  // namespace faretto
