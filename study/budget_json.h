// The parts of a study that may change on resume, as they stand in the study file and in
// `scheduler_started`.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "study/study_spec.h"

namespace faretto {

// Errors are kInvalid with the path ("budget.trials").
Result<BudgetSpec> BudgetFromJson(const Json& json);
Result<RetrySpec> RetryFromJson(const Json& json);
Result<LimitsSpec> LimitsFromJson(const Json& json);

Json ToJson(const BudgetSpec& budget);
Json ToJson(const RetrySpec& retry);
Json ToJson(const LimitsSpec& limits);

}  // namespace faretto
