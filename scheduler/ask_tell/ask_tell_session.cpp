#include "scheduler/ask_tell/ask_tell_session.h"

#include <cmath>

#include "base/field_reader.h"
#include "base/json_object.h"
#include "base/names.h"
#include "results/queries/queries.h"
#include "scheduler/suggest/suggest.h"
#include "study/suggestion_driver.h"

namespace faretto {
namespace {

constexpr char kWorker[] = "ask-tell";
constexpr std::int64_t kMostAtOnce = 10000;

Json ErrorLine(const std::string& message) { return {{"error", message}}; }

Json AskedTrial(const Trial& trial, const Assignment& assignment) {
  return JsonObject("id", trial.id, "params", trial.params, "resource", assignment.to,
                    "previous_resource", assignment.from, "origin", trial.origin);
}

}  // namespace

Result<std::unique_ptr<AskTellSession>> AskTellSession::Start(StudySpec spec,
                                                              std::unique_ptr<Store> store,
                                                              const StartInfo& info,
                                                              const Clock& clock) {
  std::unique_ptr<AskTellSession> session(
      new AskTellSession(std::move(spec), std::move(store), clock));
  if (session->store_) FARETTO_RETURN_IF_ERROR(Resume(*session->store_, session->machine_));
  session->live_base_ = session->machine_.state().live_s();
  session->started_ = clock.MonotonicS();
  Outcome outcome = session->machine_.Start(info, {}, session->now());
  FARETTO_RETURN_IF_ERROR(session->Keep(outcome));
  return session;
}

Status AskTellSession::Keep(Outcome& outcome) {
  for (Event& event : outcome.events) event.unix_s = clock_.UnixS();
  return store_ && !outcome.events.empty() ? store_->Append(outcome.events) : Status(Ok{});
}

Result<Json> AskTellSession::Answer(const std::string& line) {
  const auto request = ParseJson(line);
  if (!request.ok()) return ErrorLine(request.error().message);
  if (!request->is_object())
    return ErrorLine("a request must be an object, it is " + std::string(JsonTypeName(*request)));
  if (!request->contains("op")) return ErrorLine("the request has no \"op\"");
  const Json& op = (*request)["op"];
  if (op == "ask") return Ask(*request);
  if (op == "tell") return Tell(*request);
  if (op == "fail") return Fail(*request);
  if (op == "pareto" || op == "pending") {
    FieldReader fields(*request, "");
    fields.Find("op");
    if (const Status read = fields.Finish(); !read.ok()) return ErrorLine(read.error().message);
    return op == "pareto" ? Pareto() : Pending();
  }
  return ErrorLine("unknown op " + DumpJson(op) +
                   (op.is_string() ? NameHint(op.get<std::string>(),
                                              {"ask", "tell", "fail", "pareto", "pending"})
                                   : ""));
}

Result<Json> AskTellSession::Ask(const Json& request) {
  std::int64_t n = 1;
  FieldReader fields(request, "");
  fields.Find("op");
  fields.Integer("n", n, 1);
  if (n > kMostAtOnce)
    fields.Problem(
        "n", "must be at most " + std::to_string(kMostAtOnce) + ", it is " + std::to_string(n));
  if (const Status read = fields.Finish(); !read.ok()) return ErrorLine(read.error().message);
  Json trials = Json::array();
  // All that one ask makes is stored as one transaction, before any of it is answered.
  Outcome all;
  for (std::int64_t i = 0; i < n; ++i) {
    Outcome outcome = DriveSuggestions(machine_, machine_.RequestWork({}, kWorker, false, now()),
                                       SuggestNow, now());
    std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(all.events));
    const auto* work = outcome.As<WorkAssigned>();
    if (work == nullptr) break;
    const Trial& trial = *machine_.state().FindTrial(work->trial);
    trials.push_back(AskedTrial(trial, machine_.state().assignments().at(trial.assignment)));
  }
  FARETTO_RETURN_IF_ERROR(Keep(all));
  Json answer = JsonObject("trials", std::move(trials));
  if (answer["trials"].empty() && machine_.state().finished()) {
    answer["finished"] = true;
    answer["reason"] = machine_.state().finish_reason();
  }
  return answer;
}

Result<Json> AskTellSession::Tell(const Json& request) {
  TrialId id = 0;
  double cost = 0;
  std::optional<std::int64_t> resource;
  FieldReader fields(request, "");
  fields.Find("op");
  fields.Require("id");
  fields.Integer("id", id, 0);
  const Json* given = fields.Require("values");
  if (given != nullptr && !given->is_object())
    fields.Problem("values", "must be an object of numbers");
  fields.Number("cost", cost, 0);
  fields.OptionalInteger("resource", resource, 1);
  if (const Status read = fields.Finish(); !read.ok()) return ErrorLine(read.error().message);
  Metrics values;
  for (const auto& [name, value] : given->get_ref<const Json::object_t&>()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) {
      return ErrorLine("the value of \"" + name + "\" must be a finite number, it is " +
                       DumpJson(value) + "; use fail for a trial without a result");
    }
    values[name] = value.get<double>();
  }
  const Trial* trial = machine_.state().FindTrial(id);
  if (!resource) resource = trial ? trial->target : 0;
  Outcome outcome = machine_.Tell(id, *resource, values, cost, now());
  if (const auto* refused = outcome.As<Error>()) return ErrorLine(refused->message);
  FARETTO_RETURN_IF_ERROR(Keep(outcome));
  return JsonObject("ok", true);
}

Result<Json> AskTellSession::Fail(const Json& request) {
  TrialId id = 0;
  std::string reason = "failed";
  FieldReader fields(request, "");
  fields.Find("op");
  fields.Require("id");
  fields.Integer("id", id, 0);
  fields.Text("reason", reason);
  if (const Status read = fields.Finish(); !read.ok()) return ErrorLine(read.error().message);
  Outcome outcome = machine_.TellFailure(id, reason, now());
  if (const auto* refused = outcome.As<Error>()) return ErrorLine(refused->message);
  FARETTO_RETURN_IF_ERROR(Keep(outcome));
  return JsonObject("ok", true);
}

Json AskTellSession::Pareto() const {
  Json trials = Json::array();
  const auto front = StudyFront(machine_.view(), {});
  if (!front.ok()) return ErrorLine(front.error().message);
  for (const TrialRow& row : front->trials) {
    Json values = Json::object();
    for (const auto& [name, value] : row.values) values[name] = value;
    trials.push_back({{"id", row.id},
                      {"params", row.params},
                      {"resource", row.resource},
                      {"values", std::move(values)}});
  }
  return {{"trials", std::move(trials)}};
}

Json AskTellSession::Pending() const {
  Json trials = Json::array();
  for (const auto& [id, assignment] : machine_.state().assignments()) {
    if (assignment.leased) continue;  // a worker's, from before
    trials.push_back(AskedTrial(*machine_.state().FindTrial(assignment.trial), assignment));
  }
  return {{"trials", std::move(trials)}};
}

}  // namespace faretto
