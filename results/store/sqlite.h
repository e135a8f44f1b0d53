// Thin ownership over SQLite whose errors are sentences. For this folder's sources only.
// Thread safety: none; one connection belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace faretto {

// A prepared statement. Parameters are numbered from 1, columns from 0.
class Statement {
 public:
  Statement() = default;

  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, double value);
  Statement& Bind(int index, std::string_view text);
  Statement& BindBytes(int index, std::string_view bytes);
  Statement& BindNull(int index);
  template <class T>
  Statement& Bind(int index, const std::optional<T>& value) {
    return value ? Bind(index, *value) : BindNull(index);
  }

  // Is there a row? After false or an error the statement is reset and can be bound anew.
  Result<bool> Step();
  // Runs a statement without rows.
  Status Run();
  void Reset();

  bool IsNull(int column) const;
  std::int64_t Integer(int column) const;
  double Number(int column) const;
  std::string Text(int column) const;
  // Valid until the next Step.
  std::string_view Bytes(int column) const;
  int column_count() const;
  std::string ColumnName(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class OpenMode {
  kReadWrite,  // made if it is not there
  kReadOnly,
  kImmutable,  // read-only, and nobody writes: no locks, no side files
};

class Database {
 public:
  // An empty path: a database in memory.
  static Result<Database> Open(const std::filesystem::path& file, OpenMode mode,
                               const std::string& vfs = "");

  Result<Statement> Prepare(std::string_view sql);
  // One or more statements; rows are ignored.
  Status Execute(const std::string& sql);
  // First column of the first row.
  Result<std::int64_t> QueryInteger(std::string_view sql);
  Result<std::optional<std::string>> QueryText(std::string_view sql);
  // The bytes of the file that would hold this database.
  Result<std::string> Serialize();

  // Its path; "the store" where it has none.
  std::string name() const;

  // SQLite's primary result code of the newest error.
  int last_code() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

// Of the database file itself, as the VFS sees it.
bool DatabaseExists(const std::filesystem::path& file, const std::string& vfs);
// The file and its journals; nobody may have it open.
void RemoveDatabase(const std::filesystem::path& file, const std::string& vfs);

}  // namespace faretto
