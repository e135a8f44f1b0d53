// Any bytes as a CSV file: read or refused with a sentence, never a crash; rows are as long as the
// header.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto table = faretto::ParseCsv({reinterpret_cast<const char*>(data), size});
  if (!table.ok()) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  if (table->lines.size() != table->rows.size()) std::abort();
  for (const auto& row : table->rows)
    if (row.size() != table->columns.size()) std::abort();
  return 0;
}
