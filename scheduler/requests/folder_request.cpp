#include "scheduler/requests/folder_request.h"

#include "base/clock.h"
#include "protocol/client_connection.h"
#include "results/store/reader.h"
#include "results/store/store.h"
#include "scheduler/service/master_lock.h"
#include "scheduler/suggest/load_study.h"

namespace faretto {
namespace {

constexpr double kPingS = 1;
constexpr double kCallS = 15;

// What is not there is not in this folder.
template <class T>
Result<T> In(const std::filesystem::path& dir, Result<T> result) {
  if (result.ok() || result.error().kind != ErrorKind::kNotFound) return result;
  return result.error().In(dir.string());
}

// What needs no scheduler: the commands that only change the record.
struct DirectWriter {
  Machine& machine;
  double now;

  Outcome operator()(const EnqueueRequest& enqueue) {
    return machine.Enqueue({}, enqueue.params, now);
  }
  Outcome operator()(const ImportRequest& import) { return machine.Import({}, import.trials, now); }
  Outcome operator()(const RetryRequest& retry) { return machine.Retry({}, retry.trial, now); }
  Outcome operator()(const StopRequest& stop) {
    return stop.trial ? machine.StopTrial({}, *stop.trial, now) : machine.StopStudy({}, now);
  }
  template <class Other>
  Outcome operator()(const Other&) {
    return {{}, Reply(Failed("no scheduler runs on this folder"))};
  }
};

Result<Response> ResponseOf(Outcome outcome) {
  auto* reply = std::get_if<Reply>(&outcome.answer);
  return reply ? OrRefusal(std::move(*reply)) : Failed("the study gave no answer");
}

Result<Response> WriteDirectly(const std::filesystem::path& dir, const Operation& operation) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(dir));
  FARETTO_ASSIGN_OR_RETURN(const MasterLock lock, MasterLock::Take(dir, false));
  const SystemClock clock;
  FARETTO_ASSIGN_OR_RETURN(
      const std::unique_ptr<Store> store,
      Store::Open(dir, study.spec(), {.study_text = study.study_text(), .unix_s = clock.UnixS()}));
  Machine machine(study.spec());
  FARETTO_RETURN_IF_ERROR(Resume(*store, machine));
  const double now = machine.state().live_s();
  // Refusals are found before anything is written.
  Outcome started = machine.Start(ThisProgram(), {}, now);
  Outcome outcome = std::visit(DirectWriter{machine, now}, operation);
  if (outcome.events.empty()) return In(dir, ResponseOf(std::move(outcome)));
  std::vector<Event> events = std::move(started.events);
  std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(events));
  for (Event& event : events) event.unix_s = clock.UnixS();
  FARETTO_RETURN_IF_ERROR(store->Append(events));
  return ResponseOf(std::move(outcome));
}

}  // namespace

bool SchedulerAnswers(const std::filesystem::path& dir) {
  auto connection = ClientConnection::Open({.dir = dir});
  return connection.ok() && connection->Request(PingRequest{}, kPingS).ok();
}

Result<Response> RequestOfStudy(const std::filesystem::path& dir, const Operation& operation) {
  if (!SchedulerAnswers(dir)) return WriteDirectly(dir, operation);
  FARETTO_ASSIGN_OR_RETURN(ClientConnection connection, ClientConnection::Open({.dir = dir}));
  return In(dir, connection.Request(operation, kCallS));
}

}  // namespace faretto
