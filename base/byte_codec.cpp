#include "base/byte_codec.h"

namespace faretto {

// Lists and objects member by member, which is read several times faster than text. Whole numbers
// from 0 on are unsigned, as they are after parsing, so that equal values have equal bytes.
void ByteWriter::Put(const Json& json) {
  if (json.type() == Json::value_t::number_integer && json.get<std::int64_t>() >= 0) {
    Put(Json::value_t::number_unsigned);
    return Count(json.get<std::uint64_t>());
  }
  Put(json.type());
  switch (json.type()) {
    case Json::value_t::boolean: return Put(json.get<bool>());
    case Json::value_t::number_integer: return Put(json.get<std::int64_t>());
    case Json::value_t::number_unsigned: return Count(json.get<std::uint64_t>());
    case Json::value_t::number_float: return Put(json.get<double>());
    case Json::value_t::string: return Put(json.get_ref<const std::string&>());
    case Json::value_t::array:
      Count(json.size());
      for (const Json& value : json) Put(value);
      return;
    case Json::value_t::object:
      Count(json.size());
      for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) (*this)(key, value);
      return;
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded: return;
  }
}

void ByteReader::Get(Json& json) {
  auto type = Json::value_t::null;
  Get(type);
  const auto read = [&](auto value) {
    Get(value);
    json = std::move(value);
  };
  switch (type) {
    case Json::value_t::boolean: return read(false);
    case Json::value_t::number_integer: return read(std::int64_t{0});
    case Json::value_t::number_unsigned: json = Count(); return;
    case Json::value_t::number_float: return read(0.0);
    case Json::value_t::string: return read(std::string());
    case Json::value_t::array: {
      json = Json::array();
      auto& list = json.get_ref<Json::array_t&>();
      const std::uint64_t size = Size();
      for (std::uint64_t i = 0; i < size && ok_; ++i) Get(list.emplace_back());
      return;
    }
    case Json::value_t::object: {
      json = Json::object();
      auto& members = json.get_ref<Json::object_t&>();
      const std::uint64_t size = Size();
      members.reserve(size);
      for (std::uint64_t i = 0; i < size && ok_; ++i) {
        std::string key;
        Get(key);
        Get(members[key]);
      }
      return;
    }
    case Json::value_t::null: json = nullptr; return;
    case Json::value_t::binary:
    case Json::value_t::discarded: break;
  }
  ok_ = false;
}

}  // namespace faretto
