#include "objectives/pareto/divide_and_conquer_ranks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace faretto {
namespace {

using Indices = std::vector<std::int32_t>;
using View = std::span<const std::int32_t>;

// Below these sizes pairs are compared one by one, which is faster (measured with
// benchmarks/dominance_benchmark; the result does not depend on them).
constexpr std::size_t kSmallSolve = 24;
constexpr std::size_t kSample = 8;
constexpr std::size_t kSmallTell = 600;  // pairs

// For each z the highest rank among the points whose last coordinate is at most z. Coordinates and
// ranks both ascend, so the answer is the last entry not above z.
class TellingStairs {
 public:
  void Clear() {
    z_.clear();
    rank_.clear();
  }

  void Insert(double z, int rank) {
    // The entries before `begin` are strictly smaller in z; those from `end` on have higher ranks.
    const auto begin = std::lower_bound(z_.begin(), z_.end(), z) - z_.begin();
    if (begin > 0 && rank_[static_cast<std::size_t>(begin - 1)] >= rank) return;
    auto end = begin;
    const auto size = static_cast<std::ptrdiff_t>(z_.size());
    if (end < size && z_[static_cast<std::size_t>(end)] == z &&
        rank_[static_cast<std::size_t>(end)] >= rank)
      return;
    while (end < size && rank_[static_cast<std::size_t>(end)] <= rank) ++end;
    if (begin == end) {
      z_.insert(z_.begin() + begin, z);
      rank_.insert(rank_.begin() + begin, rank);
      return;
    }
    z_[static_cast<std::size_t>(begin)] = z;
    rank_[static_cast<std::size_t>(begin)] = rank;
    z_.erase(z_.begin() + begin + 1, z_.begin() + end);
    rank_.erase(rank_.begin() + begin + 1, rank_.begin() + end);
  }

  // The highest rank at or below z, or -1.
  int Best(double z) const {
    const auto end = std::upper_bound(z_.begin(), z_.end(), z) - z_.begin();
    return end == 0 ? -1 : rank_[static_cast<std::size_t>(end - 1)];
  }

 private:
  std::vector<double> z_;
  std::vector<int> rank_;
};

class Ranking {
 public:
  explicit Ranking(const std::vector<std::vector<double>>& columns)
      : columns_(columns), ranks_(columns.front().size(), 0) {}

  std::vector<int> Run() {
    Indices order(ranks_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t a, std::int32_t b) { return value(1, a) < value(1, b); });
    Solve(order, 0, static_cast<std::int32_t>(order.size()));
    return std::move(ranks_);
  }

 private:
  double value(std::size_t objective, std::int32_t point) const {
    return columns_[objective][static_cast<std::size_t>(point)];
  }
  int& rank(std::int32_t point) { return ranks_[static_cast<std::size_t>(point)]; }

  // Objective 0 need not be compared, because `a` comes before `b`; nor the objectives after
  // `last`.
  bool NotWorse(std::int32_t a, std::int32_t b, std::size_t last) const {
    for (std::size_t k = 1; k <= last; ++k)
      if (value(k, a) > value(k, b)) return false;
    return true;
  }

  // Ranks the points begin .. end - 1, which `by_second` holds by objective 1. Their ranks already
  // take earlier points into account.
  void Solve(View by_second, std::int32_t begin, std::int32_t end) {
    const std::size_t last = columns_.size() - 1;
    if (by_second.size() <= kSmallSolve) {
      for (std::int32_t b = begin; b < end; ++b)
        for (std::int32_t a = begin; a < b; ++a)
          if (rank(a) >= rank(b) && NotWorse(a, b, last)) rank(b) = rank(a) + 1;
      return;
    }
    const std::int32_t middle = begin + (end - begin) / 2;
    const auto [first, second] = Split(by_second, [&](std::int32_t i) { return i < middle; });
    Solve(first, begin, middle);
    Tell(first, second, last);
    Solve(second, middle, end);
  }

  // Moves each point of `to` behind the points of `from` that are not worse in the objectives
  // 1 .. last. Both ascend in objective 1.
  void Tell(View from, View to, std::size_t last) {
    if (from.empty() || to.empty()) return;
    if (from.size() * to.size() <= kSmallTell) return TellPairs(from, to, last);
    if (last == 2) return TellBySweep(from, to);
    const auto [from_low, from_high] = Range(from, last);
    const auto [to_low, to_high] = Range(to, last);
    if (from_low > to_high) return;
    if (from_high <= to_low) return Tell(from, to, last - 1);
    const double pivot = Pivot(from, to, last, std::max(from_high, to_high));
    const auto low = [&](std::int32_t i) { return value(last, i) <= pivot; };
    const auto [from_first, from_second] = Split(from, low);
    const auto [to_first, to_second] = Split(to, low);
    Tell(from_first, to_first, last);
    Tell(from_first, to_second, last - 1);
    Tell(from_second, to_second, last);
  }

  void TellPairs(View from, View to, std::size_t last) {
    for (const std::int32_t b : to)
      for (const std::int32_t a : from)
        if (rank(a) >= rank(b) && NotWorse(a, b, last)) rank(b) = rank(a) + 1;
  }

  void TellBySweep(View from, View to) {
    stairs_.Clear();
    std::size_t told = 0;
    for (const std::int32_t b : to) {
      for (; told < from.size() && value(1, from[told]) <= value(1, b); ++told)
        stairs_.Insert(value(2, from[told]), rank(from[told]));
      rank(b) = std::max(rank(b), stairs_.Best(value(2, b)) + 1);
    }
  }

  std::pair<double, double> Range(View points, std::size_t objective) const {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::int32_t i : points) {
      low = std::min(low, value(objective, i));
      high = std::max(high, value(objective, i));
    }
    return {low, high};
  }

  // The median of a few numbers if it is below `high`, the largest; else the largest one below
  // `high`, so that everything equal to it goes off at once.
  double Pivot(View from, View to, std::size_t objective, double high) const {
    std::array<double, 2 * kSample> sample;
    std::size_t n = 0;
    for (const View points : {from, to})
      for (std::size_t i = 0; i < kSample; ++i)
        sample[n++] = value(objective, points[i * points.size() / kSample]);
    std::nth_element(sample.begin(), sample.begin() + kSample, sample.end());
    if (sample[kSample] < high) return sample[kSample];
    double below = -std::numeric_limits<double>::infinity();
    for (const View points : {from, to})
      for (const std::int32_t i : points)
        if (value(objective, i) < high) below = std::max(below, value(objective, i));
    return below;
  }

  template <class Predicate>
  static std::pair<Indices, Indices> Split(View points, Predicate in_first) {
    std::pair<Indices, Indices> parts;
    parts.first.resize(points.size());
    parts.second.resize(points.size());
    std::size_t first = 0;
    std::size_t second = 0;
    for (const std::int32_t i : points) {
      const bool low = in_first(i);
      parts.first[first] = i;
      parts.second[second] = i;
      first += static_cast<std::size_t>(low);
      second += static_cast<std::size_t>(!low);
    }
    parts.first.resize(first);
    parts.second.resize(second);
    return parts;
  }

  const std::vector<std::vector<double>>& columns_;
  std::vector<int> ranks_;
  TellingStairs stairs_;
};

}  // namespace

std::vector<int> DivideAndConquerRanks(const std::vector<std::vector<double>>& columns) {
  return Ranking(columns).Run();
}

}  // namespace faretto
