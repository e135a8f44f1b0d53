// Whole studies for other tools.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "results/store/history.h"
#include "study/suggestion.h"

namespace faretto {

enum class ExportFormat { kCsv, kJson, kOptuna };
// "csv", "json" or "optuna"; kInvalid otherwise.
Result<ExportFormat> ExportFormatFromName(std::string_view name);

// csv: one row a report (trials without one keep a row), with the trial's facts, parameters as
// params.NAME, metrics as values.NAME. json: {"version", "study", "trials" with all their reports,
// "jobs", "failures", "pareto", ...}. optuna: the bytes of a database
// (results/exchange/optuna_storage.h).
Result<std::string> ExportStudy(const StudyView& study, const StudyHistory& history,
                                ExportFormat format);

}  // namespace faretto
