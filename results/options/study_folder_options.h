// What the commands on a study folder share: --dir, --format and opening the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/command_line/arguments.h"
#include "base/result.h"
#include "results/queries/format.h"
#include "results/store/reader.h"

namespace faretto {

// Adds the required option --dir.
Arguments& AddDir(Arguments& arguments);
// Adds the word ID, a trial.
Arguments& AddTrialId(Arguments& arguments);
// Adds --format table|json|csv.
Arguments& AddFormat(Arguments& arguments);
// Adds --where and --sort.
Arguments& AddRowFilters(Arguments& arguments);

Result<StudyReader> OpenStudy(const Arguments& arguments);
Result<StudyReader> OpenStudyWithHistory(const Arguments& arguments);
// kNotFound, naming the study's folder, if there is no such trial.
Result<const Trial*> FindTrialIn(const std::filesystem::path& dir, const StudyReader& study,
                                 TrialId id);
// kInvalid: no trial of the study can have a result at this --resource.
Status CheckComparedAt(const std::string& command, const StudyReader& study,
                       std::optional<std::int64_t> resource);
Result<OutputFormat> FormatOf(const Arguments& arguments);
// Applies --where and --sort.
Status FilterRows(const Arguments& arguments, const StudyView& study, std::vector<TrialRow>& rows);

}  // namespace faretto
