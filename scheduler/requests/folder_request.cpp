#include "scheduler/requests/folder_request.h"

#include "base/clock.h"
#include "protocol/client_connection.h"
#include "results/store/reader.h"
#include "results/store/store.h"
#include "scheduler/service/dispatch.h"
#include "scheduler/service/master_lock.h"
#include "scheduler/suggest/load_study.h"

namespace faretto {
namespace {

constexpr double kQueryS = 1;
constexpr double kCallS = 15;

// What is not there is not in this folder.
template <class T>
Result<T> In(const std::filesystem::path& dir, Result<T> result) {
  if (result.ok() || result.error().kind != ErrorKind::kNotFound) return result;
  return result.error().In(dir.string());
}

// The commands that only change the record.
bool NeedsNoScheduler(const Operation& operation) {
  return std::holds_alternative<EnqueueRequest>(operation) ||
         std::holds_alternative<ImportRequest>(operation) ||
         std::holds_alternative<RetryRequest>(operation) ||
         std::holds_alternative<StopRequest>(operation);
}

// Nobody repeats the request: its reply need not be stored.
Dispatched DispatchOnce(Machine& machine, const Operation& operation, double now) {
  RequestEnvelope envelope;
  envelope.version = kProtocolVersion;
  envelope.operation = operation;
  return Dispatch(machine, envelope, {}, now);
}

Result<Response> ResponseOf(Dispatched done) {
  auto* response = std::get_if<Response>(&done.outcome);
  return response ? OrRefusal(std::move(*response)) : Failed("the study gave no answer");
}

Result<Response> WriteDirectly(const std::filesystem::path& dir, const Operation& operation) {
  if (!NeedsNoScheduler(operation)) return Failed("no scheduler runs on this folder");
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
  Dispatched done = DispatchOnce(machine, operation, now);
  if (done.events.empty()) return In(dir, ResponseOf(std::move(done)));
  std::vector<Event> events = std::move(started.events);
  std::move(done.events.begin(), done.events.end(), std::back_inserter(events));
  for (Event& event : events) event.unix_s = clock.UnixS();
  FARETTO_RETURN_IF_ERROR(store->Append(events));
  return ResponseOf(std::move(done));
}

}  // namespace

bool SchedulerAnswers(const std::filesystem::path& dir) {
  auto connection = ClientConnection::Open({.dir = dir});
  return connection.ok() && connection->Request(PingRequest{}, kQueryS).ok();
}

std::optional<Json> LiveProgress(const std::filesystem::path& dir) {
  auto connection = ClientConnection::Open({.dir = dir});
  if (!connection.ok()) return {};
  const auto numbers = Expect<StatusNumbers>(connection->Request(StatusRequest{}, kQueryS));
  return numbers.ok() ? std::optional<Json>(numbers->progress) : std::nullopt;
}

WorkersHeard LiveWorkers(const std::filesystem::path& dir) {
  auto connection = ClientConnection::Open({.dir = dir});
  if (!connection.ok()) return {};
  const auto heard = Expect<WorkersHeard>(connection->Request(WorkersRequest{}, kQueryS));
  return heard.ok() ? *heard : WorkersHeard{};
}

Result<Response> RequestOfStudy(const std::filesystem::path& dir, const Operation& operation) {
  if (!SchedulerAnswers(dir)) return WriteDirectly(dir, operation);
  FARETTO_ASSIGN_OR_RETURN(ClientConnection connection, ClientConnection::Open({.dir = dir}));
  return In(dir, connection.Request(operation, kCallS));
}

}  // namespace faretto
