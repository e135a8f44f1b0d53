// Looks at a study's data set before anything is started or written.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "study/study_spec.h"

namespace faretto {

// Runs `faretto-worker check` on the study file, where its trainer reads data; the images are
// decoded by the same code that trains. kInvalid with its sentence if the data set is wrong.
Status CheckData(const StudySpec& spec, const std::filesystem::path& study_file);

}  // namespace faretto
