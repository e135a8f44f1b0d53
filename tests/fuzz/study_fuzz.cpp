// Any text as a study file: never a crash, a refusal has a reason, and what is accepted has an
// identity that is its own.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scheduler/suggest/suggest.h"
#include "study/study_spec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto use : {faretto::StudyUse::kAskTell, faretto::StudyUse::kRun}) {
    const auto spec = faretto::ParseStudy(text, use);
    if (!spec.ok()) {
      if (spec.error().message.empty()) std::abort();
      continue;
    }
    const faretto::Json identity = faretto::StudyIdentity(*spec);
    if (!faretto::IdentityDifference(identity, identity).empty()) std::abort();
    if (const auto checked = faretto::CheckAlgorithm(*spec);
        !checked.ok() && checked.error().message.empty())
      std::abort();
  }
  return 0;
}
