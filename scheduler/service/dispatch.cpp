#include "scheduler/service/dispatch.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "protocol/message.h"

namespace faretto {
namespace {

using Verdict = Dispatched::Verdict;

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxLog = 65536;
constexpr std::int64_t kMaxSeeds = 1000;

struct Call {
  Machine& machine;
  const Envelope& envelope;
  const DispatchContext& context;
  double now;
  Fields fields;

  Request request() const { return {envelope.client, envelope.number.value_or(0)}; }
};

Json ErrorJson(ErrorKind kind, const std::string& message) {
  return {{"type", "error"}, {"exit", static_cast<int>(kind)}, {"message", message}};
}

Dispatched Reply(Json reply) { return {Verdict::kReply, std::move(reply), {}, {}}; }
Dispatched Drop(std::string why) { return {Verdict::kDropped, nullptr, {}, std::move(why)}; }

// Answers suggestions until there is none left to answer, or none that is at hand; events of all
// steps, in order.
Dispatched Finish(const Call& call, Outcome outcome) {
  std::vector<Event> events = std::move(outcome.events);
  while (outcome.needs_suggestion) {
    const std::int64_t suggestion = *call.machine.state().open_suggestion();
    const auto answer = call.context.suggest(call.machine.view(), suggestion);
    if (!answer) {
      call.machine.DeferAnswer();
      return {Verdict::kParked, nullptr, std::move(events), {}};
    }
    outcome = call.machine.AnswerSuggestion(*answer, call.now);
    events.insert(events.end(), std::make_move_iterator(outcome.events.begin()),
                  std::make_move_iterator(outcome.events.end()));
  }
  return {outcome.parked ? Verdict::kParked : Verdict::kReply,
          std::move(outcome.reply),
          std::move(events),
          {}};
}

// The assignment that the message speaks of; a live one of another worker is refused.
AssignmentRef ReadRef(Call& call) {
  const AssignmentRef ref{call.fields.AtLeast("assignment", 0), call.fields.AtLeast("fence", 0)};
  const auto& live = call.machine.state().assignments();
  const auto found = live.find(ref.assignment);
  if (found != live.end() && found->second.worker != call.envelope.worker)
    call.fields.Refuse("the assignment belongs to another worker");
  return ref;
}

Dispatched Hello(Call& call) {
  WorkerHello hello;
  hello.worker = call.envelope.worker;
  hello.instance = call.envelope.instance;
  hello.host = call.fields.Text("host", kMaxText);
  hello.pid = call.fields.AtLeast("pid", 0);
  hello.domain = call.fields.Text("domain", kMaxText);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  Dispatched done = Finish(call, call.machine.Hello(call.request(), hello, call.now));
  if (done.reply.value("type", "") == "ok") done.reply.update(call.context.welcome);
  return done;
}

// Has exactly this request been answered, with events?
bool IsRepeat(const Call& call) {
  const auto& answered = call.machine.state().requests();
  const auto found = answered.find(call.envelope.client);
  return found != answered.end() && found->second.number == call.request().number;
}

Dispatched Next(Call& call) {
  // A repeat of a request that was answered gets that answer even while draining: the worker may
  // hold that assignment without knowing it.
  if (call.context.draining && !IsRepeat(call)) return Reply({{"type", "drain"}});
  return Finish(call,
                call.machine.RequestWork(call.request(), call.envelope.worker, true, call.now));
}

Dispatched Heartbeat(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const std::int64_t progress = call.fields.Integer("progress");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  Json reply = call.machine.Heartbeat(ref, progress, call.now);
  if (call.context.draining && reply.value("type", "") == "ok") reply["type"] = "drain";
  reply["assignment"] = ref.assignment;
  reply["fence"] = ref.fence;
  return Reply(std::move(reply));
}

Dispatched Report(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const std::int64_t resource = call.fields.AtLeast("resource", 0);
  const Metrics values = call.fields.Values("values");
  const double cost = call.fields.Number("cost");
  if (cost < 0) call.fields.Refuse("\"cost\" is below 0");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Report(call.request(), ref, resource, values, cost, call.now));
}

Dispatched SaveCheckpoint(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const std::int64_t resource = call.fields.AtLeast("resource", 0);
  const std::int64_t batch = call.fields.AtLeast("batch", 0);
  const std::string file = call.fields.Text("file", kMaxText);
  const std::string domain = call.fields.Text("domain", kMaxText);
  const auto& live = call.machine.state().assignments();
  const auto found = live.find(ref.assignment);
  // Files are deleted by name later on: the name must be the one that this checkpoint has.
  if (!IsCheckpointFile(file) ||
      (found != live.end() && found->second.fence == ref.fence &&
       (file != CheckpointFile(found->second.trial, resource, batch, ref.fence) ||
        resource > found->second.to)))
    call.fields.Refuse("\"file\" is not the name of this checkpoint");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.SaveCheckpoint(call.request(), ref, resource, batch, file,
                                                  domain, call.now));
}

