// Has somebody changed a study's record? Checks the chain of digests over the events, and makes the
// derived tables anew from the events to compare them with those in the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

// What differs, as sentences ("event 17 was altered", "table report_values, row (23, error): ...");
// empty: nothing. An alteration by somebody who computes the digests anew is not found; this is no
// signature.
Result<std::vector<std::string>> AuditStore(const std::filesystem::path& dir);

}  // namespace faretto
