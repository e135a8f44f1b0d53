// Every command that takes STUDY.json checks the whole file first, algorithm names included.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "study/machine.h"
#include "study/study_spec.h"

namespace faretto {

// LoadStudy, and CheckAlgorithm with the file's name in front.
Result<StudySpec> LoadCheckedStudy(const std::filesystem::path& file, StudyUse use);

// This program on this machine, for `scheduler_started`.
StartInfo ThisProgram();

}  // namespace faretto
