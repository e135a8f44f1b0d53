#include "base/byte_codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace faretto {
namespace {

enum class Colour { kRed, kBlue };

struct Named {
  std::string name;
  Colour colour = Colour::kRed;
  bool operator==(const Named&) const = default;
};

template <class Codec, class T>
requires std::same_as<std::remove_const_t<T>, Named>
void VisitFields(Codec& codec, T& named) { codec(named.name, named.colour); }

template <class T>
std::string BytesOf(const T& value) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer(value);
  return bytes;
}

template <class T>
void ExpectRead(const T& value) {
  const std::string bytes = BytesOf(value);
  T read{};
  ByteReader reader(bytes);
  reader(read);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(read, value);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader cut(std::string_view(bytes).substr(0, size));
    cut(read);
    EXPECT_FALSE(cut.ok()) << "only " << size << " of " << bytes.size() << " bytes";
  }
}

TEST(ByteCodec, EveryValueIsReadAsItWasWritten) {
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{-65},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    ExpectRead(number);
  ExpectRead(std::numeric_limits<std::uint64_t>::max());
  ExpectRead(true);
  ExpectRead(-0.1);
  ExpectRead(std::numeric_limits<double>::infinity());
  ExpectRead(std::string("a\0b", 3));
  ExpectRead(std::vector<Named>{{"a", Colour::kBlue}, {"", Colour::kRed}});
  ExpectRead(std::optional<double>());
  ExpectRead(std::optional<std::string>("x"));
  ExpectRead(std::map<std::string, double>{{"error", 0.25}, {"f", -1}});
}

TEST(ByteCodec, JsonKeepsItsTypesAndTheOrderOfItsKeys) {
  const Json json = Json::parse(
      R"({"z": [1, -1, 1.0, 18446744073709551615], "a": {"text": "x", "null": null, "yes": true}})");
  ExpectRead(json);
  ExpectRead(Json());
  Json read;
  const std::string bytes = BytesOf(json);
  ByteReader reader(bytes);
  reader(read);
  EXPECT_EQ(DumpJson(read), DumpJson(json));
  EXPECT_TRUE(read["z"][2].is_number_float());
}

TEST(ByteCodec, ASizeBeyondTheBytesAsksForNoMemory) {
  const std::string bytes(9, '\xff');
  std::vector<Named> list;
  ByteReader reader(bytes);
  reader(list);
  EXPECT_FALSE(reader.ok());
  EXPECT_LT(list.capacity(), 100u);
}

}  // namespace
}  // namespace faretto
