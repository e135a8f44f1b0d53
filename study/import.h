// Results that were made elsewhere, before they become trials (`faretto import`).
//
// One trial:
//   {"params": {...}, "reports": [{"resource": 6, "values": {"error": 0.1}, "cost": 6}, ...],
//    "failure": "out of memory", "target": 18}
//
// Reports by rising resource; the highest has every objective. With "failure" (text that is not
// empty) the trial failed on its way to "target", and "reports" may be empty or missing; a report
// at "target" is left out, none may be beyond it. Without "target" it was the rung after the
// highest report, or max_resource without reports. "cost" defaults to 0. Thread safety: pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "search_spaces/configuration.h"
#include "study/study_spec.h"

namespace faretto {

struct ImportedResult {
  std::int64_t resource = 0;
  Metrics values;
  double cost = 0;
};

struct ImportedTrial {
  Configuration configuration;
  std::vector<ImportedResult> results;  // rising resource
  std::int64_t target = 0;              // the highest resource, or where a failed one was sent
  std::optional<std::string> failure;
};

// One of "reports". kInvalid: a resource that is no whole number from 1 to max_resource, a value
// that is no finite number, a key that is not known.
Result<ImportedResult> ParseImportedResult(const StudySpec& spec, const Json& report);

// kInvalid: a configuration that the space does not have or that lacks a parameter, a wrong
// report, resources that do not rise, an objective that is missing at the highest one, neither
// reports nor failure, a failure with a result at max_resource or beyond "target", a key that is
// not known.
Result<ImportedTrial> ParseImportedTrial(const StudySpec& spec, const Json& trial);

// A list of them, no configuration twice; errors say which one, from 1.
Result<std::vector<ImportedTrial>> ParseImport(const StudySpec& spec, const Json& trials);

}  // namespace faretto
