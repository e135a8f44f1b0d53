// Fast non-cryptographic hashes (xxHash XXH3); the same on every machine of one byte order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faretto {

std::uint64_t Hash64(std::uint64_t seed, std::string_view bytes);
// 128 bits as 32 hexadecimal digits.
std::string HashHex(std::string_view bytes);

// HashHex of content that comes in parts. Thread safety: none.
class HashStream {
 public:
  HashStream();
  ~HashStream();
  HashStream(const HashStream&) = delete;
  HashStream& operator=(const HashStream&) = delete;
  void Add(std::string_view bytes);
  std::string Hex() const;

 private:
  void* state_;
};

}  // namespace faretto
