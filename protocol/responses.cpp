#include "protocol/responses.h"

#include <utility>

#include "protocol/requests.h"

namespace faretto {
namespace {

Json WithRef(const char* type, const AssignmentRef& ref) {
  return {{"type", type}, {"assignment", ref.assignment}, {"fence", ref.fence}};
}

struct ToJson {
  Json operator()(const Reply& reply) const { return ReplyJson(reply); }
  Json operator()(const Welcome& welcome) const {
    return {{"type", "ok"},
            {"study", welcome.study},
            {"trainer", welcome.trainer},
            {"lease_s", welcome.lease_s}};
  }
  Json operator()(const WaitForWork&) const { return {{"type", "parked"}}; }
  Json operator()(const Draining& draining) const {
    return draining.ref.fence > 0 ? WithRef("drain", draining.ref) : Json{{"type", "drain"}};
  }
  Json operator()(const LeaseState& lease) const {
    return WithRef(lease.live ? "ok" : "superseded", lease.ref);
  }
  Json operator()(const Pong& pong) const {
    return {{"type", "ok"}, {"host", pong.host}, {"pid", pong.pid}, {"study", pong.study}};
  }
  Json operator()(const StatusNumbers& status) const {
    return {{"type", "ok"}, {"progress", status.progress}};
  }
  Json operator()(const WorkersHeard& heard) const {
    Json json = {{"type", "ok"}, {"seconds_ago", Json::object()}};
    for (const auto& [worker, seconds] : heard.seconds_ago) json["seconds_ago"][worker] = seconds;
    return json;
  }
};

AssignmentRef ReadRef(const Json& json) {
  return {json.value("assignment", AssignmentId{0}), json.value("fence", std::int64_t{0})};
}

Welcome ReadWelcome(const Json& json) {
  Welcome welcome;
  welcome.study = json.at("study").get<std::string>();
  welcome.trainer = json.at("trainer");
  welcome.lease_s = json.at("lease_s").get<double>();
  return welcome;
}

WorkersHeard ReadHeard(const Json& json) {
  WorkersHeard heard;
  for (const auto& [worker, seconds] : json.at("seconds_ago").items())
    heard.seconds_ago[worker] = seconds.get<double>();
  return heard;
}

Result<Response> Read(const std::string& op, const Json& json) {
  const std::string type = json.at("type").get<std::string>();
  if (type == "drain") return Response(Draining{ReadRef(json)});
  if (type == "parked") return Response(WaitForWork{});
  if (op == HeartbeatRequest::kOp && (type == "ok" || type == "superseded"))
    return Response(LeaseState{ReadRef(json), type == "ok"});
  if (type == "ok" && op == HelloRequest::kOp) return Response(ReadWelcome(json));
  if (type == "ok" && op == PingRequest::kOp)
    return Response(Pong{json.at("host").get<std::string>(), json.at("pid").get<std::int64_t>(),
                         json.at("study").get<std::string>()});
  if (type == "ok" && op == StatusRequest::kOp) return Response(StatusNumbers{json.at("progress")});
  if (type == "ok" && op == WorkersRequest::kOp) return Response(ReadHeard(json));
  FARETTO_ASSIGN_OR_RETURN(Reply reply, ParseReply(json));
  return Response(std::move(reply));
}

}  // namespace

Json ResponseJson(const Response& response) { return std::visit(ToJson{}, response); }

Result<Response> ParseResponse(const std::string& op, const Json& json) try {
  return Read(op, json);
} catch (const nlohmann::json::exception& error) {
  return Failed(std::string("a response of the scheduler cannot be read: ") + error.what());
}

Result<Response> OrRefusal(Response response) {
  if (const auto* refused = ResponseAs<Error>(response)) return *refused;
  return response;
}

}  // namespace faretto
