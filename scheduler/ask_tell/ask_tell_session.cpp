#include "scheduler/ask_tell/ask_tell_session.h"

#include <cmath>

#include "base/json_object.h"
#include "base/names.h"
#include "results/queries/queries.h"
#include "scheduler/suggest/suggest.h"

namespace faretto {
namespace {

constexpr char kWorker[] = "ask-tell";
constexpr std::int64_t kMostAtOnce = 10000;

Json ErrorLine(const std::string& message) { return {{"error", message}}; }

// A whole number, as 18 or 18.0.
std::optional<std::int64_t> WholeNumber(const Json& json) {
  if (!json.is_number()) return std::nullopt;
  const double value = json.get<double>();
  if (value != std::floor(value) || std::abs(value) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// The first key that is not among `known`, as a message; empty if all are known.
std::string UnknownKey(const Json& request, std::initializer_list<const char*> known) {
  for (const auto& [key, value] : request.get_ref<const Json::object_t&>()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return "\"" + key + "\" is not a known key" + NameHint(key, {known.begin(), known.end()});
  }
  return "";
}

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
  if (session->store_) {
    FARETTO_RETURN_IF_ERROR(session->store_->ForEachEvent(
        [&](const Event& event) { return session->machine_.Replay(event); }));
  }
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
    if (const std::string problem = UnknownKey(*request, {"op"}); !problem.empty())
      return ErrorLine(problem);
    return op == "pareto" ? Pareto() : Pending();
  }
  return ErrorLine("unknown op " + DumpJson(op) +
                   (op.is_string() ? NameHint(op.get<std::string>(),
                                              {"ask", "tell", "fail", "pareto", "pending"})
                                   : ""));
}

Result<Json> AskTellSession::Ask(const Json& request) {
  if (const std::string problem = UnknownKey(request, {"op", "n"}); !problem.empty())
    return ErrorLine(problem);
  std::int64_t n = 1;
  if (request.contains("n")) {
    const auto number = WholeNumber(request["n"]);
    if (!number || *number < 1 || *number > kMostAtOnce) {
      return ErrorLine("n must be a whole number from 1 to " + std::to_string(kMostAtOnce) +
                       ", it is " + DumpJson(request["n"]));
    }
    n = *number;
  }
  Json trials = Json::array();
  // All that one ask makes is stored as one transaction, before any of it is answered.
  Outcome all;
  for (std::int64_t i = 0; i < n; ++i) {
    Outcome outcome = machine_.RequestWork({}, kWorker, false, now());
    std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(all.events));
    while (outcome.needs_suggestion) {
      outcome = machine_.AnswerSuggestion(
          Suggest(machine_.BasisView(), *machine_.state().open_suggestion()), now());
      std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(all.events));
    }
    if (outcome.reply.is_null() || outcome.reply.value("type", "") != "assignment") break;
    const Trial& trial = *machine_.state().FindTrial(outcome.reply["trial"].get<TrialId>());
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
  if (const std::string problem = UnknownKey(request, {"op", "id", "resource", "values", "cost"});
      !problem.empty()) {
    return ErrorLine(problem);
  }
  if (!request.contains("id")) return ErrorLine("a tell needs \"id\"");
  const auto id = WholeNumber(request["id"]);
  if (!id) return ErrorLine("id must be a whole number, it is " + DumpJson(request["id"]));
  if (!request.contains("values") || !request["values"].is_object()) {
    return ErrorLine("a tell needs \"values\", an object of numbers");
  }
  Metrics values;
  for (const auto& [name, value] : request["values"].get_ref<const Json::object_t&>()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) {
      return ErrorLine("the value of \"" + name + "\" must be a finite number, it is " +
                       DumpJson(value) + "; use fail for a trial without a result");
    }
    values[name] = value.get<double>();
  }
  double cost = 0;
  if (request.contains("cost")) {
    if (!request["cost"].is_number() || !(request["cost"].get<double>() >= 0)) {
      return ErrorLine("cost must be a number of at least 0, it is " + DumpJson(request["cost"]));
    }
    cost = request["cost"].get<double>();
  }
  const Trial* trial = machine_.state().FindTrial(*id);
  std::int64_t resource = trial ? trial->target : 0;
  if (request.contains("resource") && !request["resource"].is_null()) {
    const auto number = WholeNumber(request["resource"]);
    if (!number)
      return ErrorLine("resource must be a whole number, it is " + DumpJson(request["resource"]));
    resource = *number;
  }
  Outcome outcome = machine_.Tell(*id, resource, values, cost, now());
  if (outcome.reply.value("type", "") == "error")
    return ErrorLine(outcome.reply["message"].get<std::string>());
  FARETTO_RETURN_IF_ERROR(Keep(outcome));
  return JsonObject("ok", true);
}

Result<Json> AskTellSession::Fail(const Json& request) {
  if (const std::string problem = UnknownKey(request, {"op", "id", "reason"}); !problem.empty()) {
    return ErrorLine(problem);
  }
  if (!request.contains("id")) return ErrorLine("a fail needs \"id\"");
  const auto id = WholeNumber(request["id"]);
  if (!id) return ErrorLine("id must be a whole number, it is " + DumpJson(request["id"]));
  std::string reason = "failed";
  if (request.contains("reason")) {
    if (!request["reason"].is_string())
      return ErrorLine("reason must be text, it is " + DumpJson(request["reason"]));
    reason = request["reason"].get<std::string>();
  }
  Outcome outcome = machine_.TellFailure(*id, reason, now());
  if (outcome.reply.value("type", "") == "error")
    return ErrorLine(outcome.reply["message"].get<std::string>());
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
