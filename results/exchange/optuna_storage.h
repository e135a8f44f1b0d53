// A study as the bytes of an Optuna storage in SQLite (schema of Optuna 3.2 and later), which
//
//   optuna.load_study(study_name=NAME, storage="sqlite:///FILE")
//
// opens. What becomes of what: docs/export.md.
#pragma once

#include <string>

#include "base/result.h"
#include "results/store/history.h"
#include "study/suggestion.h"

namespace faretto {

// `history` is that of the same events as `study`. kFailed: no memory.
Result<std::string> OptunaStorage(const StudyView& study, const StudyHistory& history);

}  // namespace faretto
