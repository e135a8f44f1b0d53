#include "protocol/client.h"

#include <chrono>
#include <utility>

#include "protocol/link.h"
#include "protocol/message.h"

namespace faretto {
namespace {

// Without an answer for this long the scheduler is looked for again.
constexpr double kResendS = 1;

double NowS() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What makes an event carries a number; queries carry none.
bool IsNumbered(const Json& request) {
  const std::string op = request.value("op", "");
  return op != "ping" && op != "status" && op != "takeover";
}

bool Answers(const Json& reply, const Json& request) {
  if (const auto number = request.find("number"); number != request.end())
    return reply.value("number", Json()) == *number;
  return reply.value("op", Json()) == request.value("op", Json());
}

}  // namespace

struct SchedulerClient::Impl {
  explicit Impl(SchedulerLocation location) : link(std::move(location)) {}

  Link link;
  std::string client = "client-" + RandomName();
  std::int64_t number = 0;
};

SchedulerClient::SchedulerClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SchedulerClient::SchedulerClient(SchedulerClient&&) noexcept = default;
SchedulerClient& SchedulerClient::operator=(SchedulerClient&&) noexcept = default;
SchedulerClient::~SchedulerClient() = default;

Result<SchedulerClient> SchedulerClient::Open(const SchedulerLocation& location) {
  auto impl = std::make_unique<Impl>(location);
  FARETTO_RETURN_IF_ERROR(impl->link.Connect());
  return SchedulerClient(std::move(impl));
}

Result<Json> SchedulerClient::Call(Json request, double timeout_s) {
  request["client"] = impl_->client;
  if (IsNumbered(request)) request["number"] = ++impl_->number;
  const double deadline = NowS() + timeout_s;
  Link& link = impl_->link;
  link.Send(request);
  double resend_at = NowS() + kResendS;
  for (double now = NowS(); now < deadline; now = NowS()) {
    while (auto reply = link.Receive()) {
      if (Answers(*reply, request)) return AsResult(std::move(*reply));
    }
    if (now >= resend_at || !link.connected()) {
      // A scheduler that restarts may be missing for a moment.
      (void)link.Connect();
      link.Send(request);
      resend_at = now + kResendS;
    }
    link.Wait(-1, std::min(deadline, resend_at) - now);
  }
  (void)link.Connect();  // a late reply must not answer the next query
  return Failed("the scheduler did not answer within " + std::to_string(timeout_s).substr(0, 4) +
                " s: does it still run?");
}

}  // namespace faretto
