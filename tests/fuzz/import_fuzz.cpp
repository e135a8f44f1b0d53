// Any bytes as a file of results for `faretto import`: never a crash, a refusal has a reason, and
// what was read is a list of trials that the study takes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "results/exchange/import_file.h"
#include "study/import.h"

namespace {

const faretto::StudySpec& SpecOfFuzz() {
  static const faretto::StudySpec kSpec = [] {
    auto spec = faretto::ParseStudy(R"({
      "name": "fuzz", "seed": 7,
      "space": {"parameters": [
        {"name": "x1", "type": "float", "low": 0, "high": 1},
        {"name": "c", "type": "categorical", "choices": ["a", "b"]},
        {"name": "k", "type": "int", "low": 1, "high": 9}],
        "conditions": [{"parameter": "k", "active_when": {"c": ["b"]}}]},
      "objectives": [{"name": "f1"}, {"name": "f2"}],
      "algorithm": {"fidelity": "asha", "min_resource": 2, "max_resource": 18}})",
                                    faretto::StudyUse::kAskTell);
    if (!spec.ok()) std::abort();
    return std::move(*spec);
  }();
  return kSpec;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file =
      faretto::ParseImportFile(SpecOfFuzz(), {reinterpret_cast<const char*>(data), size});
  if (!file.ok()) {
    if (file.error().message.empty()) std::abort();
    return 0;
  }
  const auto trials = faretto::ParseImport(SpecOfFuzz(), file->trials);
  if (!trials.ok() || trials->size() != file->trials.size()) std::abort();
  return 0;
}
