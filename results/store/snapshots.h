// The state as it was after some event, kept in the table `snapshots`, so that a start folds only
// the events since. The events stay the truth: a snapshot that is missing, damaged, of another
// program's format or of another record is passed over. For this folder's sources only.
#pragma once

#include <string>

#include "base/result.h"
#include "results/store/sqlite.h"
#include "study/state.h"
#include "study/study_spec.h"

namespace faretto {

// The state of the newest snapshot that can be used, or the one before the first event. `spec` must
// outlive it.
StudyState NewestSnapshot(Database& database, const StudySpec& spec);

// In place of the one that is there; the caller has a transaction open. `digest` is that of the
// state's last event, which ties the snapshot to this record.
Status SaveSnapshot(Database& database, const StudyState& state, const std::string& digest);

}  // namespace faretto
