// A client's connection to a scheduler: one command or query at a time.
//
//   auto connection = ClientConnection::Open({.dir = "runs/orl-faces"});
//   auto numbers = Expect<StatusNumbers>(connection->Request(StatusRequest{}, 5));
#pragma once

#include <memory>

#include "base/result.h"
#include "protocol/requests.h"
#include "protocol/responses.h"
#include "protocol/scheduler_location.h"

namespace faretto {

// Thread safety: none; one thread uses it.
class ClientConnection {
 public:
  // kFailed if no scheduler runs in the folder; no message is sent yet.
  static Result<ClientConnection> Open(const SchedulerLocation& location);
  ClientConnection(ClientConnection&&) noexcept;
  ClientConnection& operator=(ClientConnection&&) noexcept;
  ~ClientConnection();

  // Sends the request and waits for its response. An Error: the scheduler refused; or (kFailed) it
  // did not answer within `timeout_s`, and the command may or may not have been done.
  Result<Response> Request(const Operation& operation, double timeout_s);

 private:
  struct Impl;
  explicit ClientConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace faretto
