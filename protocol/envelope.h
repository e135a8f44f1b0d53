// What surrounds every message: who asks, in which order, which scheduler answers. One JSON object
// in one ZeroMQ frame; docs/protocol.md has the fields. Thread safety: plain values, pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "protocol/requests.h"
#include "protocol/responses.h"

namespace faretto {

// Raised with every change that an older program would misread; both sides must agree.
inline constexpr int kProtocolVersion = 1;
// Larger messages are dropped. (Nesting is limited by ParseJson.)
inline constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;

// Can it name a worker, an instance or a client? [A-Za-z0-9_.-], at most 100 of them.
bool IsSenderName(const std::string& name);

struct RequestEnvelope {
  std::int64_t version = 0;  // another than kProtocolVersion: nothing below but `number` is read
  std::optional<std::int64_t> number;  // of requests that make events
  std::string worker;                  // of worker operations, with the instance
  std::string instance;
  std::string client;            // "<worker>/<instance>", or the name that a client chose
  std::int64_t incarnation = 0;  // the highest that the sender has seen; 0: none yet
  std::string store;             // the study folder's nonce, once the sender knows it
  Operation operation;
};

// The text of a request: `worker` and `instance`, or `client`, whichever the operation takes.
Json EncodeRequest(const RequestEnvelope& envelope);
// kInvalid says why the message has to be dropped: not JSON, unknown operation, missing or
// ill-formed fields.
Result<RequestEnvelope> DecodeRequest(std::string_view text);

struct ResponseEnvelope {
  std::int64_t incarnation = 0;  // of the scheduler that answers
  std::string store;             // its study folder's nonce
  std::string op;                // that it answers; empty: a word to all
  std::optional<std::int64_t> number;
  Response response;
};

Json EncodeResponse(const ResponseEnvelope& envelope);
// An answer whose own fields cannot be read comes as a refusal (kFailed) that says so. kFailed: not
// even whom it answers can be read.
Result<ResponseEnvelope> DecodeResponse(const Json& message);

}  // namespace faretto
