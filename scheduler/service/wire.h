// The scheduler's socket: a ROUTER, and on TCP the ZAP handler that decides who may connect.
// Thread safety: none; one thread uses it (it may be made on another).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace faretto {

struct Incoming {
  std::string peer;  // where a reply goes
  std::string text;
  std::string key;  // the sender's CURVE public key (Z85); empty on a plain socket
  // Why it has to be dropped unread: an unknown or revoked key, too large, not one frame.
  std::string problem;
};

class Wire {
 public:
  // `bind` as in ServiceOptions. Keys and the local socket lie in `dir`. kFailed: a busy port, an
  // address that cannot be listened at.
  static Result<std::unique_ptr<Wire>> Bind(const std::filesystem::path& dir,
                                            const std::string& bind);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Where others reach it; the port is the real one.
  const std::string& endpoint() const;
  // Empty on a plain socket.
  const std::string& public_key() const;

  // Waits until a message is there, `wake_fd` is readable, or the time is over. Answers ZAP
  // requests meanwhile.
  void Wait(int wake_fd, double timeout_s);
  // The next message that waits.
  std::optional<Incoming> Receive();
  bool IsAuthorised(const std::string& key) const;
  // Connections that were refused for their key since the last call.
  std::int64_t TakeRefused();
  // Never blocks; a peer that is gone gets nothing.
  void Send(const std::string& peer, const std::string& text);
  // After this the socket file of a local endpoint is left alone: a newer scheduler may own it.
  void Abandon();

 private:
  struct Impl;
  explicit Wire(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace faretto
