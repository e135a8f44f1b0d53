// Any bytes as messages to a scheduler, one a line: never a crash, and the record folds to the
// state. The first line sees a study whose worker w0 (instance "a") trains trial 0.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/service/dispatch.h"
#include "study/machine.h"

namespace faretto {
namespace {

constexpr int kMaxMessages = 64;

const StudySpec& SpecOfFuzz() {
  static const StudySpec kSpec = [] {
    Result<StudySpec> spec = ParseStudy(R"({
      "name": "fuzz", "seed": 7,
      "space": {"parameters": [
        {"name": "x1", "type": "float", "low": 0, "high": 1},
        {"name": "c", "type": "categorical", "choices": ["a", "b"]}]},
      "objectives": [{"name": "f1"}, {"name": "f2"}],
      "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 2,
                    "max_resource": 18},
      "budget": {"resource": 100}})",
                                        StudyUse::kAskTell);
    if (!spec.ok()) std::abort();
    return std::move(*spec);
  }();
  return kSpec;
}

std::optional<Suggestion> SuggestNext(Machine& machine) {
  Configuration configuration;
  configuration.values = {static_cast<double>(*machine.state().open_suggestion() + 1) / 1000, 0};
  return NewTrial{configuration, 2, -1, "fuzz", nullptr};
}

class FuzzedStudy {
 public:
  FuzzedStudy() : machine_(SpecOfFuzz()) {
    context_.suggest = SuggestNext;
    context_.heard = [](double) { return WorkersHeard{}; };
    context_.progress = [](const StudyView&, double) { return Json::object(); };
    Keep(machine_.Start({"h", 1, "b", "i"}, {"pixels"}, 0).events);
    Send(R"({"v":1,"op":"hello","worker":"w0","instance":"a","number":1,"host":"h","pid":1,)"
         R"("domain":"d"})");
    Send(R"({"v":1,"op":"next","worker":"w0","instance":"a","number":2})");
  }

  void Send(std::string_view text) {
    now_ += 1;
    const Result<RequestEnvelope> envelope = DecodeRequest(text);
    if (!envelope.ok()) return;
    Dispatched done = Dispatch(machine_, *envelope, context_, now_);
    if (const auto* response = std::get_if<Response>(&done.outcome)) {
      const Json sent = EncodeResponse({1, "s", "next", envelope->number, *response});
      if (DumpJson(sent).empty()) std::abort();
    }
    Keep(done.events);
    Keep(machine_.Tick(now_).events);
  }

  bool FoldsToItsState() const {
    Machine folded(SpecOfFuzz());
    for (const Event& event : events_) {
      const Result<Json> text = ParseJson(DumpJson(EncodeEventBody(event.body)));
      if (!text.ok() || !DecodeEventBody(*text).ok()) return false;
      if (!folded.Replay(event).ok()) return false;
    }
    return folded.state().sequence() == machine_.state().sequence() &&
           folded.state().trials().size() == machine_.state().trials().size() &&
           folded.state().spent_resource() == machine_.state().spent_resource();
  }

 private:
  void Keep(const std::vector<Event>& events) {
    events_.insert(events_.end(), events.begin(), events.end());
  }

  Machine machine_;
  DispatchContext context_;
  std::vector<Event> events_;
  double now_ = 0;
};

}  // namespace
}  // namespace faretto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  faretto::FuzzedStudy study;
  for (int i = 0; i < faretto::kMaxMessages && !rest.empty(); ++i) {
    const std::size_t end = rest.find('\n');
    study.Send(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (!study.FoldsToItsState()) {
    std::fprintf(stderr, "the record does not fold to the state\n");
    std::abort();
  }
  return 0;
}
