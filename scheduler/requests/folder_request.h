// A person's command on a study: by the scheduler that runs on the folder, or, where none runs,
// written into the record directly, under the same lock.
#pragma once

#include <filesystem>
#include <optional>

#include "base/json.h"
#include "base/result.h"
#include "protocol/requests.h"
#include "protocol/responses.h"

namespace faretto {

// `operation` is one of the client requests of protocol/requests.h. An Error: it was refused.
// kFailed too: it needs a scheduler (all but enqueue, import, retry and stop do), and none runs.
Result<Response> RequestOfStudy(const std::filesystem::path& dir, const Operation& operation);

// Does a scheduler answer on the folder?
bool SchedulerAnswers(const std::filesystem::path& dir);

// The numbers of the scheduler that runs on the folder, as ProgressJson has them; nothing where
// none answers.
std::optional<Json> LiveProgress(const std::filesystem::path& dir);
// When it heard of its workers; empty where none answers.
WorkersHeard LiveWorkers(const std::filesystem::path& dir);

}  // namespace faretto