Dispatched DamagedCheckpoint(Call& call) {
  const TrialId trial = call.fields.AtLeast("trial", 0);
  const std::string file = call.fields.Text("file", kMaxText);
  if (!IsCheckpointFile(file)) call.fields.Refuse("\"file\" is not the name of a checkpoint");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.DamagedCheckpoint(call.request(), trial, file, call.now));
}

Dispatched Complete(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const Metrics values = call.fields.Values("values");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Complete(call.request(), ref, values, call.now));
}

Dispatched Fail(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const std::string reason = call.fields.Text("reason", kMaxText);
  const std::string log = call.fields.Text("log", kMaxLog, true);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Fail(call.request(), ref, reason, log, call.now));
}

Dispatched HandBack(Call& call) {
  const AssignmentRef ref = ReadRef(call);
  const std::string reason = call.fields.Text("reason", kMaxText);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.HandBack(call.request(), ref, reason, call.now));
}

Dispatched Goodbye(Call& call) {
  const std::string reason = call.fields.Text("reason", kMaxText);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  std::vector<AssignmentRef> held;
  for (const auto& [id, assignment] : call.machine.state().assignments()) {
    if (assignment.worker == call.envelope.worker) held.push_back({id, assignment.fence});
  }
  std::vector<Event> events;
  // An assignment whose reply did not reach the worker any more: handed back, not lost.
  for (const AssignmentRef& ref : held) {
    if (IsRepeat(call)) break;
    Outcome returned = call.machine.HandBack({}, ref, reason, call.now);
    std::move(returned.events.begin(), returned.events.end(), std::back_inserter(events));
  }
  Dispatched done =
      Finish(call, call.machine.Goodbye(call.request(), call.envelope.worker, reason, call.now));
  std::move(done.events.begin(), done.events.end(), std::back_inserter(events));
  done.events = std::move(events);
  return done;
}

Dispatched Ping(Call& call) {
  Json reply = {{"type", "ok"}};
  reply.update(call.context.identity);
  return Reply(std::move(reply));
}

Dispatched Status(Call& call) {
  Json progress = call.context.progress(call.machine.view(), call.now);
  progress["dropped_messages"] = call.context.dropped;
  return Reply({{"type", "ok"}, {"progress", std::move(progress)}});
}

Dispatched Enqueue(Call& call) {
  const Json& params = call.fields.Any("params");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Enqueue(call.request(), params, call.now));
}

Dispatched Import(Call& call) {
  const Json& trials = call.fields.Any("trials");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Import(call.request(), trials, call.now));
}

Dispatched Retry(Call& call) {
  const TrialId trial = call.fields.Integer("trial");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.Retry(call.request(), trial, call.now));
}

Dispatched Stop(Call& call) {
  if (!call.fields.Has("trial"))
    return Finish(call, call.machine.StopStudy(call.request(), call.now));
  const TrialId trial = call.fields.Integer("trial");
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  return Finish(call, call.machine.StopTrial(call.request(), trial, call.now));
}

Dispatched Retrain(Call& call) {
  const TrialId trial = call.fields.Integer("trial");
  const std::int64_t seeds = call.fields.Integer("seeds");
  const std::int64_t resource = call.fields.Integer("resource");
  const std::string split = call.fields.Text("split", kMaxText);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  if (seeds < 1 || seeds > kMaxSeeds)
    return Reply(ErrorJson(ErrorKind::kInvalid, "a retraining takes from 1 to " +
                                                    std::to_string(kMaxSeeds) + " seeds, not " +
                                                    std::to_string(seeds)));
  return Finish(call,
                call.machine.Retrain(call.request(), trial, seeds, resource, split, call.now));
}

