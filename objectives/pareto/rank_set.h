// A set of small numbers with fast neighbours.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faretto {

// Numbers 0 .. size - 1 as bits; each further level has a bit for each word below that is not
// empty. Every operation touches at most log_64(size) words up and down. Thread safety: none.
class RankSet {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit RankSet(std::size_t size) {
    do {
      size = (size + 63) / 64;
      levels_.emplace_back(size, 0);
    } while (size > 1);
  }

  void Insert(std::size_t rank) {
    for (std::vector<std::uint64_t>& level : levels_) {
      level[rank / 64] |= std::uint64_t{1} << rank % 64;
      rank /= 64;
    }
  }

  void Erase(std::size_t rank) {
    for (std::vector<std::uint64_t>& level : levels_) {
      level[rank / 64] &= ~(std::uint64_t{1} << rank % 64);
      if (level[rank / 64] != 0) return;
      rank /= 64;
    }
  }

  // The largest member below `rank`, or kNone.
  std::size_t Before(std::size_t rank) const {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const std::uint64_t below = levels_[i][rank / 64] & ((std::uint64_t{1} << rank % 64) - 1);
      rank /= 64;
      if (below == 0) continue;
      rank = rank * 64 + static_cast<std::size_t>(std::bit_width(below) - 1);
      while (i-- > 0)
        rank = rank * 64 + static_cast<std::size_t>(std::bit_width(levels_[i][rank]) - 1);
      return rank;
    }
    return kNone;
  }

  // The smallest member above `rank`, or kNone.
  std::size_t After(std::size_t rank) const {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      // Two shifts, because one by 64 is not defined.
      const std::uint64_t above = levels_[i][rank / 64] >> rank % 64 >> 1;
      if (above == 0) {
        rank /= 64;
        continue;
      }
      rank += 1 + static_cast<std::size_t>(std::countr_zero(above));
      while (i-- > 0)
        rank = rank * 64 + static_cast<std::size_t>(std::countr_zero(levels_[i][rank]));
      return rank;
    }
    return kNone;
  }

 private:
  std::vector<std::vector<std::uint64_t>> levels_;
};

}  // namespace faretto
