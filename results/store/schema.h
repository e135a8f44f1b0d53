// Tables of trials.db; what they mean stands in docs/store.md.
#pragma once

#include <string>

#include "base/result.h"
#include "results/store/sqlite.h"
#include "study/study_spec.h"

namespace faretto {

inline constexpr int kSchemaVersion = 2;

// Makes all tables and views; the caller has a transaction open.
Status CreateSchema(Database& database, const StudySpec& spec);

// Nothing in the file yet (also after a crash before the first commit)?
Result<bool> IsEmptyStore(Database& database);

// The version of the file; kInvalid when it is newer than this program or no store of Faretto's.
Result<int> CheckSchema(Database& database, const std::string& file);

// Brings an older file up to kSchemaVersion, one step a version; the caller has a transaction open.
Status MigrateSchema(Database& database, int version);

// Facts about the study, one row each: study, identity, incarnation, base_folder, created_unix_s.
Status SetMeta(Database& database, const std::string& key, const std::string& value);
// kFailed if it is missing.
Result<std::string> GetMeta(Database& database, const std::string& key);

}  // namespace faretto
