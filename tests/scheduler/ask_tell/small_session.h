// Sessions on a small study, for tests: a clock that stands still, failures as exceptions.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "scheduler/ask_tell/ask_tell_session.h"

namespace faretto {

class StandingClock final : public Clock {
 public:
  double MonotonicS() const override { return 0; }
  double UnixS() const override { return 1.7e9; }
};

// Two objectives, one number, rungs 1 and 3; `trials` trials.
inline StudySpec AskTellSpec(int trials = 20) {
  Json json = *ParseJson(R"({
    "name": "asked", "seed": 3,
    "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1"}, {"name": "f2"}],
    "algorithm": {"searcher": "random", "fidelity": "asha", "max_resource": 3}
  })");
  json["budget"] = {{"trials", trials}};
  auto spec = ParseStudy(DumpJson(json), StudyUse::kAskTell);
  if (!spec.ok()) throw std::runtime_error(spec.error().message);
  return std::move(*spec);
}

// `dir` empty: in memory.
inline std::unique_ptr<AskTellSession> StartSession(const Clock& clock,
                                                    const std::filesystem::path& dir = {},
                                                    const StudySpec& spec = AskTellSpec()) {
  std::unique_ptr<Store> store;
  if (!dir.empty()) {
    auto opened = Store::Open(dir, spec, {});
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
  }
  auto session = AskTellSession::Start(spec, std::move(store), {"host", 1, "test", "any"}, clock);
  if (!session.ok()) throw std::runtime_error(session.error().message);
  return std::move(*session);
}

inline Json AnswerTo(AskTellSession& session, const std::string& line) {
  auto answer = session.Answer(line);
  if (!answer.ok()) throw std::runtime_error(answer.error().message);
  return std::move(*answer);
}

// Asks for `count` trials and tells each of them f1 = x, f2 = 1 - x.
inline void TellSome(AskTellSession& session, int count) {
  for (int i = 0; i < count; ++i) {
    const Json asked = AnswerTo(session, R"({"op":"ask"})");
    for (const Json& trial : asked["trials"]) {
      const double x = trial["params"]["x"].get<double>();
      const Json tell = {{"op", "tell"},
                         {"id", trial["id"]},
                         {"resource", trial["resource"]},
                         {"values", {{"f1", x}, {"f2", 1 - x}}}};
      const Json told = AnswerTo(session, DumpJson(tell));
      if (!told.contains("ok")) throw std::runtime_error(DumpJson(told));
    }
  }
}

}  // namespace faretto
