// Any bytes as a benchmark table: read or refused with a sentence, never a crash; and what was read
// finds its own rows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "objectives/problems/table_problem.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = faretto::TableProblem::Parse(text, {"f1", "f2"});
  if (!table.ok()) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  if (table->configurations() == 0 || table->parameters().empty()) std::abort();
  (void)table->Find({{table->parameters()[0], 0.5}});
  return 0;
}
