// Time of one suggestion and its result inside the process, without the pipe to whoever asks: the
// requests of a session of `faretto ask-tell` once more, each answered as there.
//
//   build/bin/ask_tell_benchmark STUDY.json REQUESTS PAIRS
//
// REQUESTS has one request a line, asks and tells in turn. For each of its last PAIRS pairs one
// line is printed: milliseconds from the text of both requests to the text of both answers. Started
// by `benchmarks/peers/run timing`.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "scheduler/ask_tell/ask_tell_session.h"
#include "study/study_spec.h"

namespace faretto {
namespace {

[[noreturn]] void Exit(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

std::string AnswerText(AskTellSession& session, const std::string& request) {
  const auto answer = session.Answer(request);
  if (!answer.ok()) Exit(answer.error().message);
  if (answer->contains("error")) Exit(request + ": " + DumpJson(*answer));
  return DumpJson(*answer);
}

void Run(const std::string& study, const std::string& requests, std::size_t pairs) {
  auto spec = LoadStudy(study, StudyUse::kAskTell);
  if (!spec.ok()) Exit(spec.error().message);
  const SystemClock clock;
  auto session = AskTellSession::Start(std::move(*spec), nullptr, {"benchmark", 1, "", ""}, clock);
  if (!session.ok()) Exit(session.error().message);
  std::vector<std::string> lines;
  std::ifstream file(requests);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
    const auto start = std::chrono::steady_clock::now();
    AnswerText(**session, lines[i]);
    AnswerText(**session, lines[i + 1]);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (i + 2 * pairs >= lines.size()) std::printf("%.6f\n", took.count());
  }
}

}  // namespace
}  // namespace faretto

int main(int argc, char** argv) {
  if (argc != 4) faretto::Exit("usage: ask_tell_benchmark STUDY.json REQUESTS PAIRS");
  faretto::Run(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
}
