#include "objectives/fairness/group_sums.h"

namespace faretto {
namespace {

double Share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// 1 - b / a for the shares b_part / b_whole and a_part / a_whole.
std::optional<double> SignedRatio(std::int64_t a_part, std::int64_t a_whole, std::int64_t b_part,
                                  std::int64_t b_whole) {
  if (a_part == 0) return std::nullopt;
  return 1 - Share(b_part, b_whole) / Share(a_part, a_whole);
}

}  // namespace

std::optional<double> ErrorOf(const RankSums& sums) {
  if (sums.n == 0) return std::nullopt;
  return Share(sums.n - sums.correct, sums.n);
}

std::optional<double> MeanRankOf(const RankSums& sums) {
  if (sums.n == 0) return std::nullopt;
  return Share(sums.ranks, sums.n);
}

std::optional<double> SignedMeasure(PairMeasure measure, const RankSums& a, const RankSums& b) {
  if (a.n == 0 || b.n == 0) return std::nullopt;
  switch (measure) {
    case PairMeasure::kDisparity: return Share(a.correct, a.n) - Share(b.correct, b.n);
    case PairMeasure::kRankDisparity: return Share(a.ranks, a.n) - Share(b.ranks, b.n);
    case PairMeasure::kRatio: return SignedRatio(a.correct, a.n, b.correct, b.n);
    case PairMeasure::kRankRatio: return SignedRatio(a.ranks, a.n, b.ranks, b.n);
    case PairMeasure::kErrorRatio: return SignedRatio(a.n - a.correct, a.n, b.n - b.correct, b.n);
  }
  return std::nullopt;
}

}  // namespace faretto
