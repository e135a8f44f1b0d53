#include "scheduler/service/session.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/log.h"

namespace faretto {
namespace {

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

}  // namespace

Session::Session(Machine& machine, DispatchContext context, std::string domain, Ownership ownership)
    : machine_(machine),
      context_(std::move(context)),
      domain_(std::move(domain)),
      ownership_(std::move(ownership)) {
  context_.heard = [this](double now) {
    WorkersHeard heard;
    for (const auto& [name, worker] : workers_) heard.seconds_ago[name] = now - worker.heard_s;
    return heard;
  };
}

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

bool Session::MaySpeak(const RequestEnvelope& envelope, const Incoming& incoming) {
  if (envelope.worker.empty() || incoming.key.empty()) return true;
  const Result<bool> may = ownership_(envelope.worker, incoming.key);
  if (may.ok() && *may) return true;
  Drop(envelope.worker, may.ok() ? "the name belongs to another key" : may.error().message);
  return false;
}

void Session::Take(const Incoming& incoming, double now) {
  if (!incoming.problem.empty()) return Drop("", incoming.problem);
  Result<RequestEnvelope> envelope = DecodeRequest(incoming.text);
  if (!envelope.ok()) return Drop("", envelope.error().message);
  if (!MaySpeak(*envelope, incoming)) return;
  if (!envelope->worker.empty()) workers_[envelope->worker] = {incoming.peer, now};
  if (RefreshParked(*envelope, incoming.peer, now)) return;
  Dispatched done = Dispatch(machine_, *envelope, context_, now);
  if (std::holds_alternative<Parked>(done.outcome)) {
    std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
    Park(std::move(*envelope), incoming.peer, now);
  } else {
    Settle(*envelope, incoming.peer, std::move(done));
  }
}

// The same request again: it is known already; the reply goes where it came from last.
bool Session::RefreshParked(const RequestEnvelope& envelope, const std::string& peer, double now) {
  if (!std::holds_alternative<NextRequest>(envelope.operation) ||
      envelope.incarnation > machine_.state().incarnation())
    return false;
  for (ParkedRequest& parked : parked_) {
    if (parked.envelope.client != envelope.client || parked.envelope.number != envelope.number)
      continue;
    parked.peer = peer;
    parked.refreshed_s = now;
    Send(peer, envelope, WaitForWork{});
    return true;
  }
  return false;
}

void Session::Park(RequestEnvelope envelope, const std::string& peer, double now) {
  // A worker has one request at a time: an older one of the same name is nobody's any more.
  std::erase_if(parked_, [&](const ParkedRequest& parked) {
    return parked.envelope.worker == envelope.worker;
  });
  Send(peer, envelope, WaitForWork{});
  parked_.push_back({std::move(envelope), peer, now});
}

void Session::Send(const std::string& peer, const RequestEnvelope& envelope, Response response) {
  // Of another version nothing but the number was read.
  const bool known = envelope.version == kProtocolVersion;
  const std::string op = known ? std::string(OperationName(envelope.operation)) : "";
  batch_.replies.push_back(
      {peer, DumpJson(EncodeResponse({machine_.state().incarnation(), context_.store, op,
                                      envelope.number, std::move(response)}))});
}

void Session::SendToAll(Response response) {
  const std::string text = DumpJson(EncodeResponse(
      {machine_.state().incarnation(), context_.store, "", {}, std::move(response)}));
  for (const auto& [name, worker] : workers_) batch_.replies.push_back({worker.peer, text});
}

void Session::Settle(const RequestEnvelope& envelope, const std::string& peer, Dispatched done) {
  std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
  if (const auto* dropped = std::get_if<Dropped>(&done.outcome))
    return Drop(envelope.client, dropped->why);
  if (auto* superseded = std::get_if<SchedulerSuperseded>(&done.outcome)) {
    batch_.superseded = true;
    batch_.handed_over = batch_.handed_over || superseded->response.has_value();
    if (superseded->response) Send(peer, envelope, std::move(*superseded->response));
  } else if (auto* response = std::get_if<Response>(&done.outcome)) {
    DeleteUnneeded(envelope, *response);
    Send(peer, envelope, std::move(*response));
  }
}

// Checkpoints in the study folder are deleted here, others by the worker.
void Session::DeleteUnneeded(const RequestEnvelope& envelope, const Response& response) {
  const auto* kept = ResponseAs<CheckpointKept>(response);
  const auto* checkpoint = std::get_if<CheckpointRequest>(&envelope.operation);
  if (kept == nullptr || checkpoint == nullptr || checkpoint->domain != domain_) return;
  for (const std::string& file : kept->unneeded)
    if (IsCheckpointFile(file)) batch_.deletions.push_back(file);
}

Result<Response> Session::TakeOwn(const Operation& operation, std::int64_t number, double now) {
  RequestEnvelope envelope;
  envelope.version = kProtocolVersion;
  envelope.client = "start-" + std::to_string(machine_.state().incarnation());
  envelope.number = number;
  envelope.operation = operation;
  Dispatched done = Dispatch(machine_, envelope, context_, now);
  std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
  if (auto* response = std::get_if<Response>(&done.outcome)) return OrRefusal(std::move(*response));
  const auto* dropped = std::get_if<Dropped>(&done.outcome);
  return Invalid(dropped ? dropped->why : "the scheduler cannot do this at its start");
}

void Session::Tick(double now) {
  Outcome outcome = machine_.Tick(now);
  std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(batch_.events));
  std::erase_if(parked_,
                [&](const ParkedRequest& parked) { return now - parked.refreshed_s >= kParkedS; });
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
  std::vector<ParkedRequest> waiting = std::exchange(parked_, {});
  for (ParkedRequest& parked : waiting) {
    if (!context_.draining && EverybodyWaits()) {
      parked_.push_back(std::move(parked));
      continue;
    }
    Dispatched done = GiveWork(machine_, parked.envelope, context_, now);
    if (std::holds_alternative<Parked>(done.outcome)) {
      std::move(done.events.begin(), done.events.end(), std::back_inserter(batch_.events));
      parked_.push_back(std::move(parked));
    } else {
      Settle(parked.envelope, parked.peer, std::move(done));
    }
  }
}

void Session::Drain(double now) {
  context_.draining = true;
  SendToAll(Draining{});
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
  for (const ParkedRequest& parked : parked_) next = std::min(next, parked.refreshed_s + kParkedS);
  return next;
}

}  // namespace faretto
