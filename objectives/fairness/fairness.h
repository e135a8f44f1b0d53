// Accuracy and disparity between groups, from the ranks of single images.
//
//   error            share of ranked images whose rank by identity is not 0, in a group or not
//   mean_rank        mean rank by identity over a group's ranked images
//   disparity        |accuracy_a - accuracy_b|        ratio       |1 - accuracy_b / accuracy_a|
//   rank_disparity   |mean_rank_a - mean_rank_b|      rank_ratio  |1 - mean_rank_b / mean_rank_a|
//                                                     error_ratio |1 - error_b / error_a|
// a is the group whose label sorts first. With more than two groups each value is the largest over
// the pairs, and the pair is named.
//
// Unranked images count in `unranked` and nowhere else. What cannot be computed is absent: every
// disparity and ratio with fewer than two groups that have ranked images, or with error 1 (a model
// that recognises nobody is not fair); a ratio when the denominator of any pair is 0.
//
// Intervals: 95 %, percentiles of 2,000 bootstrap resamples of identities, ranks kept, of the
// signed difference (or 1 - quotient) of the named pair; where that contains 0, the lower end for
// the absolute value is 0. Absent with fewer than two identities in a group, or when more
// than half of the resamples give no value.
// Thread safety: values and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/result.h"
#include "objectives/fairness/ranking.h"
#include "objectives/pareto/objective.h"

namespace faretto {

struct Interval {
  double low = 0;
  double high = 0;
};

struct Measure {
  std::optional<double> value;
  std::optional<Interval> ci95;
  std::pair<std::string, std::string> groups;  // the pair it came from; empty for `error`
};

struct GroupAccuracy {
  std::size_t n = 0;  // ranked images
  std::optional<double> error;
  std::optional<double> mean_rank;
};

struct Fairness {
  std::size_t n = 0;  // ranked images
  std::size_t unranked = 0;
  Measure error;
  Measure disparity;
  Measure rank_disparity;
  Measure ratio;
  Measure rank_ratio;
  Measure error_ratio;
  std::map<std::string, GroupAccuracy> groups;  // by label; a group without ranked images has n 0
};

// `groups[i]` is the label of image i, empty for none; `seed` that of the bootstrap. kInvalid:
// lists of different lengths.
Result<Fairness> ComputeFairness(const ImageRanks& ranks, std::span<const std::int32_t> identities,
                                 std::span<const std::string> groups, std::uint64_t seed);

// The output of `faretto evaluate --format json`; absent values are null. With more than two groups
// "pairs" names the pair of each measure.
Json ToJson(const Fairness& fairness);

// For reports: the measures, rank_disparity_low and rank_disparity_high, and error_<group>,
// mean_rank_<group>, n_<group> of each group; absent values are left out.
Metrics ToMetrics(const Fairness& fairness);

// Measures of `fairness` in the order and under the names of its output.
std::array<std::pair<const char*, Measure Fairness::*>, 6> FairnessMeasures();

}  // namespace faretto
