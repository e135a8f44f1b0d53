#include "trainers/tensors/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <vector>

#include "base/files.h"
#include "base/json.h"

namespace faretto {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlignment = 8;
constexpr char kMetadataKey[] = "__metadata__";

struct Type {
  const char* name;
  at::ScalarType scalar;
  std::size_t bytes;
};
constexpr std::array kTypes = {Type{"F64", at::kDouble, 8}, Type{"I64", at::kLong, 8},
                               Type{"F32", at::kFloat, 4}, Type{"U8", at::kByte, 1}};

const Type* TypeOf(const torch::Tensor& tensor) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& type) {
    return type.scalar == tensor.scalar_type();
  });
  return found == kTypes.end() ? nullptr : &*found;
}

const Type* TypeNamed(const std::string& name) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const Type& type) { return name == type.name; });
  return found == kTypes.end() ? nullptr : &*found;
}

// One tensor as the header describes it.
struct Entry {
  std::string name;
  const Type* type = nullptr;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// A list of whole numbers that are not negative, or nothing.
std::optional<std::vector<std::uint64_t>> WholeNumbers(const Json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_array()) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  for (const Json& item : object[key]) {
    if (!item.is_number_unsigned()) return std::nullopt;
    numbers.push_back(item.get<std::uint64_t>());
  }
  return numbers;
}

// Bytes that a tensor takes; nothing if it is more than `limit`.
std::optional<std::uint64_t> BytesOf(const Type& type, const std::vector<std::uint64_t>& shape,
                                     std::uint64_t limit) {
  std::uint64_t bytes = type.bytes;
  if (std::find(shape.begin(), shape.end(), 0u) != shape.end()) return 0;
  for (const std::uint64_t size : shape) {
    if (size > limit / bytes) return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

Result<Entry> ParseEntry(const std::string& name, const Json& json, std::uint64_t data_bytes) {
  const Error damaged = Invalid("the entry of tensor \"" + name + "\" is damaged");
  if (!json.is_object() || !json.contains("dtype") || !json["dtype"].is_string()) return damaged;
  Entry entry;
  entry.name = name;
  entry.type = TypeNamed(json["dtype"].get<std::string>());
  if (entry.type == nullptr) {
    return Invalid("tensor \"" + name + "\" has the type " + DumpJson(json["dtype"]) +
                   "; only F32, F64, I64 and U8 can be read");
  }
  const auto shape = WholeNumbers(json, "shape");
  const auto offsets = WholeNumbers(json, "data_offsets");
  if (!shape || !offsets || offsets->size() != 2) return damaged;
  const auto bytes = BytesOf(*entry.type, *shape, data_bytes);
  entry.begin = (*offsets)[0];
  entry.end = (*offsets)[1];
  if (entry.end > data_bytes || entry.begin > entry.end || !bytes ||
      entry.end - entry.begin != *bytes) {
    return Invalid("the shape of tensor \"" + name + "\" does not fit its bytes in the file");
  }
  for (const std::uint64_t size : *shape) {
    // Only an empty tensor can have a dimension that its bytes do not bound.
    if (size > (std::uint64_t{1} << 53)) return damaged;
    entry.shape.push_back(static_cast<std::int64_t>(size));
  }
  return entry;
}

Result<std::vector<Entry>> ParseHeader(const Json& header, std::uint64_t data_bytes,
                                       SafetensorsMetadata* metadata) {
  if (!header.is_object()) return Invalid("the header is not a JSON object");
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == kMetadataKey) {
      if (!value.is_object()) return Invalid("__metadata__ is not an object");
      for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) return Invalid("__metadata__ may hold text only");
        (*metadata)[key] = text.get<std::string>();
      }
      continue;
    }
    FARETTO_ASSIGN_OR_RETURN(Entry entry, ParseEntry(name, value, data_bytes));
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != position) {
      return Invalid("the bytes of tensor \"" + entry.name + "\" overlap or leave a gap");
    }
    position = entry.end;
  }
  if (position != data_bytes) return Invalid("the file is longer than its tensors");
  return entries;
}

}  // namespace

Result<std::string> EncodeSafetensors(const TensorMap& tensors,
                                      const SafetensorsMetadata& metadata) {
  std::vector<std::pair<std::string, torch::Tensor>> sorted(tensors.begin(), tensors.end());
  for (const auto& [name, tensor] : sorted) {
    if (!tensor.defined() || TypeOf(tensor) == nullptr || !tensor.device().is_cpu() ||
        name == kMetadataKey) {
      return Invalid("tensor \"" + name +
                     "\" cannot be written: only F32, F64, I64 and U8 on the " + "CPU can");
    }
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return TypeOf(a.second)->bytes > TypeOf(b.second)->bytes;
  });

  Json header = Json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  std::uint64_t position = 0;
  for (const auto& [name, tensor] : sorted) {
    const std::uint64_t end = position + tensor.nbytes();
    header[name] = {{"dtype", TypeOf(tensor)->name},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = DumpJson(header);
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');

  std::string bytes(kLengthBytes, '\0');
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes.reserve(kLengthBytes + text.size() + position);
  bytes += text;
  for (const auto& [name, tensor] : sorted) {
    const torch::Tensor data = tensor.contiguous();
    bytes.append(static_cast<const char*>(data.const_data_ptr()), data.nbytes());
  }
  return bytes;
}

Result<SafetensorsContent> DecodeSafetensors(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() < kLengthBytes) return Invalid("the safetensors file is cut off");
  std::memcpy(&length, bytes.data(), kLengthBytes);
  bytes.remove_prefix(kLengthBytes);
  if (length > bytes.size()) return Invalid("the safetensors file is cut off or is something else");
  auto header = ParseJson(bytes.substr(0, length));
  if (!header.ok()) return header.error().In("header of the safetensors file");
  bytes.remove_prefix(length);

  SafetensorsContent content;
  auto entries = ParseHeader(*header, bytes.size(), &content.metadata);
  if (!entries.ok()) return entries.error().In("safetensors file");
  for (const Entry& entry : *entries) {
    torch::Tensor tensor = torch::empty(entry.shape, entry.type->scalar);
    if (entry.end > entry.begin) {
      std::memcpy(tensor.data_ptr(), bytes.data() + entry.begin, entry.end - entry.begin);
    }
    content.tensors[entry.name] = tensor;
  }
  return content;
}

Status WriteSafetensors(const std::filesystem::path& path, const TensorMap& tensors,
                        const SafetensorsMetadata& metadata) {
  FARETTO_ASSIGN_OR_RETURN(const std::string bytes, EncodeSafetensors(tensors, metadata));
  return WriteFileAtomically(path, bytes);
}

Result<SafetensorsContent> ReadSafetensors(const std::filesystem::path& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  auto content = DecodeSafetensors(bytes);
  if (!content.ok()) return content.error().In(path.string());
  return content;
}

}  // namespace faretto
