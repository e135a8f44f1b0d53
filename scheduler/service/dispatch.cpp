#include "scheduler/service/dispatch.h"

#include <iterator>
#include <optional>
#include <utility>

namespace faretto {
namespace {

Dispatched Answer(Response response) { return {{}, std::move(response)}; }
Dispatched Refuse(ErrorKind kind, std::string message) {
  return Answer(Reply(Error{kind, std::move(message)}));
}
Dispatched Drop(std::string why) { return {{}, Dropped{std::move(why)}}; }

// What the machine's step means for who asked.
Dispatched From(Outcome outcome) {
  Dispatched done{std::move(outcome.events), Parked{}};
  if (auto* reply = std::get_if<Reply>(&outcome.answer)) done.outcome = Response(std::move(*reply));
  return done;
}

// One request: an overload for each operation is the table of what it does.
class Dispatcher {
 public:
  Dispatcher(Machine& machine, const RequestEnvelope& envelope, const DispatchContext& context,
             double now)
      : machine_(machine),
        envelope_(envelope),
        context_(context),
        now_(now),
        id_{envelope.client, envelope.number.value_or(0)} {}

  std::optional<Dispatched> Check() const;
  std::optional<Dispatched> CheckWorker() const;

  Dispatched operator()(const HelloRequest& hello);
  Dispatched operator()(const NextRequest& next);
  Dispatched operator()(const HeartbeatRequest& heartbeat);
  Dispatched operator()(const ReportRequest& report);
  Dispatched operator()(const CheckpointRequest& checkpoint);
  Dispatched operator()(const CheckpointDamagedRequest& damaged);
  Dispatched operator()(const CompleteRequest& complete);
  Dispatched operator()(const FailRequest& fail);
  Dispatched operator()(const HandBackRequest& hand_back);
  Dispatched operator()(const GoodbyeRequest& goodbye);
  Dispatched operator()(const PingRequest&) { return Answer(context_.identity); }
  Dispatched operator()(const StatusRequest& status);
  Dispatched operator()(const WorkersRequest&) { return Answer(context_.heard(now_)); }
  Dispatched operator()(const EnqueueRequest& enqueue) {
    return From(machine_.Enqueue(id_, enqueue.params, now_));
  }
  Dispatched operator()(const ImportRequest& import) {
    return From(machine_.Import(id_, import.trials, now_));
  }
  Dispatched operator()(const RetryRequest& retry) {
    return From(machine_.Retry(id_, retry.trial, now_));
  }
  Dispatched operator()(const StopRequest& stop) {
    return From(stop.trial ? machine_.StopTrial(id_, *stop.trial, now_)
                           : machine_.StopStudy(id_, now_));
  }
  Dispatched operator()(const RetrainRequest& retrain) {
    return From(
        machine_.Retrain(id_, retrain.trial, retrain.seeds, retrain.resource, retrain.split, now_));
  }
  Dispatched operator()(const TakeoverRequest& takeover);

 private:
  std::optional<Dispatched> CheckOrder() const;
  // Has exactly this request been answered, with events?
  bool IsRepeat() const;
  // The live assignment of this number; nullptr if there is none.
  const Assignment* Live(const AssignmentRef& ref) const;
  bool BelongsToAnother(const AssignmentRef& ref) const {
    const Assignment* live = Live(ref);
    return live != nullptr && live->worker != envelope_.worker;
  }
  // Runs `step` unless the assignment is another worker's.
  template <class Step>
  Dispatched ForOwner(const AssignmentRef& ref, Step step) {
    if (BelongsToAnother(ref)) return Drop("the assignment belongs to another worker");
    return From(step());
  }

