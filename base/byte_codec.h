// Values as bytes and back, for what only this program reads: caches that may be thrown away.
//
//   std::string bytes;
//   ByteWriter(bytes)(number, names);
//   ByteReader reader(bytes);
//   reader(number, names);
//   if (!reader.ok()) ...  // cut off, or not these bytes
//
// Whole numbers take as few bytes as they need; text, lists and maps begin with their size. A
// struct T becomes known to both by a function VisitFields(codec, object), object a T& or a const
// T&, in T's namespace, that calls codec(field, field, ...). Thread safety: none.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"

namespace faretto {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& bytes) : bytes_(bytes) {}

  template <class... T>
  void operator()(const T&... values) {
    (Put(values), ...);
  }

 private:
  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  void Put(T value) {
    // Small negative numbers are short as well: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
    const auto wide = static_cast<std::int64_t>(value);
    Count((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
  }
  void Put(double value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof raw);
  }
  void Put(const std::string& text) {
    Count(text.size());
    bytes_ += text;
  }
  void Put(const Json& json);
  template <class T>
  void Put(const std::optional<T>& value) {
    Put(value.has_value());
    if (value) Put(*value);
  }
  template <class T>
  void Put(const std::vector<T>& list) {
    Count(list.size());
    for (const T& value : list) Put(value);
  }
  template <class Key, class T>
  void Put(const std::map<Key, T>& map) {
    Count(map.size());
    for (const auto& [key, value] : map) (*this)(key, value);
  }
  template <class T>
  requires requires(ByteWriter& codec, const T& object) { VisitFields(codec, object); }
  void Put(const T& object) { VisitFields(*this, object); }

  void Count(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) bytes_ += static_cast<char>(n | 0x80);
    bytes_ += static_cast<char>(n);
  }

  std::string& bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class... T>
  void operator()(T&... values) {
    (Get(values), ...);
  }

  // Was everything there so far?
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  void Get(T& value) {
    const std::uint64_t n = Count();
    value = static_cast<T>(static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1)));
  }
  void Get(double& value) {
    const std::string_view raw = Take(sizeof value);
    if (ok_) std::memcpy(&value, raw.data(), sizeof value);
  }
  void Get(std::string& text) { text = Take(Count()); }
  void Get(Json& json);
  template <class T>
  void Get(std::optional<T>& value) {
    bool has_value = false;
    Get(has_value);
    value.reset();
    if (has_value) Get(value.emplace());
  }
  template <class T>
  void Get(std::vector<T>& list) {
    list.clear();
    const std::uint64_t size = Size();
    list.reserve(size);
    for (std::uint64_t i = 0; i < size && ok_; ++i) Get(list.emplace_back());
  }
  template <class Key, class T>
  void Get(std::map<Key, T>& map) {
    map.clear();
    const std::uint64_t size = Size();
    for (std::uint64_t i = 0; i < size && ok_; ++i) {
      Key key;
      Get(key);
      Get(map.emplace_hint(map.end(), std::move(key), T())->second);
    }
  }
  template <class T>
  requires requires(ByteReader& codec, T& object) { VisitFields(codec, object); }
  void Get(T& object) { VisitFields(*this, object); }

  std::string_view Take(std::uint64_t size) {
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t Count() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::string_view byte = Take(1);
      if (!ok_) return 0;
      n |= static_cast<std::uint64_t>(byte[0] & 0x7f) << shift;
      if (!(byte[0] & 0x80)) return n;
    }
    ok_ = false;
    return 0;
  }
  // Of a list: every member takes a byte at least, so that damaged bytes cannot ask for more memory
  // than a small multiple of their own.
  std::uint64_t Size() {
    const std::uint64_t size = Count();
    if (size > rest_.size()) ok_ = false;
    return ok_ ? size : 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace faretto
