#include "scheduler/service/wire.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "base/process.h"
#include "protocol/envelope.h"
#include "protocol/keys.h"
#include "protocol/scheduler_file.h"

namespace faretto {
namespace {

constexpr char kZapEndpoint[] = "inproc://zeromq.zap.01";  // fixed by ZeroMQ RFC 27
constexpr std::size_t kRawKeyBytes = 32;

// All frames of the message that waits; empty if none does.
std::vector<zmq::message_t> ReceiveFrames(zmq::socket_t& socket) {
  std::vector<zmq::message_t> frames;
  bool more = true;
  while (more) {
    zmq::message_t frame;
    if (!socket.recv(frame, zmq::recv_flags::dontwait)) break;
    more = frame.more();
    frames.push_back(std::move(frame));
  }
  return frames;
}

std::string Z85(const zmq::message_t& raw) {
  if (raw.size() != kRawKeyBytes) return {};
  char text[41];
  return zmq_z85_encode(text, raw.data<std::uint8_t>(), raw.size()) != nullptr ? text : "";
}

std::string UserId(const zmq::message_t& frame) {
  const char* value = zmq_msg_gets(frame.handle(), "User-Id");
  return value == nullptr ? std::string() : std::string(value);
}

// tcp://0.0.0.0:5555 is where it listens; others need a name.
std::string Reachable(const std::string& endpoint) {
  for (const std::string_view any : {"tcp://0.0.0.0:", "tcp://[::]:"}) {
    if (endpoint.starts_with(any)) return "tcp://" + HostName() + ":" + endpoint.substr(any.size());
  }
  return endpoint;
}

}  // namespace

struct Wire::Impl {
  explicit Impl(const std::filesystem::path& dir)
      : keys(dir), zap(context, zmq::socket_type::rep), router(context, zmq::socket_type::router) {}
  ~Impl() {
    router.close();
    zap.close();
    context.close();  // waits until the last replies have left (linger)
    if (owns_endpoint) RemoveLocalEndpoint(endpoint);
  }

  Status Listen(const std::filesystem::path& dir, const std::string& bind);
  Status Encrypt(const std::filesystem::path& dir);
  void AnswerZap();

  AuthorisedKeys keys;
  zmq::context_t context{1};
  zmq::socket_t zap;
  zmq::socket_t router;
  std::string endpoint;
  std::string public_key;
  bool encrypted = false;
  std::int64_t refused = 0;
  bool owns_endpoint = false;
};

Status Wire::Impl::Encrypt(const std::filesystem::path& dir) {
  FARETTO_ASSIGN_OR_RETURN(const KeyPair pair, EnsureSchedulerKeys(dir));
  public_key = pair.public_key;
  encrypted = true;
  keys.Refresh();
  // Bound before the router: without a handler libzmq would let every key in.
  zap.bind(kZapEndpoint);
  router.set(zmq::sockopt::zap_domain, "faretto");
  router.set(zmq::sockopt::curve_server, true);
  router.set(zmq::sockopt::curve_publickey, pair.public_key);
  router.set(zmq::sockopt::curve_secretkey, pair.secret_key);
  return Ok{};
}

Status Wire::Impl::Listen(const std::filesystem::path& dir, const std::string& bind) {
  router.set(zmq::sockopt::linger, 1000);
  // Larger ones cut the connection; those between this and kMaxMessageBytes are counted.
  router.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(2 * kMaxMessageBytes));
  router.set(zmq::sockopt::heartbeat_ivl, 5000);
  router.set(zmq::sockopt::heartbeat_timeout, 15000);
  std::string where = bind;
  if (bind.empty()) {
    FARETTO_ASSIGN_OR_RETURN(where, LocalEndpoint(dir));
  } else if (!bind.starts_with("tcp://")) {
    return Invalid("the scheduler cannot listen at \"" + bind + "\": use tcp://ADDRESS:PORT");
  } else {
    FARETTO_RETURN_IF_ERROR(Encrypt(dir));
  }
  try {
    router.bind(where);
  } catch (const zmq::error_t& error) {
    if (bind.empty()) RemoveLocalEndpoint(where);
    return Failed("the scheduler cannot listen at " + where + ": " + error.what() +
                  " (choose another address or port with --bind)");
  }
  owns_endpoint = true;
  endpoint = Reachable(router.get(zmq::sockopt::last_endpoint));
  return Ok{};
}

