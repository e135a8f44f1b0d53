#include "tests/results/store/crash_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace faretto {
namespace {

constexpr std::size_t kSector = 512;

void ApplyTo(std::string& content, const CrashDisk::Change& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.truncate) {
    content.resize(offset, '\0');
    return;
  }
  if (content.size() < offset + change.data.size())
    content.resize(offset + change.data.size(), '\0');
  content.replace(offset, change.data.size(), change.data);
}

// Each sector of the change survives or not by itself.
void ApplyTorn(std::string& content, const CrashDisk::Change& change, RandomStream& random) {
  if (change.truncate) {
    if (random.Below(2) == 0) ApplyTo(content, change);
    return;
  }
  for (std::size_t begin = 0; begin < change.data.size(); begin += kSector) {
    if (random.Below(2) == 0) continue;
    ApplyTo(content, {false, change.offset + static_cast<std::int64_t>(begin),
                      change.data.substr(begin, kSector)});
  }
}

struct OpenFile {
  sqlite3_file base;  // first: SQLite sees only this
  CrashDisk* disk;
  std::shared_ptr<CrashDisk::File>* file;
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
CrashDisk& DiskOf(sqlite3_vfs* vfs) { return *static_cast<CrashDisk*>(vfs->pAppData); }
sqlite3_vfs* System() { return sqlite3_vfs_find("unix"); }

int Close(sqlite3_file* f) {
  delete Of(f).file;
  return SQLITE_OK;
}

int Read(sqlite3_file* f, void* target, int amount, sqlite3_int64 offset) {
  if (!Of(f).disk->powered()) return SQLITE_IOERR_READ;
  const std::string& content = (*Of(f).file)->current;
  std::memset(target, 0, static_cast<std::size_t>(amount));
  if (offset >= static_cast<sqlite3_int64>(content.size())) return SQLITE_IOERR_SHORT_READ;
  const auto begin = static_cast<std::size_t>(offset);
  const std::size_t there = std::min(content.size() - begin, static_cast<std::size_t>(amount));
  std::memcpy(target, content.data() + begin, there);
  return there == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* f, const void* source, int amount, sqlite3_int64 offset) {
  if (!Of(f).disk->powered()) return SQLITE_IOERR_WRITE;
  CrashDisk::File& file = **Of(f).file;
  if (!Of(f).disk->HasRoomFor(file, offset + amount)) return SQLITE_FULL;
  file.pending.push_back(
      {false, offset,
       std::string(static_cast<const char*>(source), static_cast<std::size_t>(amount))});
  ApplyTo(file.current, file.pending.back());
  return SQLITE_OK;
}

int Truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (!Of(f).disk->powered()) return SQLITE_IOERR_TRUNCATE;
  CrashDisk::File& file = **Of(f).file;
  file.pending.push_back({true, size, ""});
  ApplyTo(file.current, file.pending.back());
  return SQLITE_OK;
}

