#include "base/random.h"

#include <cmath>
#include <numbers>

#include "base/hash.h"

namespace faretto {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;

std::uint64_t HashIndices(std::initializer_list<std::uint64_t> indices) {
  std::uint64_t hash = 0x243F6A8885A308D3ULL;
  for (std::uint64_t index : indices)
    hash = Hash64(hash, {reinterpret_cast<const char*>(&index), sizeof index});
  return hash;
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view name,
                           std::initializer_list<std::uint64_t> indices) {
  const std::uint64_t key = Hash64(seed, name);
  const std::uint64_t upper = HashIndices(indices);
  key_[0] = static_cast<std::uint32_t>(key);
  key_[1] = static_cast<std::uint32_t>(key >> 32);
  counter_[0] = 0;
  counter_[1] = 0;
  counter_[2] = static_cast<std::uint32_t>(upper);
  counter_[3] = static_cast<std::uint32_t>(upper >> 32);
}

void RandomStream::Refill() {
  std::uint32_t c[4] = {counter_[0], counter_[1], counter_[2], counter_[3]};
  std::uint32_t k0 = key_[0];
  std::uint32_t k1 = key_[1];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = static_cast<std::uint64_t>(kMultiplier0) * c[0];
    const std::uint64_t p1 = static_cast<std::uint64_t>(kMultiplier1) * c[2];
    const std::uint32_t next[4] = {
        static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    for (int i = 0; i < 4; ++i) c[i] = next[i];
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  for (int i = 0; i < 4; ++i) block_[i] = c[i];
  if (++counter_[0] == 0) ++counter_[1];
  used_ = 0;
}

std::uint64_t RandomStream::Next() {
  if (used_ > 2) Refill();
  const std::uint64_t low = block_[used_];
  const std::uint64_t high = block_[used_ + 1];
  used_ += 2;
  return low | high << 32;
}

double RandomStream::Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

std::uint64_t RandomStream::Below(std::uint64_t bound) {
  // Rejects the few values that would favour small results: 2^64 mod bound of them.
  const std::uint64_t skip = (0 - bound) % bound;
  std::uint64_t value = Next();
  while (value < skip) value = Next();
  return value % bound;
}

double RandomStream::Normal() {
  const double radius = std::sqrt(-2.0 * std::log1p(-Uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * Uniform());
}

std::uint64_t DeriveSeed(std::uint64_t seed, std::string_view name,
                         std::initializer_list<std::uint64_t> indices) {
  return RandomStream(seed, name, indices).Next();
}

}  // namespace faretto
