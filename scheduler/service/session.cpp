#include "scheduler/service/session.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/log.h"
#include "protocol/message.h"

namespace faretto {
namespace {

using Verdict = Dispatched::Verdict;

// A parked request whose worker has not repeated it for this long has lost its worker.
constexpr double kParkedS = Machine::kLeaseS;

// The first few are logged, then ever fewer: a flood must not fill the disk.
bool WorthLogging(std::int64_t count) { return count <= 10 || (count & (count - 1)) == 0; }

// Whatever a stranger sends, the log stays one line of plain text.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  return text.substr(0, 300);
}

const Json kParkedReply = {{"type", "parked"}};

}  // namespace

Session::Session(Machine& machine, DispatchContext context, std::string domain, Ownership ownership)
    : machine_(machine),
      context_(std::move(context)),
      domain_(std::move(domain)),
      ownership_(std::move(ownership)) {}

void Session::CountDropped(std::int64_t count, const std::string& why) {
  if (count <= 0) return;
  context_.dropped += count;
  if (WorthLogging(context_.dropped))
    LogWarning("dropped a message: " + Printable(why) + " (" + std::to_string(context_.dropped) +
               " so far)");
}

void Session::Drop(const std::string& who, const std::string& why) {
  CountDropped(1, (who.empty() ? "" : "from " + who + ": ") + why);
}

bool Session::MaySpeak(const Envelope& envelope, const Incoming& incoming) {
  if (envelope.worker.empty() || incoming.key.empty()) return true;
  const Result<bool> may = ownership_(envelope.worker, incoming.key);
  if (may.ok() && *may) return true;
  Drop(envelope.worker, may.ok() ? "the name belongs to another key" : may.error().message);
  return false;
}

void Session::Take(const Incoming& incoming, double now) {
  if (!incoming.problem.empty()) return Drop("", incoming.problem);
  Result<Envelope> envelope = ParseMessage(incoming.text);
  if (!envelope.ok()) return Drop("", envelope.error().message);
  if (!MaySpeak(*envelope, incoming)) return;
  if (!envelope->worker.empty()) workers_[envelope->worker] = {incoming.peer, now};
  if (RefreshParked(*envelope, incoming.peer, now)) return;
  Dispatched done = Dispatch(machine_, *envelope, context_, now);
  if (done.verdict == Verdict::kParked) {
    std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
    Park(std::move(*envelope), incoming.peer, now);
  } else {
    Settle(*envelope, incoming.peer, std::move(done));
  }
}

// The same request again: it is known already; the reply goes where it came from last.
bool Session::RefreshParked(const Envelope& envelope, const std::string& peer, double now) {
  if (envelope.op != "next" || envelope.incarnation > machine_.state().incarnation()) return false;
  for (Parked& parked : parked_) {
    if (parked.envelope.client != envelope.client || parked.envelope.number != envelope.number)
      continue;
    parked.peer = peer;
    parked.refreshed_s = now;
    Send(peer, envelope, kParkedReply);
    return true;
  }
  return false;
}

void Session::Park(Envelope envelope, const std::string& peer, double now) {
  // A worker has one request at a time: an older one of the same name is nobody's any more.
  std::erase_if(parked_,
                [&](const Parked& parked) { return parked.envelope.worker == envelope.worker; });
  Send(peer, envelope, kParkedReply);
  parked_.push_back({std::move(envelope), peer, now});
}

void Session::Send(const std::string& peer, const Envelope& envelope, const Json& reply) {
  const Json sealed = SealReply(reply, envelope, context_, machine_.state().incarnation());
  batch_.replies.push_back({peer, DumpJson(sealed)});
}

