#include "results/store/reader.h"

#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"
#include "results/store/event_rows.h"
#include "results/store/schema.h"
#include "results/store/snapshots.h"
#include "results/store/sqlite.h"
#include "results/store/study_folder.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// What one transaction saw.
struct Content {
  std::string study_text;
  std::string base_folder;
};

using Visit = std::function<Status(const Event&)>;
// Called before the events, with the study file; the number of the last event that is known
// already.
using Begin = std::function<Result<std::int64_t>(Database&, const Content&)>;

Error NoStudy(const fs::path& dir) {
  return Invalid("the folder " + dir.string() +
                 " holds no study; give the folder of one with --dir");
}

Status ReadDatabase(Database& database, const fs::path& file, const Begin& begin,
                    const Visit& visit) {
  FARETTO_RETURN_IF_ERROR(database.Execute("BEGIN"));
  FARETTO_ASSIGN_OR_RETURN(const bool empty, IsEmptyStore(database));
  if (empty) return NoStudy(file.parent_path());
  FARETTO_RETURN_IF_ERROR(CheckSchema(database, file.string()));
  Content content;
  FARETTO_ASSIGN_OR_RETURN(content.study_text, GetMeta(database, "study"));
  FARETTO_ASSIGN_OR_RETURN(content.base_folder, GetMeta(database, "base_folder"));
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t known, begin(database, content));
  FARETTO_RETURN_IF_ERROR(ForEachEventRow(database, known, visit));
  return database.Execute("COMMIT");
}

bool Exists(const fs::path& path) {
  std::error_code code;
  return fs::exists(path, code);
}

// Byte 18 of the header (https://sqlite.org/fileformat.html): the journal that writers use.
bool UsesWal(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(18);
  return in.get() == 2;
}

// Opens the file in the way that leaves no files behind, and reads it.
Status ReadWalFile(const fs::path& file, const Begin& begin, const Visit& visit) {
  const fs::path wal = file.string() + "-wal";
  if (!Exists(wal)) {
    // Nobody writes. Asked the usual way, SQLite would make a -wal and a -shm and leave them here.
    FARETTO_ASSIGN_OR_RETURN(Database database, Database::Open(file, OpenMode::kImmutable));
    Status read = ReadDatabase(database, file, begin, visit);
    // A scheduler that started meanwhile may have changed the file under us.
    if (!Exists(wal)) return read;
  }
  FARETTO_ASSIGN_OR_RETURN(Database database, Database::Open(file, OpenMode::kReadOnly));
  return ReadDatabase(database, file, begin, visit);
}

// A file that its writer locks for as long as it is open.
Status ReadLockedFile(const fs::path& file, const Begin& begin, const Visit& visit) {
  // What a dead writer left half done must be rolled back first, which is writing.
  const bool journal = Exists(file.string() + "-journal");
  const OpenMode mode = journal ? OpenMode::kReadWrite : OpenMode::kReadOnly;
  FARETTO_ASSIGN_OR_RETURN(Database database, Database::Open(file, mode));
  FARETTO_RETURN_IF_ERROR(database.Execute("PRAGMA busy_timeout = 200"));
  return ReadDatabase(database, file, begin, visit);
}

Status Read(const fs::path& dir, const Begin& begin, const Visit& visit) {
  const fs::path file = dir / kStoreFile;
  if (!HoldsStudy(dir)) return NoStudy(dir);
  if (UsesWal(file)) return ReadWalFile(file, begin, visit);
  Status read = ReadLockedFile(file, begin, visit);
  const fs::path copy = dir / kReadersCopyFile;
  if (read.ok() || read.error().kind == ErrorKind::kInvalid || !Exists(copy)) return read;
  return ReadLockedFile(copy, begin, visit);
}

}  // namespace

Status StudyReader::Take(const Event& event) {
  if (history_) history_->Before(event, *state_);
  FARETTO_RETURN_IF_ERROR(state_->Apply(event));
  if (history_) history_->After(event, *state_);
  return Ok{};
}

const StudyHistory& StudyReader::history() const {
  if (!history_) EndWithInternalError("the history of a study that was opened without it");
  return *history_;
}

Result<StudyReader> StudyReader::Open(const fs::path& dir) { return Open(dir, false); }

Result<StudyReader> StudyReader::OpenWithHistory(const fs::path& dir) { return Open(dir, true); }

Result<StudyReader> StudyReader::Open(const fs::path& dir, bool with_history) {
  std::optional<StudyReader> reader;
  const Begin begin = [&](Database& database, const Content& content) -> Result<std::int64_t> {
    auto spec = ParseStudy(content.study_text, StudyUse::kAskTell);
    if (!spec.ok()) return spec.error().In("the study in " + dir.string());
    reader = StudyReader();
    reader->dir_ = dir;
    reader->spec_ = std::make_unique<StudySpec>(std::move(*spec));
    reader->base_folder_ = content.base_folder;
    reader->study_text_ = content.study_text;
    if (with_history) reader->history_.emplace();
    reader->state_ = std::make_unique<StudyState>(
        with_history ? StudyState(*reader->spec_) : NewestSnapshot(database, *reader->spec_));
    return reader->state_->sequence();
  };
  FARETTO_RETURN_IF_ERROR(
      Read(dir, begin, [&](const Event& event) { return reader->Take(event); }));
  return std::move(*reader);
}

Status StudyReader::CatchUp() {
  bool same_study = true;
  const Begin begin = [&](Database&, const Content& content) -> Result<std::int64_t> {
    same_study = content.study_text == study_text_;
    return state_->sequence();
  };
  const Status read = Read(
      dir_, begin, [&](const Event& event) { return same_study ? Take(event) : Status(Ok{}); });
  if (read.ok() && same_study) return read;
  FARETTO_ASSIGN_OR_RETURN(*this, Open(dir_, history_.has_value()));
  return Ok{};
}

Status EventsSince(const fs::path& dir, std::int64_t sequence,
                   const std::function<Status(const Event&)>& visit) {
  return Read(
      dir, [&](Database&, const Content&) -> Result<std::int64_t> { return sequence; }, visit);
}

}  // namespace faretto
