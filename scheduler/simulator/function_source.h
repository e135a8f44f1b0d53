// Simulated training by the trainer `function`: test problems and benchmark tables
// (objectives/problems/function_problem.h). `sleep_s` is ignored: virtual time costs nothing.
#pragma once

#include <memory>

#include "base/result.h"
#include "scheduler/simulator/training_source.h"
#include "study/study_spec.h"

namespace faretto {

// `trainer` with absolute paths. kInvalid: another trainer, options that do not fit, a table that
// cannot be read or whose columns are not the parameters of the space.
Result<std::unique_ptr<TrainingSource>> MakeFunctionSource(const StudySpec& spec,
                                                           const Json& trainer);

}  // namespace faretto
