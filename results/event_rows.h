// Events as rows of the table `events`. For this folder's sources only.
#pragma once

#include <functional>

#include "base/result.h"
#include "results/sqlite.h"
#include "study/event.h"

namespace faretto {

Result<Statement> PrepareEventInsert(Database& database);
Status InsertEvent(Statement& insert, const Event& event);

// All events in order. kFailed for a row that is no event (a damaged store), naming its number;
// stops at the first error of `visit`.
Status ForEachEventRow(Database& database, const std::function<Status(const Event&)>& visit);

}  // namespace faretto
