#include "protocol/envelope.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "protocol/fields.h"

namespace faretto {
namespace {

constexpr std::size_t kMaxName = 100;

Status ReadSender(const Json& body, const std::string& op, RequestEnvelope& envelope) {
  Fields fields(body);
  if (IsOfWorker(op)) {
    envelope.worker = fields.Text("worker", kMaxName + 1);
    envelope.instance = fields.Text("instance", kMaxName + 1);
    envelope.client = envelope.worker + "/" + envelope.instance;
    if (!IsSenderName(envelope.worker) || !IsSenderName(envelope.instance))
      fields.Refuse("\"worker\" and \"instance\" must be names");
  } else {
    envelope.client = fields.Text("client", kMaxName + 1);
    if (!IsSenderName(envelope.client)) fields.Refuse("\"client\" must be a name");
  }
  if (fields.Has("incarnation")) envelope.incarnation = fields.AtLeast("incarnation", 0);
  if (fields.Has("store")) envelope.store = fields.Text("store", kMaxName);
  if (IsNumbered(op)) envelope.number = fields.AtLeast("number", 1);
  if (!fields.problem().empty()) return Invalid(fields.problem());
  return Ok{};
}

}  // namespace

bool IsSenderName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

Json EncodeRequest(const RequestEnvelope& envelope) {
  Json json = {{"v", kProtocolVersion}};
  json.update(EncodeOperation(envelope.operation));
  if (!envelope.worker.empty()) {
    json["worker"] = envelope.worker;
    json["instance"] = envelope.instance;
  } else {
    json["client"] = envelope.client;
  }
  if (envelope.number) json["number"] = *envelope.number;
  // A takeover names the incarnation that it is for.
  if (!json.contains("incarnation") && envelope.incarnation > 0)
    json["incarnation"] = envelope.incarnation;
  if (!envelope.store.empty()) json["store"] = envelope.store;
  return json;
}

Result<RequestEnvelope> DecodeRequest(std::string_view text) {
  if (text.size() > kMaxMessageBytes) return Invalid("larger than 4 MiB");
  FARETTO_ASSIGN_OR_RETURN(const Json body, ParseJson(text));
  if (!body.is_object()) return Invalid("not an object");
  RequestEnvelope envelope;
  Fields fields(body);
  envelope.version = fields.Integer("v");
  if (!fields.problem().empty()) return Invalid(fields.problem());
  if (envelope.version != kProtocolVersion) {
    // Only what is needed for an answer that the other version understands.
    if (const auto number = body.find("number"); number != body.end())
      envelope.number = AsInteger(*number);
    return envelope;
  }
  const std::string op = fields.Text("op", kMaxName);
  if (!IsOperation(op)) return Invalid("unknown operation \"" + op + "\"");
  FARETTO_RETURN_IF_ERROR(ReadSender(body, op, envelope));
  FARETTO_ASSIGN_OR_RETURN(envelope.operation, DecodeOperation(op, body));
  return envelope;
}

Json EncodeResponse(const ResponseEnvelope& envelope) {
  Json json = {
      {"v", kProtocolVersion}, {"incarnation", envelope.incarnation}, {"store", envelope.store}};
  if (!envelope.op.empty()) json["op"] = envelope.op;
  if (envelope.number) json["number"] = *envelope.number;
  json.update(ResponseJson(envelope.response));
  return json;
}

Result<ResponseEnvelope> DecodeResponse(const Json& message) {
  Fields fields(message);
  ResponseEnvelope envelope;
  if (fields.Has("incarnation")) envelope.incarnation = fields.Integer("incarnation");
  if (fields.Has("store")) envelope.store = fields.Text("store", kMaxName);
  if (fields.Has("op")) envelope.op = fields.Text("op", kMaxName);
  if (fields.Has("number")) envelope.number = fields.Integer("number");
  if (!fields.problem().empty())
    return Failed("a response of the scheduler cannot be read: " + fields.problem());
  Result<Response> response = ParseResponse(envelope.op, message);
  if (response.ok()) {
    envelope.response = std::move(*response);
  } else {
    // Who asked would wait in vain for another one.
    envelope.response = Reply(response.error());
  }
  return envelope;
}

}  // namespace faretto
