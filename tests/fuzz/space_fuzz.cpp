// Any text as the "space" of a study file: never a crash, and what is accepted keeps its promises.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/json.h"
#include "search_spaces/space.h"

namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void CheckSamples(const faretto::Space& space) {
  faretto::RandomStream random(1, "fuzz");
  for (int k = 0; k < 4; ++k) {
    const faretto::Configuration c = space.Sample(random);
    Require(space.Check(c).ok(), "a sample is allowed");
    const auto text = faretto::ParseJson(faretto::DumpJson(space.ToJson(c)));
    Require(text.ok(), "a sample is JSON");
    const auto back = space.FromJson(*text);
    Require(back.ok(), "a sample can be read back");
    Require(space.CanonicalKey(*back) == space.CanonicalKey(c), "a sample keeps its key");
    for (double u : space.ToUnit(c)) Require(u >= 0 && u <= 1, "units lie in [0, 1]");
  }
}

void CheckCounting(const faretto::Space& space) {
  constexpr std::uint64_t kLimit = 500;
  const auto count = space.Count(kLimit);
  std::set<std::string> keys;
  space.Enumerate([&](const faretto::Configuration& c) {
    Require(space.Check(c).ok(), "an enumerated configuration is allowed");
    Require(keys.insert(space.CanonicalKey(c)).second, "configurations are enumerated once");
    return keys.size() < kLimit;
  });
  Require(keys.size() == count.value_or(0), "the count is what is enumerated");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = faretto::ParseJson(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json.ok()) return 0;
  const auto space = faretto::Space::Parse(*json);
  if (!space.ok()) {
    Require(!space.error().message.empty(), "a refusal has a reason");
    return 0;
  }
  const auto again = faretto::Space::Parse(space->ToJson());
  Require(again.ok(), "a space can be read back");
  Require(faretto::DumpJson(again->ToJson()) == faretto::DumpJson(space->ToJson()),
          "a space is what it was");
  CheckSamples(*space);
  CheckCounting(*space);
  if (const auto c = space->Default()) Require(space->Check(*c).ok(), "the default is allowed");
  return 0;
}
