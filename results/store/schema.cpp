#include "results/store/schema.h"

#include <functional>
#include <vector>

#include "results/store/views.h"

namespace faretto {
namespace {

constexpr std::int64_t kApplicationId = 0x4652544f;  // "FRTO"

constexpr char kSnapshots[] = R"sql(
CREATE TABLE snapshots (sequence INTEGER PRIMARY KEY, digest TEXT NOT NULL, state BLOB NOT NULL);
)sql";

constexpr char kTables[] = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY, type TEXT NOT NULL, live_s REAL NOT NULL, unix_s REAL NOT NULL,
  body TEXT NOT NULL, client TEXT, number INTEGER, reply TEXT, digest TEXT NOT NULL);
CREATE TABLE trials (
  trial INTEGER PRIMARY KEY, state TEXT NOT NULL, params TEXT NOT NULL, origin TEXT NOT NULL,
  suggestion INTEGER, bracket INTEGER, seed TEXT NOT NULL, target INTEGER NOT NULL,
  reached INTEGER NOT NULL, attempts INTEGER NOT NULL, losses INTEGER NOT NULL,
  failure_reason TEXT, failure_log TEXT, diagnostics TEXT, created_unix_s REAL NOT NULL);
CREATE TABLE params (
  trial INTEGER NOT NULL, name TEXT NOT NULL, value, PRIMARY KEY (trial, name)) WITHOUT ROWID;
CREATE TABLE reports (
  sequence INTEGER PRIMARY KEY, assignment INTEGER NOT NULL, kind TEXT NOT NULL, trial INTEGER,
  resource INTEGER NOT NULL, cost REAL NOT NULL, superseded INTEGER NOT NULL, live_s REAL NOT NULL,
  unix_s REAL NOT NULL);
CREATE INDEX reports_of_trial ON reports (trial, resource);
CREATE TABLE report_values (
  sequence INTEGER NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (sequence, metric)) WITHOUT ROWID;
CREATE TABLE assignments (
  assignment INTEGER PRIMARY KEY, kind TEXT NOT NULL, trial INTEGER, job INTEGER,
  from_resource INTEGER NOT NULL, to_resource INTEGER NOT NULL, fence INTEGER NOT NULL,
  worker TEXT NOT NULL, leased INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, log TEXT,
  started_live_s REAL NOT NULL, started_unix_s REAL NOT NULL, ended_live_s REAL, ended_unix_s REAL);
CREATE INDEX assignments_of_trial ON assignments (trial);
CREATE TABLE workers (
  worker TEXT PRIMARY KEY, instance TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
  domain TEXT NOT NULL, present INTEGER NOT NULL, joined_unix_s REAL NOT NULL, left_unix_s REAL,
  left_reason TEXT);
CREATE TABLE jobs (
  job INTEGER PRIMARY KEY, kind TEXT NOT NULL, trial INTEGER, name TEXT NOT NULL, seed TEXT NOT NULL,
  resource INTEGER NOT NULL, split TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  failure_reason TEXT, failure_log TEXT);
CREATE TABLE evaluations (
  job INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, trial INTEGER, seed TEXT NOT NULL,
  split TEXT NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (job, metric)) WITHOUT ROWID;
CREATE TABLE requests (
  client TEXT PRIMARY KEY, number INTEGER NOT NULL, reply TEXT NOT NULL) WITHOUT ROWID;
CREATE VIEW trial_values AS
  SELECT r.trial AS trial, r.resource AS resource, v.metric AS metric, v.value AS value
  FROM (SELECT trial, resource, MAX(sequence) AS sequence FROM reports
        WHERE kind = 'train' AND superseded = 0 GROUP BY trial, resource) r
  JOIN report_values v ON v.sequence = r.sequence;
)sql";

using Migration = std::function<Status(Database&)>;

// migrations[i] leads from version i + 1 to i + 2.
const std::vector<Migration>& Migrations() {
  static const std::vector<Migration> migrations = {
      [](Database& database) { return database.Execute(kSnapshots); },
  };
  return migrations;
}

}  // namespace

Status CreateSchema(Database& database, const StudySpec& spec) {
  FARETTO_RETURN_IF_ERROR(database.Execute(kTables));
  FARETTO_RETURN_IF_ERROR(database.Execute(kSnapshots));
  FARETTO_RETURN_IF_ERROR(database.Execute(StudyViews(spec)));
  return database.Execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                          "; PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

Result<bool> IsEmptyStore(Database& database) {
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t objects,
                           database.QueryInteger("SELECT COUNT(*) FROM sqlite_master"));
  return objects == 0;
}

Result<int> CheckSchema(Database& database, const std::string& file) {
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t id, database.QueryInteger("PRAGMA application_id"));
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t version,
                           database.QueryInteger("PRAGMA user_version"));
  if (id != kApplicationId || version < 1) {
    return Invalid(file + " is not a store of Faretto; choose another folder");
  }
  if (version > kSchemaVersion) {
    return Invalid(file + " has schema version " + std::to_string(version) +
                   ", this program knows versions up to " + std::to_string(kSchemaVersion) +
                   "; use the newer Faretto that wrote it");
  }
  return static_cast<int>(version);
}

Status MigrateSchema(Database& database, int version) {
  for (int from = version; from < kSchemaVersion; ++from) {
    FARETTO_RETURN_IF_ERROR(Migrations().at(static_cast<std::size_t>(from - 1))(database));
    FARETTO_RETURN_IF_ERROR(database.Execute("PRAGMA user_version = " + std::to_string(from + 1)));
  }
  return Ok{};
}

Status SetMeta(Database& database, const std::string& key, const std::string& value) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement statement,
      database.Prepare("INSERT INTO meta (key, value) VALUES (?, ?)"
                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
  return statement.Bind(1, std::string_view(key)).Bind(2, std::string_view(value)).Run();
}

Result<std::string> GetMeta(Database& database, const std::string& key) {
  FARETTO_ASSIGN_OR_RETURN(Statement statement,
                           database.Prepare("SELECT value FROM meta WHERE key = ?"));
  FARETTO_ASSIGN_OR_RETURN(const bool row, statement.Bind(1, std::string_view(key)).Step());
  if (!row) return Failed("the store is damaged: its meta table has no \"" + key + "\"");
  std::string value = statement.Text(0);
  statement.Reset();
  return value;
}

}  // namespace faretto
