// Any text as a filter: never a crash, and what is accepted can be applied.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "results/queries/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const faretto::FieldNames names = {{"error", "rank_disparity"}, {"optimizer", "edge", "lr"}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = faretto::Filter::Parse(text, names);
  if (!filter.ok()) return 0;
  faretto::TrialRow row;
  (void)filter->Matches(row);
  row.values = {{"error", 0.1}};
  row.params = {{"optimizer", "SGD"}, {"edge", "4"}, {"lr", 0.1}};
  (void)filter->Matches(row);
  return 0;
}
