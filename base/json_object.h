// Builds a JSON object in one go. This is faster than nlohmann's brace lists, which first make a
// list of every pair, and than an object that grows, which copies its content.
#pragma once

#include <utility>

#include "base/json.h"

namespace faretto {

namespace internal {

inline void AppendFields(Json::object_t& /*object*/) {}

template <class Value, class... Rest>
void AppendFields(Json::object_t& object, const char* key, Value&& value, Rest&&... rest) {
  object.emplace_back(key, Json(std::forward<Value>(value)));
  AppendFields(object, std::forward<Rest>(rest)...);
}

}  // namespace internal

// JsonObject("id", 7, "kind", "train"): an object with these fields in this order. Keys differ.
// Thread safety: a pure function.
template <class... Fields>
Json JsonObject(Fields&&... fields) {
  static_assert(sizeof...(fields) % 2 == 0, "a key and a value for each field");
  Json json = Json::object();
  auto& object = json.get_ref<Json::object_t&>();
  object.reserve(sizeof...(fields) / 2);
  internal::AppendFields(object, std::forward<Fields>(fields)...);
  return json;
}

}  // namespace faretto
