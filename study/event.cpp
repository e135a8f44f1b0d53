#include "study/event.h"

#include <cmath>
#include <type_traits>
#include <utility>

namespace faretto {
namespace {

class Encoder {
 public:
  explicit Encoder(Json& json) : json_(json) {}

  template <class T>
  void operator()(const char* name, const T& field) {
    if constexpr (std::is_same_v<T, AssignmentKind>) {
      json_[name] = AssignmentKindName(field);
    } else if constexpr (std::is_same_v<T, Metrics>) {
      Json values = Json::object();
      for (const auto& [metric, value] : field) values[metric] = value;
      json_[name] = std::move(values);
    } else {
      json_[name] = field;
    }
  }

 private:
  Json& json_;
};

// Reads the fields of one event; the first problem is kept. A field that an older program did not
// write keeps its default, one that this program does not know is skipped.
class Decoder {
 public:
  explicit Decoder(const Json& json) : json_(json) {}

  const std::string& problem() const { return problem_; }

  template <class T>
  void operator()(const char* name, T& field) {
    if (!problem_.empty()) return;
    const auto it = json_.find(name);
    if (it != json_.end() && !Read(*it, field))
      problem_ = std::string("has a wrong value in \"") + name + "\"";
  }

 private:
  static bool Read(const Json& json, std::int64_t& field) {
    if (!json.is_number_integer()) return false;
    field = json.get<std::int64_t>();
    return true;
  }
  static bool Read(const Json& json, std::uint64_t& field) {
    if (!json.is_number_unsigned() && !(json.is_number_integer() && json.get<std::int64_t>() >= 0))
      return false;
    field = json.get<std::uint64_t>();
    return true;
  }
  static bool Read(const Json& json, double& field) {
    if (!json.is_number()) return false;
    field = json.get<double>();
    return true;
  }
  static bool Read(const Json& json, bool& field) {
    if (!json.is_boolean()) return false;
    field = json.get<bool>();
    return true;
  }
  static bool Read(const Json& json, std::string& field) {
    if (!json.is_string()) return false;
    field = json.get<std::string>();
    return true;
  }
  static bool Read(const Json& json, Json& field) {
    field = json;
    return true;
  }
  static bool Read(const Json& json, AssignmentKind& field) {
    if (!json.is_string()) return false;
    const auto kind = AssignmentKindFromName(json.get<std::string>());
    if (kind.ok()) field = *kind;
    return kind.ok();
  }
  static bool Read(const Json& json, Metrics& field) {
    if (!json.is_object()) return false;
    for (const auto& [name, value] : json.items()) {
      if (!value.is_number() || !std::isfinite(value.get<double>())) return false;
      field[name] = value.get<double>();
    }
    return true;
  }

  const Json& json_;
  std::string problem_;
};

template <std::size_t i = 0>
Result<EventBody> DecodeAs(const std::string& type, const Json& json) {
  if constexpr (i == std::variant_size_v<EventBody>) {
    return Invalid("unknown event type \"" + type + "\"");
  } else {
    using Alternative = std::variant_alternative_t<i, EventBody>;
    if (type != Alternative::kName) return DecodeAs<i + 1>(type, json);
    Alternative body;
    Decoder decoder(json);
    Alternative::Visit(decoder, body);
    if (!decoder.problem().empty()) return Invalid("the event " + type + " " + decoder.problem());
    return EventBody(std::move(body));
  }
}

}  // namespace

std::string_view EventName(const EventBody& body) {
  return std::visit([](const auto& event) { return std::decay_t<decltype(event)>::kName; }, body);
}

Json EncodeEventBody(const EventBody& body) {
  Json json = {{"type", EventName(body)}};
  Encoder encoder(json);
  std::visit([&](const auto& event) { std::decay_t<decltype(event)>::Visit(encoder, event); },
             body);
  return json;
}

Result<EventBody> DecodeEventBody(const Json& json) {
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string()) {
    return Invalid("an event without a type");
  }
  return DecodeAs(json["type"].get<std::string>(), json);
}

}  // namespace faretto
