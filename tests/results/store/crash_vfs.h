// A disk in memory, as an SQLite VFS, whose power can fail at any sync and whose room can run out.
// Writes and truncations count as durable only after a sync of their file; of the others any subset
// may survive a power failure, torn at sectors. Until the folder is synced a new file may vanish
// and a deletion may be undone. For one connection at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"

struct sqlite3_vfs;

namespace faretto {

class CrashDisk {
 public:
  enum class Survivors { kNone, kAll, kRandom };

  // Registers the VFS under this name.
  explicit CrashDisk(std::string name);
  ~CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  const std::string& name() const { return name_; }
  int syncs() const { return syncs_; }
  std::size_t file_count() const { return files_.size(); }
  std::int64_t size() const;

  // The power fails at the sync with this number (from 1, counted from the start): before it has
  // done anything, or just after it. From then on every access is an I/O error. 0: never.
  void FailPowerAt(int sync, bool after);
  bool powered() const { return powered_; }
  // The power is back: un-synced writes are lost, kept, or kept in part. No file may be open.
  void Restore(Survivors survivors, RandomStream& random);

  // Bytes of all files together; writes beyond it find the disk full.
  void SetCapacity(std::int64_t bytes) { capacity_ = bytes; }

  struct Change {
    bool truncate = false;
    std::int64_t offset = 0;  // truncate: the new size
    std::string data;
  };
  struct File {
    std::string durable;  // what is certain to be there after a power failure
    std::string current;  // what the program sees
    std::vector<Change> pending;
    bool exists_durably = false;
    bool syncs_folder = false;  // with its first sync, as SQLite does for new journals and logs
    std::vector<std::unique_ptr<char[]>> shared_memory;
  };

  // Behind the VFS.
  std::shared_ptr<File> Open(const std::string& path, bool create);
  bool Exists(const std::string& path) const { return files_.contains(path); }
  void Delete(const std::string& path, bool sync_folder);
  bool HasRoomFor(const File& file, std::int64_t end) const;
  // False: the power is gone.
  bool Sync(File& file);

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::shared_ptr<File>> deleted_;  // perhaps, until the folder is synced
  std::int64_t capacity_ = INT64_MAX;
  int syncs_ = 0;
  int fail_at_ = 0;
  bool fail_after_ = false;
  bool powered_ = true;
};

}  // namespace faretto