int Sync(sqlite3_file* f, int) {
  return Of(f).disk->Sync(**Of(f).file) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int FileSize(sqlite3_file* f, sqlite3_int64* size) {
  if (!Of(f).disk->powered()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>((*Of(f).file)->current.size());
  return SQLITE_OK;
}

// One connection: every lock is free.
int Lock(sqlite3_file*, int) { return SQLITE_OK; }
int CheckReservedLock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return kSector; }
// No promise at all: neither atomic writes nor safe overwriting.
int DeviceCharacteristics(sqlite3_file*) { return 0; }

int ShmMap(sqlite3_file* f, int region, int size, int extend, void volatile** memory) {
  auto& regions = (*Of(f).file)->shared_memory;
  *memory = nullptr;
  while (extend && static_cast<int>(regions.size()) <= region) {
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  if (region < static_cast<int>(regions.size()))
    *memory = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}
int ShmLock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void ShmBarrier(sqlite3_file*) {}
int ShmUnmap(sqlite3_file* f, int) {
  (*Of(f).file)->shared_memory.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,
                                     Close,
                                     Read,
                                     Write,
                                     Truncate,
                                     Sync,
                                     FileSize,
                                     Lock,
                                     Lock,
                                     CheckReservedLock,
                                     FileControl,
                                     SectorSize,
                                     DeviceCharacteristics,
                                     ShmMap,
                                     ShmLock,
                                     ShmBarrier,
                                     ShmUnmap,
                                     nullptr,
                                     nullptr};

int OpenPath(sqlite3_vfs* vfs, const char* path, sqlite3_file* f, int flags, int* out_flags) {
  CrashDisk& disk = DiskOf(vfs);
  f->pMethods = nullptr;
  if (!disk.powered()) return SQLITE_CANTOPEN;
  auto file = path ? disk.Open(path, (flags & SQLITE_OPEN_CREATE) != 0)
                   : std::make_shared<CrashDisk::File>();
  if (!file) return SQLITE_CANTOPEN;
  if (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL) && !file->exists_durably) {
    file->syncs_folder = true;
  }
  Of(f).disk = &disk;
  Of(f).file = new std::shared_ptr<CrashDisk::File>(std::move(file));
  f->pMethods = &kMethods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int DeletePath(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  if (!DiskOf(vfs).powered()) return SQLITE_IOERR_DELETE;
  if (!DiskOf(vfs).Exists(path)) return SQLITE_IOERR_DELETE_NOENT;
  DiskOf(vfs).Delete(path, sync_folder != 0);
  return SQLITE_OK;
}

int AccessPath(sqlite3_vfs* vfs, const char* path, int, int* result) {
  *result = DiskOf(vfs).Exists(path) ? 1 : 0;
  return SQLITE_OK;
}

int FullPath(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int Randomness(sqlite3_vfs*, int amount, char* out) {
  return System()->xRandomness(System(), amount, out);
}
int Sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int CurrentTime(sqlite3_vfs*, double* time) { return System()->xCurrentTime(System(), time); }
int LastError(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

CrashDisk::CrashDisk(std::string name)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>()) {
  sqlite3_initialize();
  *vfs_ = {};
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->mxPathname = 512;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = OpenPath;
  vfs_->xDelete = DeletePath;
  vfs_->xAccess = AccessPath;
  vfs_->xFullPathname = FullPath;
  vfs_->xRandomness = Randomness;
  vfs_->xSleep = Sleep;
  vfs_->xCurrentTime = CurrentTime;
  vfs_->xGetLastError = LastError;
  sqlite3_vfs_register(vfs_.get(), 0);
}

CrashDisk::~CrashDisk() { sqlite3_vfs_unregister(vfs_.get()); }

std::int64_t CrashDisk::size() const {
  std::int64_t sum = 0;
  for (const auto& [path, file] : files_) sum += static_cast<std::int64_t>(file->current.size());
  return sum;
}

void CrashDisk::FailPowerAt(int sync, bool after) {
  fail_at_ = sync;
  fail_after_ = after;
}

std::shared_ptr<CrashDisk::File> CrashDisk::Open(const std::string& path, bool create) {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  if (!create) return nullptr;
  deleted_.erase(path);
  return files_[path] = std::make_shared<File>();
}

void CrashDisk::Delete(const std::string& path, bool sync_folder) {
  if (!sync_folder && files_[path]->exists_durably) deleted_[path] = files_[path];
  if (sync_folder) deleted_.clear();
  files_.erase(path);
}

bool CrashDisk::HasRoomFor(const File& file, std::int64_t end) const {
  const std::int64_t growth = end - static_cast<std::int64_t>(file.current.size());
  return growth <= 0 || size() + growth <= capacity_;
}

bool CrashDisk::Sync(File& file) {
  if (!powered_) return false;
  ++syncs_;
  const bool fails = syncs_ == fail_at_;
  if (!fails || fail_after_) {
    file.durable = file.current;
    file.pending.clear();
    if (file.syncs_folder) {
      file.syncs_folder = false;
      deleted_.clear();
      for (const auto& [path, other] : files_) other->exists_durably = true;
    }
  }
  powered_ = !fails;
  return powered_;
}

void CrashDisk::Restore(Survivors survivors, RandomStream& random) {
  const auto survives = [&] {
    return survivors == Survivors::kAll ||
           (survivors == Survivors::kRandom && random.Below(2) == 0);
  };
  for (const auto& [path, file] : deleted_) {
    if (!survives()) files_.emplace(path, file);  // the deletion did not survive
  }
  deleted_.clear();
  std::erase_if(files_,
                [&](const auto& entry) { return !entry.second->exists_durably && !survives(); });
  for (const auto& [path, file] : files_) {
    for (const Change& change : file->pending) {
      if (survivors == Survivors::kAll) ApplyTo(file->durable, change);
      if (survivors == Survivors::kRandom) ApplyTorn(file->durable, change, random);
    }
    file->current = file->durable;
    file->pending.clear();
    file->exists_durably = true;
    file->shared_memory.clear();
  }
  powered_ = true;
  fail_at_ = 0;
}

}  // namespace faretto
