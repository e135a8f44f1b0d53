// Counts behind the fairness measures, and the measures of a pair of groups from them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace faretto {

// Over some images: how many are ranked, how many have rank 0, the sum of ranks by identity.
struct RankSums {
  std::int64_t n = 0;
  std::int64_t correct = 0;
  std::int64_t ranks = 0;

  RankSums& operator+=(const RankSums& other) {
    n += other.n;
    correct += other.correct;
    ranks += other.ranks;
    return *this;
  }
};

// What the images of one identity add: to the total, and to each group they are in.
struct IdentitySums {
  RankSums total;
  std::vector<std::pair<std::size_t, RankSums>> groups;  // (group, sums)
};

enum class PairMeasure { kDisparity, kRankDisparity, kRatio, kRankRatio, kErrorRatio };

// Share of ranked images whose rank is not 0; nothing without ranked images.
std::optional<double> ErrorOf(const RankSums& sums);
std::optional<double> MeanRankOf(const RankSums& sums);

// The signed difference a - b, or 1 - b / a, whose absolute value is the measure; nothing if a
// group has no ranked images or the denominator is 0.
std::optional<double> SignedMeasure(PairMeasure measure, const RankSums& a, const RankSums& b);

}  // namespace faretto
