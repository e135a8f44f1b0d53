#include "results/store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace faretto {
namespace {

constexpr int kBusyTimeoutMs = 5000;

std::string NameOf(sqlite3* database) {
  const char* name = database ? sqlite3_db_filename(database, "main") : nullptr;
  return name && *name ? name : "the store";
}

Error ErrorOf(sqlite3* database, int code) {
  const std::string file = NameOf(database);
  const int system = database ? sqlite3_system_errno(database) : 0;
  const int primary = code & 0xff;
  const bool full =
      primary == SQLITE_FULL || (primary == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT));
  if (full) return Failed("the disk is full: cannot write " + file + "; make room and start again");
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    return Failed(file + " is locked by another process; stop that first");
  }
  if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT) {
    return Failed(file + " is damaged or no SQLite database: " + sqlite3_errmsg(database) +
                  "; bring it back from a copy, or start in a new folder");
  }
  std::string reason = database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) {
    if (system != 0) reason += std::string(" (") + std::strerror(system) + ")";
  }
  const bool reading = primary == SQLITE_CANTOPEN || primary == SQLITE_PERM;
  return Failed((reading ? "cannot open " : "cannot use ") + file + ": " + reason);
}

Error ErrorOf(sqlite3* database) { return ErrorOf(database, sqlite3_extended_errcode(database)); }

// The characters that mean something in a file: URI.
std::string Uri(const std::filesystem::path& file) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#') {
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

// A failed bind leaves the parameter NULL and makes the next step fail or store NULL; the only
// causes are a wrong index and no memory.
Statement& Statement::Bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}

Statement& Statement::Bind(int index, double value) {
  sqlite3_bind_double(statement_.get(), index, value);
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data() ? text.data() : "", text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBytes(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::BindNull(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    Reset();
    return false;
  }
  const Error error = ErrorOf(sqlite3_db_handle(statement_.get()));
  Reset();
  return error;
}

Status Statement::Run() {
  FARETTO_ASSIGN_OR_RETURN(const bool row, Step());
  if (row) Reset();
  return Ok{};
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::Number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (!text) return "";
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::Bytes(int column) const {
  const auto* bytes = sqlite3_column_blob(statement_.get(), column);
  if (!bytes) return "";
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

int Statement::column_count() const { return sqlite3_column_count(statement_.get()); }

std::string Statement::ColumnName(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}

Result<Database> Database::Open(const std::filesystem::path& file, OpenMode mode,
                                const std::string& vfs) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  flags |= mode == OpenMode::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                        : SQLITE_OPEN_READONLY;
  const std::string uri = (file.empty() ? "file::memory:" : Uri(file)) +
                          (mode == OpenMode::kImmutable ? "?immutable=1" : "");
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(uri.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database;
  database.database_.reset(handle);
  if (code != SQLITE_OK) {
    const std::string reason = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return Failed("cannot open " + file.string() + ": " + reason);
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return ErrorOf(database_.get());
  Statement statement;
  statement.statement_.reset(handle);
  return statement;
}

Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return ErrorOf(database_.get());
  }
  return Ok{};
}

Result<std::int64_t> Database::QueryInteger(std::string_view sql) {
  FARETTO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  FARETTO_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Integer(0) : 0;
}

Result<std::optional<std::string>> Database::QueryText(std::string_view sql) {
  FARETTO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  FARETTO_ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (!row || statement.IsNull(0)) return std::optional<std::string>();
  return std::optional<std::string>(statement.Text(0));
}

Result<std::string> Database::Serialize() {
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
      sqlite3_serialize(database_.get(), "main", &size, 0), sqlite3_free);
  if (!bytes) return Failed("there is not enough memory for a copy of the database");
  return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
}

std::string Database::name() const { return NameOf(database_.get()); }

int Database::last_code() const { return sqlite3_errcode(database_.get()) & 0xff; }

bool DatabaseExists(const std::filesystem::path& file, const std::string& vfs) {
  sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  int exists = 0;
  const std::string path = std::filesystem::absolute(file).string();
  return system &&
         system->xAccess(system, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK &&
         exists;
}

void RemoveDatabase(const std::filesystem::path& file, const std::string& vfs) {
  sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (!system) return;
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    const std::string path = std::filesystem::absolute(file).string() + suffix;
    system->xDelete(system, path.c_str(), 0);
  }
}

}  // namespace faretto
