#include "protocol/fields.h"

#include <cmath>
#include <utility>

#include "base/utf8.h"

namespace faretto {
namespace {

constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;
constexpr std::size_t kMaxMetrics = 10'000;

}  // namespace

std::optional<std::int64_t> AsInteger(const Json& json) {
  if (json.is_number_unsigned()) {
    if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxInteger)) return {};
  } else if (!json.is_number_integer() || json.get<std::int64_t>() < -kMaxInteger) {
    return {};
  }
  return json.get<std::int64_t>();
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