void Session::Settle(const Envelope& envelope, const std::string& peer, Dispatched done) {
  std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
  if (done.verdict == Verdict::kDropped) return Drop(envelope.client, done.why);
  if (done.verdict == Verdict::kSuperseded) {
    batch_.superseded = true;
    batch_.handed_over = batch_.handed_over || !done.reply.is_null();
  }
  if (done.reply.is_null()) return;
  Send(peer, envelope, done.reply);
  const auto orders = done.reply.find("delete");
  if (envelope.op != "checkpoint" || orders == done.reply.end()) return;
  if (envelope.body.value("domain", Json()) != domain_) return;
  for (const Json& file : *orders) {
    if (file.is_string() && IsCheckpointFile(file.get<std::string>()))
      batch_.deletions.push_back(file.get<std::string>());
  }
}

Json Session::TakeOwn(Json request, std::int64_t number, double now) {
  request["client"] = "start-" + std::to_string(machine_.state().incarnation());
  request["number"] = number;
  Result<Envelope> envelope = ParseMessage(DumpJson(request));
  Dispatched done;
  if (envelope.ok()) done = Dispatch(machine_, *envelope, context_, now);
  std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
  if (!done.reply.is_null()) return done.reply;
  return {{"type", "error"},
          {"exit", static_cast<int>(ErrorKind::kInvalid)},
          {"message", envelope.ok() ? done.why : envelope.error().message}};
}

void Session::Tick(double now) {
  Outcome outcome = machine_.Tick(now);
  std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(batch_.events));
  std::erase_if(parked_,
                [&](const Parked& parked) { return now - parked.refreshed_s >= kParkedS; });
  RetryParkedIfChanged(now);
  TakeSuggestions(now);
}

// What one request does may answer another (the end of the study, say).
void Session::RetryParkedIfChanged(double now) {
  while (retried_events_ < batch_.events.size()) {
    retried_events_ = batch_.events.size();
    RetryParked(now);
  }
}

void Session::TakeSuggestions(double now) {
  if (suggester_ == nullptr) return;
  while (const auto answer = suggester_->Next(!context_.draining)) {
    Outcome outcome = machine_.AnswerSuggestion(*answer, now);
    std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(batch_.events));
    RetryParkedIfChanged(now);
  }
}

// A suggestion is being computed, and there is nothing else: with many workers, asking for each of
// them again after every suggestion would take longer than the suggestions.
bool Session::EverybodyWaits() const {
  const StudyState& state = machine_.state();
  return state.open_suggestion() && state.waiting().empty() &&
         std::none_of(state.jobs().begin(), state.jobs().end(),
                      [](const Job& job) { return job.state == Job::State::kPending; });
}

void Session::RetryParked(double now) {
  std::vector<Parked> waiting = std::exchange(parked_, {});
  for (Parked& parked : waiting) {
    if (!context_.draining && EverybodyWaits()) {
      parked_.push_back(std::move(parked));
      continue;
    }
    Dispatched done = Dispatch(machine_, parked.envelope, context_, now);
    if (done.verdict == Verdict::kParked) {
      std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
      parked_.push_back(std::move(parked));
    } else {
      Settle(parked.envelope, parked.peer, std::move(done));
    }
  }
}

void Session::Drain(double now) {
  context_.draining = true;
  for (const auto& [name, worker] : workers_) Send(worker.peer, Envelope{}, {{"type", "drain"}});
  RetryParked(now);
}

Batch Session::TakeBatch() {
  retried_events_ = 0;
  return std::exchange(batch_, {});
}

bool Session::idle() const {
  const StudyState& state = machine_.state();
  if (!state.assignments().empty()) return false;
  if (context_.draining) return true;
  return state.finished() &&
         std::none_of(state.jobs().begin(), state.jobs().end(),
                      [](const Job& job) { return job.state == Job::State::kPending; });
}

bool Session::WorkersLeft(double now) const {
  const auto& known = machine_.state().workers();
  return std::any_of(workers_.begin(), workers_.end(), [&](const auto& entry) {
    const auto worker = known.find(entry.first);
    return worker != known.end() && worker->second.present &&
           now - entry.second.heard_s < Machine::kLeaseS;
  });
}

double Session::NextDeadline() const {
  double next = machine_.NextDeadline();
  for (const Parked& parked : parked_) next = std::min(next, parked.refreshed_s + kParkedS);
  return next;
}

}  // namespace faretto
