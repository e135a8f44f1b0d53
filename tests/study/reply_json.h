// Replies of the core in the form that messages have, for tests that compare them as a whole.
#pragma once

#include "base/json.h"
#include "study/machine.h"

namespace faretto {

// Null where nothing was answered.
inline Json JsonOf(const Outcome& outcome) {
  const Reply* reply = std::get_if<Reply>(&outcome.answer);
  return reply ? ReplyJson(*reply) : Json();
}

}  // namespace faretto
