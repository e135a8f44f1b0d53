// Any bytes as requests of ask-tell, one a line: an answer to each, never a crash, no configuration
// for two trials, and a front in the end.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "scheduler/ask_tell/ask_tell_session.h"

namespace {

constexpr int kMostRequests = 32;
constexpr std::size_t kMostTrials = 50;

faretto::StudySpec SpecOfFuzz() {
  auto spec = faretto::ParseStudy(R"({
    "name": "fuzz", "seed": 7,
    "space": {"parameters": [
      {"name": "x1", "type": "float", "low": 0, "high": 1},
      {"name": "c", "type": "categorical", "choices": ["a", "b"]}]},
    "objectives": [{"name": "f1"}, {"name": "f2", "direction": "maximize"}],
    "constraints": [{"metric": "g", "at_most": 1}],
    "algorithm": {"searcher": "nsga2", "fidelity": "asha", "min_resource": 2,
                  "max_resource": 18}})",
                                  faretto::StudyUse::kAskTell);
  if (!spec.ok()) std::abort();
  return std::move(*spec);
}

class StillClock final : public faretto::Clock {
 public:
  double MonotonicS() const override { return 0; }
  double UnixS() const override { return 0; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const faretto::StudySpec kSpec = SpecOfFuzz();
  const StillClock clock;
  auto session = faretto::AskTellSession::Start(kSpec, nullptr, {"h", 1, "b", "i"}, clock);
  if (!session.ok()) std::abort();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::map<std::string, faretto::Json> ids;  // of each configuration
  for (int i = 0; i < kMostRequests && !rest.empty() && ids.size() < kMostTrials; ++i) {
    const std::size_t end = rest.find('\n');
    const auto answer = (*session)->Answer(std::string(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!answer.ok() || !answer->is_object() || answer->empty()) std::abort();
    if (!answer->contains("trials")) continue;
    for (const faretto::Json& trial : (*answer)["trials"]) {
      const auto [known, fresh] = ids.emplace(faretto::DumpJson(trial["params"]), trial["id"]);
      if (!fresh && known->second != trial["id"]) std::abort();
    }
  }
  const auto front = (*session)->Answer(R"({"op":"pareto"})");
  if (!front.ok() || !front->contains("trials")) std::abort();
  return 0;
}
