#include "objectives/fairness/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
std::string Bytes(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
  }
  return bytes;
}

std::string Npy(const std::string& header, const std::string& data, char version = 1) {
  std::string text = std::string("\x93NUMPY") + version + '\0';
  text += static_cast<char>(header.size());
  text += '\0';
  if (version > 1) text += std::string(2, '\0');
  return text + header + data;
}

std::string Header(const std::string& type, const std::string& shape,
                   const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

TEST(Npy, ReadsFloat32InBothOrdersAndAllVersions) {
  const std::string c = Bytes<float>({1, 2, 3, 4, 5, 6});
  const std::string fortran = Bytes<float>({1, 4, 2, 5, 3, 6});
  for (const char version : {1, 2, 3}) {
    const auto matrix = ParseNpy(Npy(Header("<f4", "(2, 3)"), c, version));
    ASSERT_TRUE(matrix.ok()) << matrix.error().message;
    EXPECT_EQ(matrix->rows, 2u);
    EXPECT_EQ(matrix->columns, 3u);
    EXPECT_THAT(matrix->values, ElementsAre(1, 2, 3, 4, 5, 6));
  }
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(2, 3)", "True"), fortran))->values,
              ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npy, ReadsFloat64AndFloat16) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f8", "(1, 2)"), Bytes<double>({0.1, -2})))->values,
              ElementsAre(0.1, -2));
  // IEEE 754 binary16: 1, -2, 65504, smallest subnormal, -0.
  const auto half = ParseNpy(
      Npy(Header("<f2", "(1, 5)"), Bytes<std::uint16_t>({0x3C00, 0xC000, 0x7BFF, 0x0001, 0x8000})));
  EXPECT_THAT(half->values, ElementsAre(1, -2, 65504, std::ldexp(1, -24), 0));
  const auto special =
      ParseNpy(Npy(Header("<f2", "(2, 1)"), Bytes<std::uint16_t>({0x7C00, 0x7E00})));
  EXPECT_TRUE(std::isinf(special->values[0]));
  EXPECT_TRUE(std::isnan(special->values[1]));
}

TEST(Npy, RefusesOtherTypesAndDimensions) {
  for (const char* type : {">f4", "<i4", "|O", "|u1", "<c8"}) {
    const auto matrix = ParseNpy(Npy(Header(type, "(1, 1)"), Bytes<float>({1})));
    ASSERT_FALSE(matrix.ok());
    EXPECT_THAT(matrix.error().message, HasSubstr(type));
  }
  for (const char* shape : {"()", "(2,)", "(1, 2, 1)"}) {
    const auto matrix = ParseNpy(Npy(Header("<f4", shape), Bytes<float>({1, 2})));
    ASSERT_FALSE(matrix.ok());
    EXPECT_THAT(matrix.error().message, HasSubstr("dimensions"));
  }
}

TEST(Npy, RefusesDamagedFilesWithoutCrashing) {
  const std::string whole = Npy(Header("<f4", "(2, 3)"), Bytes<float>({1, 2, 3, 4, 5, 6}));
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(ParseNpy(whole.substr(0, length)).ok()) << length;
  EXPECT_FALSE(ParseNpy(whole + "x").ok());
  EXPECT_FALSE(ParseNpy(Npy(Header("<f4", "(4611686018427387904, 4)"), "")).ok());
  EXPECT_FALSE(ParseNpy(Npy(Header("<f4", "(99999999999999999999, 4)"), "")).ok());
  EXPECT_FALSE(ParseNpy(Npy(Header("<f4", "(-1, 4)"), "")).ok());
  EXPECT_FALSE(ParseNpy(Npy("{'descr': '<f4", "")).ok());
  EXPECT_FALSE(ParseNpy("identity,glasses\n1,0\n").ok());
}

}  // namespace
}  // namespace faretto
