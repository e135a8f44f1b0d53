// Files in the safetensors format (github.com/huggingface/safetensors, README): 8 bytes
// little-endian header length, a JSON header padded by spaces to a multiple of 8 bytes, then the
// raw little-endian tensors, widest type first, then by name. Nothing in such a file is ever
// executed.
//
// Types: F32, F64, I64 and U8 on the CPU. Tensors may be empty or have no dimension.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "trainers/tensors/tensor_map.h"

namespace faretto {

using SafetensorsMetadata = std::map<std::string, std::string>;  // "__metadata__" of the header

struct SafetensorsContent {
  TensorMap tensors;
  SafetensorsMetadata metadata;
};

// The bytes of the file. kInvalid names the tensor whose type has no place in the format above.
Result<std::string> EncodeSafetensors(const TensorMap& tensors,
                                      const SafetensorsMetadata& metadata = {});
// kInvalid with what is wrong when the bytes are damaged, cut off, or claim overlapping or missing
// ranges. The tensors own their memory.
Result<SafetensorsContent> DecodeSafetensors(std::string_view bytes);

// Written under a temporary name, synced and renamed (base/files.h).
Status WriteSafetensors(const std::filesystem::path& path, const TensorMap& tensors,
                        const SafetensorsMetadata& metadata = {});
Result<SafetensorsContent> ReadSafetensors(const std::filesystem::path& path);

}  // namespace faretto
