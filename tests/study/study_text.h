// A small valid study file that tests vary.
#pragma once

#include <string>

#include "base/json.h"
#include "study/study_spec.h"

namespace faretto {

inline Json StudyJson() {
  return *ParseJson(R"({
    "name": "small", "seed": 7,
    "space": {"parameters": [
      {"name": "x1", "type": "float", "low": 0, "high": 1},
      {"name": "x2", "type": "float", "low": 0, "high": 1}]},
    "objectives": [{"name": "f1", "reference": 11}, {"name": "f2", "reference": 11}],
    "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 2, "max_resource": 18},
    "budget": {"resource": 100},
    "trainer": {"type": "function", "problem": "zdt1"}
  })");
}

inline StudySpec SpecOf(const Json& json) {
  auto spec = ParseStudy(DumpJson(json), StudyUse::kRun);
  if (!spec.ok()) throw std::runtime_error(spec.error().message);
  return std::move(*spec);
}

}  // namespace faretto
