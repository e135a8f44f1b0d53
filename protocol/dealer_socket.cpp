#include "protocol/dealer_socket.h"

#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "protocol/envelope.h"
#include "protocol/keys.h"
#include "protocol/scheduler_file.h"

namespace faretto {
namespace {

struct Target {
  std::string endpoint;
  std::string server_key;  // empty: plain
  std::int64_t incarnation = 0;
};

Result<Target> Find(const SchedulerLocation& location) {
  if (!location.dir.empty()) {
    FARETTO_ASSIGN_OR_RETURN(SchedulerFile file, ReadSchedulerFile(location.dir));
    return Target{file.endpoint, file.public_key, file.incarnation};
  }
  FARETTO_ASSIGN_OR_RETURN(std::string key, ReadPublicKey(location.server_key_file));
  return Target{location.endpoint, std::move(key), 0};
}

Status SetKeys(zmq::socket_t& socket, const Target& target, const SchedulerLocation& location) {
  if (target.server_key.empty()) return Ok{};
  std::filesystem::path file = location.client_key_file;
  if (file.empty() && !location.dir.empty()) file = LocalSecretFile(location.dir);
  // Without a folder: the local pair, if it lies beside the scheduler's public key as in DIR/keys.
  if (file.empty()) file = location.server_key_file.parent_path() / "local.secret";
  FARETTO_ASSIGN_OR_RETURN(const KeyPair pair, ReadKeyPair(file));
  socket.set(zmq::sockopt::curve_serverkey, target.server_key);
  socket.set(zmq::sockopt::curve_publickey, pair.public_key);
  socket.set(zmq::sockopt::curve_secretkey, pair.secret_key);
  return Ok{};
}

void SetLimits(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(2 * kMaxMessageBytes));
  socket.set(zmq::sockopt::reconnect_ivl, 50);
  socket.set(zmq::sockopt::reconnect_ivl_max, 1000);
  // A machine that vanished without a word is noticed, and a new connection tried.
  socket.set(zmq::sockopt::heartbeat_ivl, 5000);
  socket.set(zmq::sockopt::heartbeat_timeout, 15000);
}

}  // namespace

Status DealerSocket::Connect() {
  socket_.reset();
  FARETTO_ASSIGN_OR_RETURN(const Target target, Find(location_));
  incarnation_ = target.incarnation;
  try {
    zmq::socket_t socket(context_, zmq::socket_type::dealer);
    SetLimits(socket);
    FARETTO_RETURN_IF_ERROR(SetKeys(socket, target, location_));
    socket.connect(target.endpoint);
    socket_ = std::move(socket);
  } catch (const zmq::error_t& error) {
    return Failed("cannot connect to the scheduler at " + target.endpoint + ": " + error.what());
  }
  return Ok{};
}

void DealerSocket::Send(const Json& message) {
  if (!socket_) return;
  try {
    const std::string text = DumpJson(message);
    // A full queue means that nobody reads: the message would be sent again anyway.
    (void)socket_->send(zmq::buffer(text), zmq::send_flags::dontwait);
  } catch (const zmq::error_t&) {
    socket_.reset();
  }
}

std::optional<Json> DealerSocket::Receive() {
  while (socket_) {
    zmq::message_t frame;
    try {
      if (!socket_->recv(frame, zmq::recv_flags::dontwait)) return {};
    } catch (const zmq::error_t&) {
      socket_.reset();
      return {};
    }
    if (frame.size() > kMaxMessageBytes) continue;
    Result<Json> message = ParseJson(frame.to_string_view());
    if (message.ok() && message->is_object()) return std::move(message).value();
  }
  return {};
}

void DealerSocket::Wait(int wake_fd, double timeout_s) {
  zmq_pollitem_t items[2] = {};
  std::size_t count = 0;
  if (socket_) items[count++] = {socket_->handle(), 0, ZMQ_POLLIN, 0};
  if (wake_fd >= 0) items[count++] = {nullptr, wake_fd, ZMQ_POLLIN, 0};
  const double timeout_ms = std::ceil(std::clamp(timeout_s, 0.0, 3600.0) * 1000);
  // Interrupted by a signal counts as waking up early: callers look at the time themselves.
  (void)::zmq_poll(items, static_cast<int>(count), static_cast<long>(timeout_ms));
}

std::string RandomName() {
  if (sodium_init() < 0) return "unnamed";
  unsigned char bytes[8];
  randombytes_buf(bytes, sizeof bytes);
  char hex[2 * sizeof bytes + 1];
  return sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
}

}  // namespace faretto