  Machine& machine_;
  const RequestEnvelope& envelope_;
  const DispatchContext& context_;
  const double now_;
  const Request id_;
};

const Assignment* Dispatcher::Live(const AssignmentRef& ref) const {
  const auto& live = machine_.state().assignments();
  const auto found = live.find(ref.assignment);
  return found == live.end() ? nullptr : &found->second;
}

Dispatched Dispatcher::operator()(const HelloRequest& hello) {
  Dispatched done = From(machine_.Hello(
      id_, {envelope_.worker, envelope_.instance, hello.host, hello.pid, hello.domain}, now_));
  const auto* response = std::get_if<Response>(&done.outcome);
  if (response != nullptr && ResponseAs<Accepted>(*response))
    done.outcome = Response(context_.welcome);
  return done;
}

Dispatched Dispatcher::operator()(const NextRequest&) {
  // A repeat of a request that was answered gets that answer even while draining: the worker may
  // hold that assignment without knowing it.
  if (context_.draining && !IsRepeat()) return Answer(Draining{});
  return From(DriveSuggestions(machine_, machine_.RequestWork(id_, envelope_.worker, true, now_),
                               context_.suggest, now_));
}

Dispatched Dispatcher::operator()(const HeartbeatRequest& heartbeat) {
  if (BelongsToAnother(heartbeat.ref)) return Drop("the assignment belongs to another worker");
  const bool live = machine_.Heartbeat(heartbeat.ref, heartbeat.progress, now_);
  if (live && context_.draining) return Answer(Draining{heartbeat.ref});
  return Answer(LeaseState{heartbeat.ref, live});
}

Dispatched Dispatcher::operator()(const ReportRequest& report) {
  return ForOwner(report.ref, [&] {
    return machine_.Report(id_, report.ref, report.resource, report.values, report.cost, now_);
  });
}

Dispatched Dispatcher::operator()(const CheckpointRequest& checkpoint) {
  // Files are deleted by name later on: the name must be the one that this checkpoint has.
  const Assignment* live = Live(checkpoint.ref);
  if (live != nullptr && live->fence == checkpoint.ref.fence &&
      (checkpoint.file != CheckpointFile(live->trial, checkpoint.resource, checkpoint.batch,
                                         checkpoint.ref.fence) ||
       checkpoint.resource > live->to))
    return Drop("\"file\" is not the name of this checkpoint");
  return ForOwner(checkpoint.ref, [&] {
    return machine_.SaveCheckpoint(id_, checkpoint.ref, checkpoint.resource, checkpoint.batch,
                                   checkpoint.file, checkpoint.domain, now_);
  });
}

Dispatched Dispatcher::operator()(const CheckpointDamagedRequest& damaged) {
  return From(machine_.DamagedCheckpoint(id_, damaged.trial, damaged.file, now_));
}

Dispatched Dispatcher::operator()(const CompleteRequest& complete) {
  return ForOwner(complete.ref,
                  [&] { return machine_.Complete(id_, complete.ref, complete.values, now_); });
}

Dispatched Dispatcher::operator()(const FailRequest& fail) {
  return ForOwner(fail.ref,
                  [&] { return machine_.Fail(id_, fail.ref, fail.reason, fail.log, now_); });
}

Dispatched Dispatcher::operator()(const HandBackRequest& hand_back) {
  return ForOwner(hand_back.ref,
                  [&] { return machine_.HandBack(id_, hand_back.ref, hand_back.reason, now_); });
}

Dispatched Dispatcher::operator()(const GoodbyeRequest& goodbye) {
  std::vector<AssignmentRef> held;
  for (const auto& [id, assignment] : machine_.state().assignments()) {
    if (assignment.worker == envelope_.worker) held.push_back({id, assignment.fence});
  }
  std::vector<Event> events;
  // An assignment whose response did not reach the worker any more: handed back, not lost.
  for (const AssignmentRef& ref : held) {
    if (IsRepeat()) break;
    Outcome returned = machine_.HandBack({}, ref, goodbye.reason, now_);
    std::move(returned.events.begin(), returned.events.end(), std::back_inserter(events));
  }
  Dispatched done = From(machine_.Goodbye(id_, envelope_.worker, goodbye.reason, now_));
  std::move(done.events.begin(), done.events.end(), std::back_inserter(events));
  done.events = std::move(events);
  return done;
}

Dispatched Dispatcher::operator()(const StatusRequest&) {
  Json progress = context_.progress(machine_.view(), now_);
  progress["dropped_messages"] = context_.dropped;
  return Answer(StatusNumbers{std::move(progress)});
}

Dispatched Dispatcher::operator()(const TakeoverRequest& takeover) {
  if (takeover.incarnation <= machine_.state().incarnation())
    return Drop("a takeover by incarnation " + std::to_string(takeover.incarnation) +
                ", which is not newer");
  return {{}, SchedulerSuperseded{Response(Reply(Accepted{}))}};
}

bool Dispatcher::IsRepeat() const {
  const auto& answered = machine_.state().requests();
  const auto found = answered.find(id_.client);
  return found != answered.end() && found->second.number == id_.number;
}

std::optional<Dispatched> Dispatcher::CheckOrder() const {
  if (!envelope_.number) return {};
  const auto& answered = machine_.state().requests();
  const auto found = answered.find(envelope_.client);
  if (found == answered.end() || *envelope_.number >= found->second.number) return {};
  return Drop("request " + std::to_string(*envelope_.number) + " of " + envelope_.client +
              " comes after its request " + std::to_string(found->second.number));
}

// Is this worker the process that the name belongs to now? Otherwise what it has to be told.
std::optional<Dispatched> Dispatcher::CheckWorker() const {
  if (envelope_.worker.empty() || std::holds_alternative<HelloRequest>(envelope_.operation))
    return {};
  const auto& workers = machine_.state().workers();
  const auto found = workers.find(envelope_.worker);
  if (found == workers.end())
    return Refuse(ErrorKind::kFailed, "this scheduler does not know worker " + envelope_.worker +
                                          ": start the worker again");
  if (found->second.instance == envelope_.instance) return {};
  if (const auto* heartbeat = std::get_if<HeartbeatRequest>(&envelope_.operation))
    return Answer(LeaseState{heartbeat->ref, false});
  return Answer(Reply(Superseded{}));
}

std::optional<Dispatched> Dispatcher::Check() const {
  if (envelope_.version != kProtocolVersion) {
    return Refuse(ErrorKind::kFailed, "this scheduler speaks version " +
                                          std::to_string(kProtocolVersion) +
                                          " of the protocol and the other side version " +
                                          std::to_string(envelope_.version) +
                                          ": use the same release of Faretto on both");
  }
  if (!envelope_.store.empty() && envelope_.store != context_.store) {
    return Refuse(ErrorKind::kFailed,
                  "the study folder was made anew since this worker started: start the worker "
                  "again");
  }
  if (!std::holds_alternative<TakeoverRequest>(envelope_.operation) &&
      envelope_.incarnation > machine_.state().incarnation())
    return Dispatched{{}, SchedulerSuperseded{}};
  if (auto refused = CheckOrder()) return refused;
  return CheckWorker();
}

}  // namespace

Dispatched Dispatch(Machine& machine, const RequestEnvelope& envelope,
                    const DispatchContext& context, double now) {
  Dispatcher dispatcher(machine, envelope, context, now);
  if (auto refused = dispatcher.Check()) return std::move(*refused);
  return std::visit(dispatcher, envelope.operation);
}

Dispatched GiveWork(Machine& machine, const RequestEnvelope& envelope,
                    const DispatchContext& context, double now) {
  Dispatcher dispatcher(machine, envelope, context, now);
  if (auto refused = dispatcher.CheckWorker()) return std::move(*refused);
  return dispatcher(NextRequest{});
}

}  // namespace faretto
