// Reading the fields of a message that a stranger may have sent. Private to protocol/. Thread
// safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "objectives/pareto/objective.h"

namespace faretto {

// An integer within 2^53 on both sides.
std::optional<std::int64_t> AsInteger(const Json& json);

// Reads the fields of one operation; the first bad one is remembered, and everything read after it
// is a default.
class Fields {
 public:
  explicit Fields(const Json& body) : body_(body) {}

  // An integer within 2^53 on both sides.
  std::int64_t Integer(const char* key);
  // An integer of at least `low`.
  std::int64_t AtLeast(const char* key, std::int64_t low);
  double Number(const char* key);
  // Text of at most `limit` bytes; longer text is cut, keeping the end if `keep_end`.
  std::string Text(const char* key, std::size_t limit, bool keep_end = false);
  // {"name": finite number, ...}
  Metrics Values(const char* key);
  bool Has(const char* key) const;
  const Json& Any(const char* key);

  // Empty while all was well.
  const std::string& problem() const { return problem_; }
  void Refuse(std::string problem);

 private:
  const Json* Find(const char* key);

  const Json& body_;
  std::string problem_;
};

}  // namespace faretto