Dispatched Takeover(Call& call) {
  const std::int64_t incarnation = call.fields.AtLeast("incarnation", 1);
  if (!call.fields.problem().empty()) return Drop(call.fields.problem());
  if (incarnation <= call.machine.state().incarnation())
    return Drop("a takeover by incarnation " + std::to_string(incarnation) +
                ", which is not newer");
  return {Verdict::kSuperseded, {{"type", "ok"}}, {}, {}};
}

using Operation = Dispatched (*)(Call&);

const std::unordered_map<std::string, Operation>& Operations() {
  static const std::unordered_map<std::string, Operation> kOperations = {
      {"hello", Hello},
      {"next", Next},
      {"heartbeat", Heartbeat},
      {"report", Report},
      {"checkpoint", SaveCheckpoint},
      {"checkpoint_damaged", DamagedCheckpoint},
      {"complete", Complete},
      {"fail", Fail},
      {"hand_back", HandBack},
      {"goodbye", Goodbye},
      {"ping", Ping},
      {"status", Status},
      {"enqueue", Enqueue},
      {"import", Import},
      {"retry", Retry},
      {"stop", Stop},
      {"retrain", Retrain},
      {"takeover", Takeover},
  };
  return kOperations;
}

// Is this worker the process that the name belongs to now? Otherwise what it has to be told.
std::optional<Dispatched> CheckWorker(const Call& call) {
  const Envelope& envelope = call.envelope;
  if (envelope.worker.empty() || envelope.op == "hello") return {};
  const auto& workers = call.machine.state().workers();
  const auto found = workers.find(envelope.worker);
  if (found == workers.end())
    return Reply(ErrorJson(ErrorKind::kFailed, "this scheduler does not know worker " +
                                                   envelope.worker + ": start the worker again"));
  if (found->second.instance == envelope.instance) return {};
  Json reply = {{"type", "superseded"}};
  if (envelope.op == "heartbeat") {
    for (const char* key : {"assignment", "fence"}) reply[key] = envelope.body.value(key, Json());
  }
  return Reply(std::move(reply));
}

std::optional<Dispatched> CheckOrder(const Call& call) {
  if (!call.envelope.number) return {};
  const auto& answered = call.machine.state().requests();
  const auto found = answered.find(call.envelope.client);
  if (found == answered.end() || *call.envelope.number >= found->second.number) return {};
  return Drop("request " + std::to_string(*call.envelope.number) + " of " + call.envelope.client +
              " comes after its request " + std::to_string(found->second.number));
}

}  // namespace

Dispatched Dispatch(Machine& machine, const Envelope& envelope, const DispatchContext& context,
                    double now) {
  if (envelope.version != kProtocolVersion) {
    return Reply(ErrorJson(ErrorKind::kFailed, "this scheduler speaks version " +
                                                   std::to_string(kProtocolVersion) +
                                                   " of the protocol and the other side version " +
                                                   std::to_string(envelope.version) +
                                                   ": use the same release of Faretto on both"));
  }
  if (!envelope.store.empty() && envelope.store != context.store) {
    return Reply(ErrorJson(ErrorKind::kFailed,
                           "the study folder was made anew since this worker started: start the "
                           "worker again"));
  }
  if (envelope.op != "takeover" && envelope.incarnation > machine.state().incarnation())
    return {Verdict::kSuperseded, nullptr, {}, {}};
  const auto operation = Operations().find(envelope.op);
  if (operation == Operations().end()) return Drop("unknown operation \"" + envelope.op + "\"");
  Call call{machine, envelope, context, now, Fields(envelope.body)};
  if (auto refused = CheckOrder(call)) return std::move(*refused);
  if (auto refused = CheckWorker(call)) return std::move(*refused);
  return operation->second(call);
}

Json SealReply(const Json& reply, const Envelope& envelope, const DispatchContext& context,
               std::int64_t incarnation) {
  Json sealed = {{"v", kProtocolVersion}, {"incarnation", incarnation}, {"store", context.store}};
  if (!envelope.op.empty()) sealed["op"] = envelope.op;
  if (envelope.number) sealed["number"] = *envelope.number;
  sealed.update(reply);
  return sealed;
}

}  // namespace faretto
