#include "results/store/audit.h"

#include <optional>

#include "results/store/derived.h"
#include "results/store/event_rows.h"
#include "results/store/reader.h"
#include "results/store/schema.h"
#include "results/store/sqlite.h"
#include "results/store/study_folder.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// Tables that follow from the events, with the columns that order their rows.
constexpr std::pair<const char*, const char*> kDerived[] = {{"trials", "trial"},
                                                            {"params", "trial, name"},
                                                            {"reports", "sequence"},
                                                            {"report_values", "sequence, metric"},
                                                            {"assignments", "assignment"},
                                                            {"workers", "worker"},
                                                            {"jobs", "job"},
                                                            {"evaluations", "job, metric"},
                                                            {"requests", "client"}};

std::string RowText(const Statement& row) {
  std::string text;
  for (int i = 0; i < row.column_count(); ++i) {
    text += (i ? ", " : "") + row.ColumnName(i) + "=" + (row.IsNull(i) ? "null" : row.Text(i));
  }
  return text;
}

Result<Database> MadeAnew(Database& file, const StudySpec& spec) {
  FARETTO_ASSIGN_OR_RETURN(Database made, Database::Open("", OpenMode::kReadWrite));
  FARETTO_RETURN_IF_ERROR(CreateSchema(made, spec));
  FARETTO_ASSIGN_OR_RETURN(DerivedTables tables, DerivedTables::Prepare(made));
  StudyState state(spec);
  FARETTO_RETURN_IF_ERROR(made.Execute("BEGIN"));
  FARETTO_RETURN_IF_ERROR(ForEachEventRow(file, 0, [&](const Event& event) -> Status {
    tables.Before(event, state);
    FARETTO_RETURN_IF_ERROR(state.Apply(event));
    return tables.After(event, state);
  }));
  FARETTO_RETURN_IF_ERROR(made.Execute("COMMIT"));
  return made;
}

// The first row in which the two tables differ.
Result<std::optional<std::string>> FirstDifference(Database& file, Database& made,
                                                   const std::string& table,
                                                   const std::string& order) {
  const std::string query = "SELECT * FROM " + table + " ORDER BY " + order;
  FARETTO_ASSIGN_OR_RETURN(Statement there, file.Prepare(query));
  FARETTO_ASSIGN_OR_RETURN(Statement here, made.Prepare(query));
  while (true) {
    FARETTO_ASSIGN_OR_RETURN(const bool in_file, there.Step());
    FARETTO_ASSIGN_OR_RETURN(const bool in_made, here.Step());
    if (!in_file && !in_made) return std::optional<std::string>();
    const std::string stored = in_file ? RowText(there) : "no row";
    const std::string derived = in_made ? RowText(here) : "no row";
    if (stored == derived) continue;
    return std::optional<std::string>("table " + table + " holds {" + stored +
                                      "}, the events give {" + derived + "}");
  }
}

}  // namespace

Result<std::vector<std::string>> AuditStore(const fs::path& dir) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(dir));
  FARETTO_ASSIGN_OR_RETURN(Database file, Database::Open(dir / kStoreFile, OpenMode::kReadOnly));
  FARETTO_RETURN_IF_ERROR(file.Execute("BEGIN"));
  std::vector<std::string> findings;
  FARETTO_ASSIGN_OR_RETURN(const auto altered, FirstAlteredEvent(file));
  if (altered)
    findings.push_back("event " + std::to_string(*altered) + " was altered after it was written");
  FARETTO_ASSIGN_OR_RETURN(Database made, MadeAnew(file, study.spec()));
  for (const auto& [table, order] : kDerived) {
    FARETTO_ASSIGN_OR_RETURN(auto difference, FirstDifference(file, made, table, order));
    if (difference) findings.push_back(std::move(*difference));
  }
  return findings;
}

}  // namespace faretto
