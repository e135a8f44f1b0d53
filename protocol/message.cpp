#include "protocol/message.h"

#include <cctype>
#include <utility>

namespace faretto {
namespace {

Json Operation(std::string_view op) {
  return Json{{"v", kProtocolVersion}, {"op", std::string(op)}};
}

Json Operation(std::string_view op, const AssignmentRef& ref) {
  Json json = Operation(op);
  json["assignment"] = ref.assignment;
  json["fence"] = ref.fence;
  return json;
}

// One or more digits at the start of `text`, cut off.
bool EatNumber(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits]))) ++digits;
  text.remove_prefix(digits);
  return digits > 0 && digits < 20;
}

bool Eat(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<AssignmentMessage::FromCheckpoint> ReadCheckpoint(const Json& json) {
  if (json.is_null()) return {};
  return AssignmentMessage::FromCheckpoint{
      json.at("resource").get<std::int64_t>(), json.at("batch").get<std::int64_t>(),
      json.at("file").get<std::string>(), json.at("domain").get<std::string>()};
}

std::string TextOrEmpty(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

AssignmentMessage ReadAssignment(const Json& json) {
  AssignmentMessage message;
  message.ref = {json.at("assignment").get<std::int64_t>(), json.at("fence").get<std::int64_t>()};
  message.trial = json.at("trial").is_null() ? -1 : json.at("trial").get<std::int64_t>();
  message.job = json.at("job").is_null() ? -1 : json.at("job").get<std::int64_t>();
  message.params = json.at("params");
  message.from = json.at("from").get<std::int64_t>();
  message.to = json.at("to").get<std::int64_t>();
  message.seed = json.at("seed").get<std::uint64_t>();
  message.horizon = json.at("horizon").get<std::int64_t>();
  message.checkpoint = ReadCheckpoint(json.at("checkpoint"));
  message.split = TextOrEmpty(json, "split");
  message.name = TextOrEmpty(json, "name");
  if (const Json& stall = json.at("stall_s"); !stall.is_null())
    message.stall_s = stall.get<double>();
  return message;
}

}  // namespace

Json HelloRequest(const std::string& host, std::int64_t pid, const std::string& domain) {
  Json json = Operation("hello");
  json["host"] = host;
  json["pid"] = pid;
  json["domain"] = domain;
  return json;
}

Json NextRequest() { return Operation("next"); }

Json HeartbeatRequest(const AssignmentRef& ref, std::int64_t progress) {
  Json json = Operation("heartbeat", ref);
  json["progress"] = progress;
  return json;
}

Json ReportRequest(const AssignmentRef& ref, std::int64_t resource, const Metrics& values,
                   double cost) {
  Json json = Operation("report", ref);
  json["resource"] = resource;
  json["values"] = values;
  json["cost"] = cost;
  return json;
}

Json CheckpointRequest(const AssignmentRef& ref, std::int64_t resource, std::int64_t batch,
                       const std::string& file, const std::string& domain) {
  Json json = Operation("checkpoint", ref);
  json["resource"] = resource;
  json["batch"] = batch;
  json["file"] = file;
  json["domain"] = domain;
  return json;
}

Json CheckpointDamagedRequest(TrialId trial, const std::string& file) {
  Json json = Operation("checkpoint_damaged");
  json["trial"] = trial;
  json["file"] = file;
  return json;
}

Json CompleteRequest(const AssignmentRef& ref, const Metrics& values) {
  Json json = Operation("complete", ref);
  json["values"] = values;
  return json;
}

Json FailRequest(const AssignmentRef& ref, const std::string& reason, const std::string& log) {
  Json json = Operation("fail", ref);
  json["reason"] = reason;
  json["log"] = log;
  return json;
}

Json HandBackRequest(const AssignmentRef& ref, const std::string& reason) {
  Json json = Operation("hand_back", ref);
  json["reason"] = reason;
  return json;
}

Json GoodbyeRequest(const std::string& reason) {
  Json json = Operation("goodbye");
  json["reason"] = reason;
  return json;
}

Json PingRequest() { return Operation("ping"); }

Json StatusRequest() { return Operation("status"); }

Json EnqueueRequest(const Json& params) {
  Json json = Operation("enqueue");
  json["params"] = params;
  return json;
}

Json ImportRequest(const Json& trials) {
  Json json = Operation("import");
  json["trials"] = trials;
  return json;
}

Json RetryRequest(TrialId trial) {
  Json json = Operation("retry");
  json["trial"] = trial;
  return json;
}

Json StopStudyRequest() { return Operation("stop"); }

Json StopTrialRequest(TrialId trial) {
  Json json = Operation("stop");
  json["trial"] = trial;
  return json;
}

Json RetrainRequest(TrialId trial, std::int64_t seeds, std::int64_t resource,
                    const std::string& split) {
  Json json = Operation("retrain");
  json["trial"] = trial;
  json["seeds"] = seeds;
  json["resource"] = resource;
  json["split"] = split;
  return json;
}

Json TakeoverRequest(std::int64_t incarnation) {
  Json json = Operation("takeover");
  json["incarnation"] = incarnation;
  return json;
}

std::string CheckpointFile(TrialId trial, std::int64_t resource, std::int64_t batch,
                           std::int64_t fence) {
  return std::to_string(trial) + "/" + std::to_string(resource) + "-" + std::to_string(batch) +
         "-" + std::to_string(fence) + ".ckpt";
}

bool IsCheckpointFile(std::string_view name) {
  return EatNumber(name) && Eat(name, "/") && EatNumber(name) && Eat(name, "-") &&
         EatNumber(name) && Eat(name, "-") && EatNumber(name) && name == ".ckpt";
}

Result<Welcome> ParseWelcome(const Json& reply) try {
  Welcome welcome;
  welcome.study = reply.at("study").get<std::string>();
  welcome.trainer = reply.at("trainer");
  welcome.objectives = reply.at("objectives");
  welcome.lease_s = reply.at("lease_s").get<double>();
  welcome.domain = reply.at("domain").get<std::string>();
  return welcome;
} catch (const nlohmann::json::exception& error) {
  return Failed(std::string("the scheduler's welcome cannot be read: ") + error.what());
}

Result<AssignmentMessage> ParseAssignment(const Json& reply) try {
  AssignmentMessage message = ReadAssignment(reply);
  FARETTO_ASSIGN_OR_RETURN(message.kind,
                           AssignmentKindFromName(reply.at("kind").get<std::string>()));
  return message;
} catch (const nlohmann::json::exception& error) {
  return Failed(std::string("an assignment cannot be read: ") + error.what());
}

}  // namespace faretto
