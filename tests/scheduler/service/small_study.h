// A study whose trials are two epochs long, and suggestions along a diagonal.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "base/json.h"
#include "study/machine.h"
#include "study/study_spec.h"

namespace faretto {

// `trials` trials fit into its budget.
inline Json SmallStudyJson(int trials = 3) {
  Json json = *ParseJson(R"({
    "name": "small", "seed": 7,
    "space": {"parameters": [
      {"name": "x1", "type": "float", "low": 0, "high": 1},
      {"name": "x2", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1", "reference": 11}, {"name": "f2", "reference": 11}],
    "algorithm": {"searcher": "random", "fidelity": "full", "max_resource": 2},
    "trainer": {"type": "function", "problem": "zdt1"}
  })");
  json["budget"] = {{"resource", 2 * trials}};
  return json;
}

inline StudySpec SmallStudy(int trials = 3) {
  Result<StudySpec> spec = ParseStudy(DumpJson(SmallStudyJson(trials)), StudyUse::kRun);
  if (!spec.ok()) throw std::runtime_error(spec.error().message);
  return std::move(*spec);
}

inline Suggestion SuggestAlongDiagonal(const StudyView& /*study*/, std::int64_t suggestion) {
  const double x = static_cast<double>(suggestion + 1) / 1000.0;
  Configuration configuration;
  configuration.values = {x, x};
  return NewTrial{configuration, 2, -1, "test", nullptr};
}

// The same as a source for DriveSuggestions.
inline std::optional<Suggestion> AlongDiagonal(Machine& machine) {
  return SuggestAlongDiagonal(machine.view(), *machine.state().open_suggestion());
}

}  // namespace faretto
