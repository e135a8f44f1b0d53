// What a request does: a pure mapping from requests to the machine's methods. No socket, disk or
// clock; the service and the fuzz target share it. Thread safety: as Machine, none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "protocol/envelope.h"
#include "study/machine.h"
#include "study/suggestion_driver.h"

namespace faretto {

// What the service knows beside the machine.
struct DispatchContext {
  SuggestionSource suggest;
  std::function<Json(const StudyView&, double now)> progress;  // the numbers of "status"
  std::function<WorkersHeard(double now)> heard;               // the answer to "workers"
  Pong identity;
  Welcome welcome;
  std::string store;         // the study folder's nonce
  bool draining = false;     // no new work is given out
  std::int64_t dropped = 0;  // messages so far, for status
};

// Malformed or out of order: no answer.
struct Dropped {
  std::string why;
};
// A newer scheduler has the study: end after sending the response, if there is one.
struct SchedulerSuperseded {
  std::optional<Response> response;
};

struct Dispatched {
  std::vector<Event> events;  // durable before the response leaves
  // Parked: nothing to give now; ask for the work again (GiveWork) when the state has changed.
  std::variant<Response, Parked, Dropped, SchedulerSuperseded> outcome;
};

Dispatched Dispatch(Machine& machine, const RequestEnvelope& envelope,
                    const DispatchContext& context, double now);

// The work for a parked NextRequest, which Dispatch has let through. Another process may have taken
// the worker's name since: then it is Superseded.
Dispatched GiveWork(Machine& machine, const RequestEnvelope& envelope,
                    const DispatchContext& context, double now);

}  // namespace faretto