void Wire::Impl::AnswerZap() {
  while (true) {
    std::vector<zmq::message_t> request = ReceiveFrames(zap);
    if (request.empty()) return;
    // version, request id, domain, address, routing id, mechanism, key
    std::string key;
    if (request.size() == 7 && request[5].to_string_view() == "CURVE") key = Z85(request[6]);
    keys.Refresh();
    const bool welcome = !key.empty() && keys.Contains(key);
    if (!welcome) ++refused;
    const std::string id = request.size() > 1 ? request[1].to_string() : std::string();
    const std::string reply[6] = {
        "1.0", id, welcome ? "200" : "400", welcome ? "OK" : "unknown key", welcome ? key : "", ""};
    for (int i = 0; i < 6; ++i) {
      (void)zap.send(zmq::buffer(reply[i]),
                     i < 5 ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  }
}

Wire::Wire(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Wire::~Wire() = default;

Result<std::unique_ptr<Wire>> Wire::Bind(const std::filesystem::path& dir,
                                         const std::string& bind) {
  try {
    auto impl = std::make_unique<Impl>(dir);
    FARETTO_RETURN_IF_ERROR(impl->Listen(dir, bind));
    return std::unique_ptr<Wire>(new Wire(std::move(impl)));
  } catch (const zmq::error_t& error) {
    return Failed(std::string("the scheduler's socket cannot be made: ") + error.what());
  }
}

const std::string& Wire::endpoint() const { return impl_->endpoint; }
const std::string& Wire::public_key() const { return impl_->public_key; }
void Wire::Abandon() { impl_->owns_endpoint = false; }

bool Wire::IsAuthorised(const std::string& key) const { return impl_->keys.Contains(key); }

std::int64_t Wire::TakeRefused() { return std::exchange(impl_->refused, 0); }

void Wire::Wait(int wake_fd, double timeout_s) {
  std::vector<zmq_pollitem_t> items = {{impl_->router.handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, wake_fd, ZMQ_POLLIN, 0}};
  if (impl_->encrypted) items.push_back({impl_->zap.handle(), 0, ZMQ_POLLIN, 0});
  const double timeout_ms = std::ceil(std::clamp(timeout_s, 0.0, 3600.0) * 1000);
  // Interrupted by a signal counts as waking up early.
  (void)::zmq_poll(items.data(), static_cast<int>(items.size()), static_cast<long>(timeout_ms));
  if (impl_->encrypted) impl_->AnswerZap();
  if (impl_->encrypted) impl_->keys.Refresh();
}

std::optional<Incoming> Wire::Receive() {
  std::vector<zmq::message_t> frames = ReceiveFrames(impl_->router);
  if (frames.empty()) return {};
  Incoming incoming;
  incoming.peer = frames[0].to_string();
  if (impl_->encrypted && frames.size() > 1) incoming.key = UserId(frames[1]);
  if (impl_->encrypted && !impl_->keys.Contains(incoming.key)) {
    incoming.problem = "its key is not authorised";
  } else if (frames.size() != 2) {
    incoming.problem = "it has " + std::to_string(frames.size() - 1) + " frames, not one";
  } else if (frames[1].size() > kMaxMessageBytes) {
    incoming.problem = "it is larger than 4 MiB";
  } else {
    incoming.text = frames[1].to_string();
  }
  return incoming;
}

void Wire::Send(const std::string& peer, const std::string& text) {
  try {
    zmq::socket_t& router = impl_->router;
    if (router.send(zmq::buffer(peer), zmq::send_flags::sndmore | zmq::send_flags::dontwait))
      (void)router.send(zmq::buffer(text), zmq::send_flags::dontwait);
  } catch (const zmq::error_t&) {
    // Unreachable; the client asks again.
  }
}

}  // namespace faretto
