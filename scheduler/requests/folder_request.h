// A person's command on a study: by the scheduler that runs on the folder, or, where none runs,
// written into the record directly, under the same lock.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

// `request` is one of protocol/message.h's client requests. The reply, or the error that it names.
Result<Json> RequestOfStudy(const std::filesystem::path& dir, const Json& request);

// Does a scheduler answer on the folder?
bool SchedulerAnswers(const std::filesystem::path& dir);

}  // namespace faretto
