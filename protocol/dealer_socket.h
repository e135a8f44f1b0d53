// The socket under both kinds of connection; ZeroMQ types stay in here. Private to protocol/.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "base/json.h"
#include "base/result.h"
#include "protocol/scheduler_location.h"

namespace faretto {

// A DEALER to wherever the scheduler of a location is.
class DealerSocket {
 public:
  explicit DealerSocket(SchedulerLocation location) : location_(std::move(location)) {}

  // Looks for the scheduler again and makes a new socket: whatever was unsent or unread is gone.
  // After an error there is no socket, and nothing is sent or received.
  Status Connect();
  bool connected() const { return socket_.has_value(); }
  // Of scheduler.json at the last Connect; 0 without a folder.
  std::int64_t incarnation() const { return incarnation_; }

  void Send(const Json& message);
  // The next message that waits, if it is a JSON object of acceptable size; others are skipped.
  std::optional<Json> Receive();
  // Waits until something can be received, `wake_fd` (-1: none) is readable, or the time is over.
  void Wait(int wake_fd, double timeout_s);

 private:
  SchedulerLocation location_;
  zmq::context_t context_{1};
  std::optional<zmq::socket_t> socket_;
  std::int64_t incarnation_ = 0;
};

// A made-up name: 16 hexadecimal digits.
std::string RandomName();

}  // namespace faretto
