// What a scheduler answers: the core's replies (study/reply.h), and what only the service knows.
//
//   if (const auto* work = ResponseAs<WorkAssigned>(response)) ...
//
// Thread safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "study/reply.h"

namespace faretto {

// To hello: what does not change while a scheduler lives.
struct Welcome {
  std::string study;
  Json trainer;         // paths are absolute
  double lease_s = 15;  // an assignment without a heartbeat for this long is lost
};

// To next: it was understood, and there is no work yet. The answer follows.
struct WaitForWork {};

// To next and heartbeat, and unasked to all workers: the scheduler is stopping. Checkpoint, hand
// back, say goodbye.
struct Draining {
  AssignmentRef ref;  // to a heartbeat: its assignment
};

// To a heartbeat: is the lease live?
struct LeaseState {
  AssignmentRef ref;
  bool live = true;
};

// To ping.
struct Pong {
  std::string host;
  std::int64_t pid = 0;
  std::string study;
};

// To status: the numbers of scheduler/service/progress.h.
struct StatusNumbers {
  Json progress;
};

// To workers: seconds since each was heard of, by name.
struct WorkersHeard {
  std::map<std::string, double> seconds_ago;
};

using Response = std::variant<Reply, Welcome, WaitForWork, Draining, LeaseState, Pong,
                              StatusNumbers, WorkersHeard>;

// The T in a response, which may be one of the core's replies; null if it holds something else.
template <class T>
const T* ResponseAs(const Response& response) {
  if constexpr (std::is_constructible_v<Response, std::in_place_type_t<T>>) {
    return std::get_if<T>(&response);
  } else {
    const Reply* reply = std::get_if<Reply>(&response);
    return reply ? std::get_if<T>(reply) : nullptr;
  }
}

// {"type":...} and the fields of the response.
Json ResponseJson(const Response& response);
// Its inverse for the response to an operation; `op` empty: a word to all. kFailed: it is none.
Result<Response> ParseResponse(const std::string& op, const Json& json);

// The one decoder of refusals: an Error in the response becomes the result's.
Result<Response> OrRefusal(Response response);

// The T that a request is answered with, where nothing else makes sense.
template <class T>
Result<T> Expect(const Result<Response>& response) {
  if (!response.ok()) return response.error();
  const T* expected = ResponseAs<T>(*response);
  if (expected == nullptr) return Failed("the scheduler gave an answer that does not fit");
  return *expected;
}

}  // namespace faretto
