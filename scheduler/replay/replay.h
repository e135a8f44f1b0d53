// Replay: fold the record up to each suggestion's basis, call Suggest again, compare with what was
// recorded. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "study/study_spec.h"

namespace faretto {

struct ReplayResult {
  std::int64_t checked = 0;
  std::int64_t agreed = 0;
  std::vector<std::string> differences;  // "suggestion 12 (trial 7): recorded {...}, derived {...}"
  std::string build;                     // of the newest scheduler
  std::string instruction_set;
};

// `sample` 0: every suggestion; else about that many, evenly spread.
Result<ReplayResult> ReplayStudy(const std::filesystem::path& dir, const StudySpec& spec,
                                 std::int64_t sample);

}  // namespace faretto
