#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <new>

namespace faretto {

std::uint64_t Hash64(std::uint64_t seed, std::string_view bytes) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

namespace {

std::string AsHex(XXH128_hash_t hash) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

XXH3_state_t* State(void* state) { return static_cast<XXH3_state_t*>(state); }

}  // namespace

std::string HashHex(std::string_view bytes) {
  return AsHex(XXH3_128bits(bytes.data(), bytes.size()));
}

HashStream::HashStream() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(State(state_));
}

HashStream::~HashStream() { XXH3_freeState(State(state_)); }

void HashStream::Add(std::string_view bytes) {
  XXH3_128bits_update(State(state_), bytes.data(), bytes.size());
}

std::string HashStream::Hex() const { return AsHex(XXH3_128bits_digest(State(state_))); }

}  // namespace faretto
