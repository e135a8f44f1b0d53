#include "protocol/client_connection.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "protocol/dealer_socket.h"
#include "protocol/envelope.h"

namespace faretto {
namespace {

// Without an answer for this long the scheduler is looked for again.
constexpr double kResendS = 1;

double NowS() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Numbered requests are answered by number, queries by their name.
bool Answers(const ResponseEnvelope& response, const RequestEnvelope& request) {
  if (request.number) return response.number == request.number;
  return response.op == OperationName(request.operation);
}

}  // namespace

struct ClientConnection::Impl {
  explicit Impl(SchedulerLocation location) : socket(std::move(location)) {}

  DealerSocket socket;
  std::string client = "client-" + RandomName();
  std::int64_t number = 0;
};

ClientConnection::ClientConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientConnection::ClientConnection(ClientConnection&&) noexcept = default;
ClientConnection& ClientConnection::operator=(ClientConnection&&) noexcept = default;
ClientConnection::~ClientConnection() = default;

Result<ClientConnection> ClientConnection::Open(const SchedulerLocation& location) {
  auto impl = std::make_unique<Impl>(location);
  FARETTO_RETURN_IF_ERROR(impl->socket.Connect());
  return ClientConnection(std::move(impl));
}

Result<Response> ClientConnection::Request(const Operation& operation, double timeout_s) {
  RequestEnvelope request;
  request.client = impl_->client;
  request.operation = operation;
  if (IsNumbered(OperationName(operation))) request.number = ++impl_->number;
  const Json message = EncodeRequest(request);
  const double deadline = NowS() + timeout_s;
  DealerSocket& socket = impl_->socket;
  socket.Send(message);
  double resend_at = NowS() + kResendS;
  for (double now = NowS(); now < deadline; now = NowS()) {
    while (const auto received = socket.Receive()) {
      auto response = DecodeResponse(*received);
      if (response.ok() && Answers(*response, request))
        return OrRefusal(std::move(response->response));
    }
    if (now >= resend_at || !socket.connected()) {
      // A scheduler that restarts may be missing for a moment.
      (void)socket.Connect();
      socket.Send(message);
      resend_at = now + kResendS;
    }
    socket.Wait(-1, std::min(deadline, resend_at) - now);
  }
  (void)socket.Connect();  // a late response must not answer the next query
  return Failed("the scheduler did not answer within " + std::to_string(timeout_s).substr(0, 4) +
                " s: does it still run?");
}

}  // namespace faretto
