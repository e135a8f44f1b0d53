#include "scheduler/requests/folder_request.h"

#include "base/clock.h"
#include "protocol/client.h"
#include "protocol/message.h"
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

Result<Json> ReplyOrError(Json reply) {
  if (reply.value("type", "") != "error") return reply;
  const int code = reply.value("exit", 1);
  return Error{code == 2   ? ErrorKind::kInvalid
               : code == 3 ? ErrorKind::kNotFound
                           : ErrorKind::kFailed,
               reply.value("message", "the study refused")};
}

Outcome Do(Machine& machine, const Json& request, double now) {
  const std::string op = request.value("op", "");
  const TrialId trial = request.value("trial", TrialId{-1});
  if (op == "enqueue") return machine.Enqueue({}, request.value("params", Json()), now);
  if (op == "import") return machine.Import({}, request.value("trials", Json()), now);
  if (op == "retry") return machine.Retry({}, trial, now);
  if (op == "stop")
    return trial >= 0 ? machine.StopTrial({}, trial, now) : machine.StopStudy({}, now);
  Outcome outcome;
  outcome.reply = {{"type", "error"}, {"exit", 1}, {"message", "no scheduler runs on this folder"}};
  return outcome;
}

Result<Json> WriteDirectly(const std::filesystem::path& dir, const Json& request) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(dir));
  FARETTO_ASSIGN_OR_RETURN(const MasterLock lock, MasterLock::Take(dir, false));
  const SystemClock clock;
  FARETTO_ASSIGN_OR_RETURN(
      const std::unique_ptr<Store> store,
      Store::Open(dir, study.spec(), {.study_text = study.study_text(), .unix_s = clock.UnixS()}));
  Machine machine(study.spec());
  FARETTO_RETURN_IF_ERROR(
      store->ForEachEvent([&](const Event& event) { return machine.Replay(event); }));
  const double now = machine.state().live_s();
  // Refusals are found before anything is written.
  Outcome started = machine.Start(ThisProgram(), {}, now);
  Outcome outcome = Do(machine, request, now);
  if (outcome.events.empty()) return In(dir, ReplyOrError(outcome.reply));
  std::vector<Event> events = std::move(started.events);
  std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(events));
  for (Event& event : events) event.unix_s = clock.UnixS();
  FARETTO_RETURN_IF_ERROR(store->Append(events));
  return ReplyOrError(outcome.reply);
}

}  // namespace

bool SchedulerAnswers(const std::filesystem::path& dir) {
  auto client = SchedulerClient::Open({.dir = dir});
  return client.ok() && client->Call(PingRequest(), kPingS).ok();
}

Result<Json> RequestOfStudy(const std::filesystem::path& dir, const Json& request) {
  if (!SchedulerAnswers(dir)) return WriteDirectly(dir, request);
  FARETTO_ASSIGN_OR_RETURN(SchedulerClient client, SchedulerClient::Open({.dir = dir}));
  return In(dir, client.Call(request, kCallS));
}

}  // namespace faretto
