// Time of one suggestion against the number of trials, for every searcher of the registry.
//
//   build/bin/suggest_benchmark --benchmark_filter='tpe|nsga2'
//
// The trials are uniform draws of a mixed space of ten parameters with two objectives; `pending` of
// them have no result. The state is built before the clock starts, each suggestion has a number of
// its own, and fidelity is `full`.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "scheduler/searchers/registry.h"
#include "scheduler/suggest/suggest.h"
#include "study/machine.h"
#include "study/study_spec.h"

namespace faretto {
namespace {

constexpr const char* kStudy = R"({
  "name": "suggest", "seed": 1,
  "space": {"parameters": [
    {"name": "a", "type": "categorical", "choices": ["0", "1", "2", "3", "4"]},
    {"name": "b", "type": "categorical", "choices": ["0", "1", "2"]},
    {"name": "c", "type": "ordinal", "choices": [16, 32, 64, 128]},
    {"name": "i1", "type": "int", "low": 1, "high": 16},
    {"name": "i2", "type": "int", "low": 4, "high": 512, "log": true},
    {"name": "x1", "type": "float", "low": 1e-5, "high": 1, "log": true},
    {"name": "x2", "type": "float", "low": 0, "high": 1},
    {"name": "x3", "type": "float", "low": 0, "high": 1},
    {"name": "x4", "type": "float", "low": 0, "high": 1},
    {"name": "x5", "type": "float", "low": 0, "high": 1}]},
  "objectives": [{"name": "f1"}, {"name": "f2"}],
  "algorithm": {"searcher": "random", "fidelity": "full"}})";

StudySpec SpecOf(const std::string& searcher) {
  auto spec = ParseStudy(kStudy, StudyUse::kAskTell);
  if (!spec.ok()) {
    std::fprintf(stderr, "%s\n", spec.error().message.c_str());
    std::exit(1);
  }
  spec->algorithm.searcher = searcher;
  return std::move(*spec);
}

Metrics Values(const Space& space, const Configuration& configuration) {
  double f1 = 0;
  double f2 = 0;
  for (const double u : space.ToUnit(configuration)) {
    f1 += (u - 0.2) * (u - 0.2);
    f2 += (u - 0.7) * (u - 0.7);
  }
  return {{"f1", f1}, {"f2", f2}};
}

// A study of `trials` random trials of which the newest `pending` are unanswered.
const Machine& Filled(std::int64_t trials, std::int64_t pending) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<Machine>> studies;
  auto& machine = studies[{trials, pending}];
  if (machine) return *machine;
  machine = std::make_unique<Machine>(SpecOf("random"));
  machine->Start({"benchmark", 1, "", ""}, {}, 0);
  for (std::int64_t id = 0; id < trials; ++id) {
    machine->RequestWork({}, "benchmark", false, 0);
    machine->AnswerSuggestion(Suggest(machine->view(), id), 0);
    if (id + pending >= trials) continue;
    const Trial& trial = *machine->state().FindTrial(id);
    machine->Tell(id, trial.target, Values(machine->spec().space, trial.configuration), 1, 0);
  }
  return *machine;
}

void SuggestOnce(benchmark::State& state, const std::string& searcher) {
  const Machine& machine = Filled(state.range(0), state.range(1));
  const StudySpec spec = SpecOf(searcher);
  std::int64_t number = state.range(0);
  for (auto _ : state) benchmark::DoNotOptimize(Suggest({spec, machine.state()}, number++));
}

void Register() {
  for (const std::string& searcher : SearcherNames()) {
    auto* suggest = benchmark::RegisterBenchmark(
        searcher.c_str(), [searcher](benchmark::State& state) { SuggestOnce(state, searcher); });
    suggest->Unit(benchmark::kMillisecond)->ArgNames({"trials", "pending"});
    for (const std::int64_t trials : {100, 400, 1000, 2000, 5000}) {
      suggest->Args({trials, 0});
      suggest->Args({trials, 64});
    }
    suggest->Args({10000, 1000});
  }
}

}  // namespace
}  // namespace faretto

int main(int argc, char** argv) {
  faretto::Register();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
