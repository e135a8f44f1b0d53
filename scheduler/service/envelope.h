// A message as it came in: checked in form, before anything is done with it. Thread safety: pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"

namespace faretto {

struct Envelope {
  std::int64_t version = 0;  // another than kProtocolVersion: nothing below but `number` is read
  std::string op;
  std::optional<std::int64_t> number;  // of requests that make events
  std::string worker;                  // of worker operations, with the instance
  std::string instance;
  std::string client;            // "<worker>/<instance>", or the name that a client chose
  std::int64_t incarnation = 0;  // the highest that the sender has seen; 0: none yet
  std::string store;             // the study folder's nonce, once the sender knows it
  Json body;
};

// An error says why the message has to be dropped: not JSON, unknown operation, missing or
// ill-formed fields that every message has.
Result<Envelope> ParseMessage(std::string_view text);

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
