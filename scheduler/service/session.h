// The service without its socket and its store: messages and the time go in; events to store, and
// replies to send once they are durable, come out. Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "scheduler/service/dispatch.h"
#include "scheduler/service/suggester.h"
#include "scheduler/service/wire.h"
#include "study/machine.h"

namespace faretto {

// What one turn of the loop has to do, in this order: store, send, delete.
struct Batch {
  struct Outgoing {
    std::string peer;
    std::string text;
  };
  std::vector<Event> events;
  std::vector<Outgoing> replies;
  std::vector<std::string> deletions;  // files in the study folder's checkpoint folder
  bool superseded = false;             // a newer scheduler has the study: this one ends
  bool handed_over = false;            // it asked for it, and waits until this one is gone
};

class Session {
 public:
  // May this key speak for this worker? (Not asked on a plain socket.)
  using Ownership = std::function<Result<bool>(const std::string& worker, const std::string& key)>;

  // `domain`: the study folder's checkpoint domain, which is also its nonce.
  Session(Machine& machine, DispatchContext context, std::string domain, Ownership ownership);
  // Where answers come from that were not at hand (DispatchContext::suggest). Outlives this.
  void UseSuggester(Suggester& suggester) { suggester_ = &suggester; }

  void Take(const Incoming& incoming, double now);
  // A request of this process itself, before anything else; its response, or why it was refused.
  Result<Response> TakeOwn(const Operation& operation, std::int64_t number, double now);
  // What the clock does; suggestions that are there by now; parked requests again if the state has
  // changed.
  void Tick(double now);
  // From now on no work is given out; workers are told at once.
  void Drain(double now);
  void CountDropped(std::int64_t count, const std::string& why);
  Batch TakeBatch();

  // Nothing is left to do: the study is over (or draining), no assignment is live.
  bool idle() const;
  // Workers heard of lately that have not said goodbye.
  bool WorkersLeft(double now) const;
  double NextDeadline() const;
  std::int64_t dropped() const { return context_.dropped; }
  bool draining() const { return context_.draining; }

 private:
  struct ParkedRequest {
    RequestEnvelope envelope;
    std::string peer;
    double refreshed_s = 0;
  };
  struct Peer {
    std::string peer;
    double heard_s = 0;
  };

  void Drop(const std::string& who, const std::string& why);
  bool MaySpeak(const RequestEnvelope& envelope, const Incoming& incoming);
  bool RefreshParked(const RequestEnvelope& envelope, const std::string& peer, double now);
  void Park(RequestEnvelope envelope, const std::string& peer, double now);
  void Settle(const RequestEnvelope& envelope, const std::string& peer, Dispatched done);
  bool EverybodyWaits() const;
  void RetryParked(double now);
  void RetryParkedIfChanged(double now);
  void TakeSuggestions(double now);
  void Send(const std::string& peer, const RequestEnvelope& envelope, Response response);
  void SendToAll(Response response);
  void DeleteUnneeded(const RequestEnvelope& envelope, const Response& response);

  Machine& machine_;
  Suggester* suggester_ = nullptr;
  DispatchContext context_;
  std::string domain_;
  Ownership ownership_;
  std::vector<ParkedRequest> parked_;  // in the order of their arrival
  std::map<std::string, Peer> workers_;
  Batch batch_;
  std::size_t retried_events_ = 0;  // of batch_.events: seen by parked requests
};

}  // namespace faretto
