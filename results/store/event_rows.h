// Events as rows of the table `events`. For this folder's sources only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "results/store/sqlite.h"
#include "study/event.h"

namespace faretto {

Result<Statement> PrepareEventInsert(Database& database);
// `digest`: of the event before, empty for the first; becomes this event's. It chains the record
// together, so that an altered row shows (results/store/audit.h).
Status InsertEvent(Statement& insert, const Event& event, std::string& digest);
// Of the newest event; empty if there is none.
Result<std::string> NewestDigest(Database& database);
// The first event whose digest is not the one that its row and those before it give.
Result<std::optional<std::int64_t>> FirstAlteredEvent(Database& database);

// The events after number `after` (0: all), in order. kFailed for a row that is no event (a damaged
// store), naming its number; stops at the first error of `visit`.
Status ForEachEventRow(Database& database, std::int64_t after,
                       const std::function<Status(const Event&)>& visit);

}  // namespace faretto
