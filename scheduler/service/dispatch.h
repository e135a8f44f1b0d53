// What a message does: a pure mapping from messages to the machine's methods. No socket, disk or
// clock; the service and the fuzz target share it. Thread safety: as Machine, none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "scheduler/service/envelope.h"
#include "study/machine.h"

namespace faretto {

// The answer to the open suggestion, or nothing if it takes its time; the view is the state now.
using SuggestFunction =
    std::function<std::optional<Suggestion>(const StudyView&, std::int64_t suggestion)>;

// What the service knows beside the machine.
struct DispatchContext {
  SuggestFunction suggest;
  std::function<Json(const StudyView&, double now)> progress;  // the numbers of "status"
  Json identity = Json::object();  // {"host":...,"pid":...,"study":...}: the reply to ping
  Json welcome = Json::object();   // added to the reply to hello
  std::string store;               // the study folder's nonce
  bool draining = false;           // no new work is given out
  std::int64_t dropped = 0;        // messages so far, for status
};

struct Dispatched {
  enum class Verdict {
    kReply,       // send `reply` once `events` are durable
    kParked,      // nothing to give now: dispatch it again when the state has changed
    kDropped,     // malformed or out of order: `why`; no answer
    kSuperseded,  // a newer scheduler has the study: end after sending `reply`, if there is one
  };
  Verdict verdict = Verdict::kReply;
  Json reply;
  std::vector<Event> events;
  std::string why;
};

Dispatched Dispatch(Machine& machine, const Envelope& envelope, const DispatchContext& context,
                    double now);

// The reply as it goes out: {"v":1,"incarnation":N,"store":...,"op":...,"number":n, ...reply}.
Json SealReply(const Json& reply, const Envelope& envelope, const DispatchContext& context,
               std::int64_t incarnation);

}  // namespace faretto
