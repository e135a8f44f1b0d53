// Any bytes as a .npy file: read or refused with a sentence, never a crash nor more values than
// there are bytes for.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "objectives/fairness/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto matrix = faretto::ParseNpy({reinterpret_cast<const char*>(data), size});
  if (!matrix.ok()) {
    if (matrix.error().message.empty()) std::abort();
    return 0;
  }
  if (matrix->values.size() != matrix->rows * matrix->columns || matrix->values.size() > size)
    std::abort();
  return 0;
}
