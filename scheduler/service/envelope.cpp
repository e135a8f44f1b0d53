#include "scheduler/service/envelope.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "protocol/message.h"

namespace faretto {
namespace {

constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxMetrics = 10'000;

constexpr std::array<std::string_view, 10> kWorkerOps = {
    "hello",    "next", "heartbeat", "report", "checkpoint", "checkpoint_damaged",
    "complete", "fail", "hand_back", "goodbye"};
constexpr std::array<std::string_view, 8> kClientOps = {"ping",  "status", "enqueue", "import",
                                                        "retry", "stop",   "retrain", "takeover"};
// These make no event and carry no number.
constexpr std::array<std::string_view, 4> kUnnumberedOps = {"heartbeat", "ping", "status",
                                                            "takeover"};

template <std::size_t n>
bool Contains(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

std::optional<std::int64_t> AsInteger(const Json& json) {
  if (json.is_number_unsigned()) {
    if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxInteger)) return {};
  } else if (!json.is_number_integer() || json.get<std::int64_t>() < -kMaxInteger) {
    return {};
  }
  return json.get<std::int64_t>();
}

Status ReadSender(const Json& body, Envelope& envelope) {
  Fields fields(body);
  if (Contains(kWorkerOps, envelope.op)) {
    envelope.worker = fields.Text("worker", kMaxName + 1);
    envelope.instance = fields.Text("instance", kMaxName + 1);
    envelope.client = envelope.worker + "/" + envelope.instance;
    if (!IsName(envelope.worker) || !IsName(envelope.instance))
      fields.Refuse("\"worker\" and \"instance\" must be names");
  } else {
    envelope.client = fields.Text("client", kMaxName + 1);
    if (!IsName(envelope.client)) fields.Refuse("\"client\" must be a name");
  }
  if (fields.Has("incarnation")) envelope.incarnation = fields.AtLeast("incarnation", 0);
  if (fields.Has("store")) envelope.store = fields.Text("store", kMaxName);
  if (!Contains(kUnnumberedOps, envelope.op)) envelope.number = fields.AtLeast("number", 1);
  if (!fields.problem().empty()) return Invalid(fields.problem());
  return Ok{};
}

}  // namespace

Result<Envelope> ParseMessage(std::string_view text) {
  if (text.size() > kMaxMessageBytes) return Invalid("larger than 4 MiB");
  FARETTO_ASSIGN_OR_RETURN(Json body, ParseJson(text));
  if (!body.is_object()) return Invalid("not an object");
  Envelope envelope;
  Fields fields(body);
  envelope.version = fields.Integer("v");
  if (!fields.problem().empty()) return Invalid(fields.problem());
  if (envelope.version != kProtocolVersion) {
    // Only what is needed for an answer that the other version understands.
    if (const auto number = body.find("number"); number != body.end())
      envelope.number = AsInteger(*number);
    return envelope;
  }
  envelope.op = fields.Text("op", kMaxName);
  if (!Contains(kWorkerOps, envelope.op) && !Contains(kClientOps, envelope.op))
    return Invalid("unknown operation \"" + envelope.op + "\"");
  FARETTO_RETURN_IF_ERROR(ReadSender(body, envelope));
  envelope.body = std::move(body);
  return envelope;
}

const Json* Fields::Find(const char* key) {
  const auto found = body_.find(key);
  if (found != body_.end()) return &*found;
  Refuse(std::string("\"") + key + "\" is missing");
  return nullptr;
}

bool Fields::Has(const char* key) const { return body_.contains(key); }

void Fields::Refuse(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

std::int64_t Fields::Integer(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return 0;
  if (const auto value = AsInteger(*json)) return *value;
  Refuse(std::string("\"") + key + "\" is " + std::string(JsonTypeName(*json)) +
         ", not an integer within 2^53");
  return 0;
}

std::int64_t Fields::AtLeast(const char* key, std::int64_t low) {
  const std::int64_t value = Integer(key);
  if (value < low) Refuse(std::string("\"") + key + "\" is below " + std::to_string(low));
  return value;
}

double Fields::Number(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return 0;
  if (json->is_number() && std::isfinite(json->get<double>())) return json->get<double>();
  Refuse(std::string("\"") + key + "\" is not a finite number");
  return 0;
}

std::string Fields::Text(const char* key, std::size_t limit, bool keep_end) {
  const Json* json = Find(key);
  if (json == nullptr) return {};
  if (!json->is_string()) {
    Refuse(std::string("\"") + key + "\" is " + std::string(JsonTypeName(*json)) + ", not text");
    return {};
  }
  std::string text = json->get<std::string>();
  if (text.size() <= limit) return text;
  std::size_t begin = keep_end ? text.size() - limit : 0;
  std::size_t end = keep_end ? text.size() : limit;
  const auto continues = [&](std::size_t i) {
    return i < text.size() && ContinuesCharacter(text[i]);
  };
  while (keep_end && begin < end && continues(begin)) ++begin;
  while (!keep_end && end > begin && continues(end)) --end;
  return text.substr(begin, end - begin);
}

Metrics Fields::Values(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return {};
  Metrics values;
  bool good = json->is_object() && json->size() <= kMaxMetrics;
  if (good) {
    for (const auto& [name, value] : json->items()) {
      good = good && value.is_number() && std::isfinite(value.get<double>());
      if (good) values[name] = value.get<double>();
    }
  }
  if (!good) Refuse(std::string("\"") + key + "\" is not an object of finite numbers");
  return good ? values : Metrics{};
}

const Json& Fields::Any(const char* key) {
  static const Json kNull;
  const Json* json = Find(key);
  return json == nullptr ? kNull : *json;
}

}  // namespace faretto
