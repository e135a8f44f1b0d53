#include "trainers/tensors/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "tests/trainers/one_thread.h"

namespace faretto {
namespace {

TensorMap Example() {
  return {{"b", torch::tensor({1.5f, -0.0f, std::numeric_limits<float>::quiet_NaN()})},
          {"a", torch::arange(6, torch::kLong).view({2, 3})},
          {"scalar", torch::tensor(7, torch::kLong)},
          {"empty", torch::empty({0, 4})},
          {"double", torch::tensor({0.1}, torch::kDouble)},
          {"bytes", torch::tensor({1, 255}, torch::kByte)}};
}

// A file with the given header and so many zero bytes of data.
std::string File(const std::string& header, std::size_t data_bytes) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\0');
}

bool SameBits(const torch::Tensor& a, const torch::Tensor& b) {
  return a.sizes() == b.sizes() && a.dtype() == b.dtype() &&
         (a.nbytes() == 0 || std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0);
}

TEST(Safetensors, WritesTheBytesOfTheFormat) {
  const std::string bytes =
      EncodeSafetensors({{"x", torch::tensor({1.0f, 2.0f})}}, {{"format", "pt"}}).value();
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  std::string expected = File(padded, 0);
  for (const float value : {1.0f, 2.0f}) {
    expected.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  EXPECT_EQ(bytes, expected);
}

TEST(Safetensors, GivesBackEveryTypeBitForBit) {
  const TensorMap tensors = Example();
  const SafetensorsContent content =
      DecodeSafetensors(EncodeSafetensors(tensors, {{"k", "v"}}).value()).value();
  ASSERT_EQ(content.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_TRUE(SameBits(content.tensors.at(name), tensor)) << name;
  }
  EXPECT_EQ(content.metadata.at("k"), "v");
}

TEST(Safetensors, WritesATransposedTensorInItsOwnOrder) {
  const torch::Tensor matrix = torch::arange(6, torch::kFloat).view({2, 3});
  const auto content = DecodeSafetensors(EncodeSafetensors({{"t", matrix.t()}}).value()).value();
  EXPECT_TRUE(torch::equal(content.tensors.at("t"), matrix.t()));
}

TEST(Safetensors, GoesThroughAFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "faretto_safetensors_test";
  ASSERT_TRUE(WriteSafetensors(path, Example()).ok());
  EXPECT_EQ(ReadSafetensors(path).value().tensors.size(), Example().size());
  std::filesystem::remove(path);
  EXPECT_FALSE(ReadSafetensors(path).ok());
}

TEST(Safetensors, RefusesTypesWithoutAPlaceInTheFormat) {
  const auto bytes = EncodeSafetensors({{"mask", torch::zeros({2}, torch::kBool)}});
  ASSERT_FALSE(bytes.ok());
  EXPECT_NE(bytes.error().message.find("mask"), std::string::npos);
}

TEST(Safetensors, RefusesAFileThatIsCutOffAnywhere) {
  const std::string bytes = EncodeSafetensors(Example()).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeSafetensors(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(Safetensors, RefusesHeadersThatLie) {
  const char* const headers[] = {
      R"([])",
      R"({"x":3})",
      R"({"x":{"dtype":"F32","shape":[2]}})",
      R"({"x":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})",
      R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
      R"({"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})",
      R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
      R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})",
      R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
      R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
      R"({"x":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,8]}})",
      R"({"x":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}})",
      R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
      R"({"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
  };
  for (const char* header : headers) {
    const auto content = DecodeSafetensors(File(header, 8));
    ASSERT_FALSE(content.ok()) << header;
    EXPECT_EQ(content.error().kind, ErrorKind::kInvalid) << header;
  }
  EXPECT_FALSE(DecodeSafetensors(std::string(8, '\xff') + "{}").ok());
}

}  // namespace
}  // namespace faretto
