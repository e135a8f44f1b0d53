// Counter-based random streams: every draw is a pure function of (seed, stream name, indices,
// position), so that workers, threads, restarts and the order of calls elsewhere do not matter.
//
//   RandomStream random(study_seed, "searcher/random", {suggestion});
//   double u = random.Uniform();
//
// Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011); the key is a 64-bit hash of seed and name, the upper counter half a hash of the
// indices, the lower half the position. Thread safety: none; a stream is cheap, make one where it
// is needed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace faretto {

class RandomStream {
 public:
  using result_type = std::uint64_t;

  RandomStream(std::uint64_t seed, std::string_view name,
               std::initializer_list<std::uint64_t> indices = {});

  // 64 random bits. With min, max and operator() the stream is a standard
  // UniformRandomBitGenerator.
  std::uint64_t Next();
  std::uint64_t operator()() { return Next(); }
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return std::numeric_limits<std::uint64_t>::max(); }

  // In [0, 1), a multiple of 2^-53.
  double Uniform();
  // In [0, bound), without bias; bound > 0.
  std::uint64_t Below(std::uint64_t bound);
  // Standard normal (Box-Muller; two draws each).
  double Normal();

  // Fisher-Yates; the same order on every platform, unlike std::shuffle.
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  void Refill();

  std::uint32_t key_[2];
  std::uint32_t counter_[4];
  std::uint32_t block_[4] = {};
  int used_ = 4;
};

// One well-mixed seed derived from another, for handing down (study seed -> trial seed -> ...).
std::uint64_t DeriveSeed(std::uint64_t seed, std::string_view name,
                         std::initializer_list<std::uint64_t> indices = {});

}  // namespace faretto
