#include "results/store/store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/files.h"
#include "base/json.h"
#include "results/store/derived.h"
#include "results/store/event_rows.h"
#include "results/store/folder_guard.h"
#include "results/store/schema.h"
#include "results/store/snapshots.h"
#include "results/store/sqlite.h"
#include "results/store/study_folder.h"

namespace faretto {
namespace fs = std::filesystem;

struct Store::Impl {
  Impl(fs::path folder, const StudySpec& study, const OpenOptions& open_options)
      : dir(std::move(folder)), spec(study), options(open_options), state(spec) {}

  fs::path dir;
  const StudySpec spec;
  OpenOptions options;
  StudyState state;  // the fold of what is stored, for the tables that follow from it
  Database database;
  Statement insert_event;
  std::string digest;  // of the newest event
  std::optional<DerivedTables> derived;
  fs::path base_folder;
  bool resumed = false;
  bool exclusive = false;
  bool superseded = false;
  bool broken = false;                      // an Append failed: `state` is ahead of the file
  std::optional<std::int64_t> incarnation;  // ours
  std::int64_t snapshot = 0;                // number of the last event of the newest one

  std::string Folder() const { return "the folder " + dir.string(); }

  // Commits what `work` did, or nothing.
  template <class Work>
  Status Transaction(const Work& work) {
    FARETTO_RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
    Status done = work();
    if (done.ok()) done = database.Execute("COMMIT");
    if (!done.ok()) (void)database.Execute("ROLLBACK");
    return done;
  }

  Status OpenDatabase();
  Status CheckNewFolder() const;
  Status Create();
  Status Resume();
  Status Load();
  Status WriteStudyFile() const;
  Status CheckIncarnation();
  Status AppendOne(const Event& event);
  void KeepSnapshot();
};

Status Store::Impl::OpenDatabase() {
  FARETTO_ASSIGN_OR_RETURN(database,
                           Database::Open(dir / kStoreFile, OpenMode::kReadWrite, options.vfs));
  if (!exclusive) {
    FARETTO_RETURN_IF_ERROR(database.Execute("PRAGMA synchronous = FULL"));
    return database.Execute("PRAGMA journal_mode = WAL");
  }
  // EXTRA syncs the folder as well after the journal is gone: without WAL that is what ends a
  // transaction.
  FARETTO_RETURN_IF_ERROR(
      database.Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = EXTRA"));
  FARETTO_RETURN_IF_ERROR(database.Execute("PRAGMA journal_mode = DELETE"));
  return database.Execute("BEGIN EXCLUSIVE; COMMIT");  // takes the lock now, not at the first write
}

// A study.json that is not this study's is somebody's file: not to be written over.
Status Store::Impl::CheckNewFolder() const {
  std::error_code code;
  if (!fs::exists(dir / kStudyFile, code)) return Ok{};
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(dir / kStudyFile));
  if (text == options.study_text) return Ok{};
  return Invalid(
      Folder() +
      " holds no study but another study.json; remove that file or choose another folder");
}

Status Store::Impl::WriteStudyFile() const {
  std::error_code code;
  if (fs::exists(dir / kStudyFile, code)) {
    const auto text = ReadFile(dir / kStudyFile);
    if (text.ok() && *text == options.study_text) return Ok{};
  }
  return WriteFileAtomically(dir / kStudyFile, options.study_text);
}

Status Store::Impl::Create() {
  FARETTO_RETURN_IF_ERROR(CheckNewFolder());
  base_folder = options.base_folder;
  return Transaction([&]() -> Status {
    FARETTO_RETURN_IF_ERROR(CreateSchema(database, spec));
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "study", options.study_text));
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "identity", DumpJson(StudyIdentity(spec))));
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "incarnation", "0"));
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "base_folder", base_folder.string()));
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "created_unix_s", DumpJson(options.unix_s)));
    return WriteStudyFile();
  });
}

Status Store::Impl::Resume() {
  resumed = true;
  const std::string file = (dir / kStoreFile).string();
  FARETTO_ASSIGN_OR_RETURN(const int version, CheckSchema(database, file));
  FARETTO_ASSIGN_OR_RETURN(const std::string identity, GetMeta(database, "identity"));
  const Json stored = Json::parse(identity, nullptr, false);
  const std::string part = IdentityDifference(stored, StudyIdentity(spec));
  if (!part.empty()) {
    return Invalid(Folder() + " holds another study: its " + part +
                   " differs from the study file's; choose another folder" +
                   (part == "name" ? "" : ", or begin this one anew: faretto run --fresh"));
  }
  FARETTO_ASSIGN_OR_RETURN(const std::string study, GetMeta(database, "study"));
  FARETTO_ASSIGN_OR_RETURN(base_folder, GetMeta(database, "base_folder"));
  const bool moved = !options.base_folder.empty() && options.base_folder != base_folder;
  if (moved) base_folder = options.base_folder;
  if (version < kSchemaVersion || study != options.study_text || moved) {
    FARETTO_RETURN_IF_ERROR(Transaction([&]() -> Status {
      FARETTO_RETURN_IF_ERROR(MigrateSchema(database, version));
      FARETTO_RETURN_IF_ERROR(SetMeta(database, "study", options.study_text));
      return SetMeta(database, "base_folder", base_folder.string());
    }));
  }
  return WriteStudyFile();
}

Status Store::Impl::Load() {
  FARETTO_ASSIGN_OR_RETURN(insert_event, PrepareEventInsert(database));
  FARETTO_ASSIGN_OR_RETURN(derived, DerivedTables::Prepare(database));
  FARETTO_ASSIGN_OR_RETURN(digest, NewestDigest(database));
  state = NewestSnapshot(database, spec);
  snapshot = state.sequence();
  return ForEachEventRow(database, snapshot,
                         [&](const Event& event) { return state.Apply(event); });
}

// An older scheduler that has been replaced must not write any more.
Status Store::Impl::CheckIncarnation() {
  FARETTO_ASSIGN_OR_RETURN(
      const std::int64_t stored,
      database.QueryInteger("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'incarnation'"));
  if (incarnation && stored != *incarnation) {
    superseded = true;
    return Failed("another scheduler has taken over " + dir.string() + " (incarnation " +
                  std::to_string(stored) + ", this one is " + std::to_string(*incarnation) +
                  "); this one ends");
  }
  FARETTO_ASSIGN_OR_RETURN(const std::int64_t last,
                           database.QueryInteger("SELECT MAX(sequence) FROM events"));
  if (stored > state.incarnation() || last != state.sequence()) {
    return Failed("another scheduler wrote to " + dir.string() +
                  " while this one started; start again");
  }
  return Ok{};
}

Status Store::Impl::AppendOne(const Event& event) {
  if (const auto* start = std::get_if<SchedulerStarted>(&event.body)) {
    if (start->incarnation <= state.incarnation()) {
      return Failed("a scheduler start must take a higher incarnation than " +
                    std::to_string(state.incarnation()));
    }
    FARETTO_RETURN_IF_ERROR(SetMeta(database, "incarnation", std::to_string(start->incarnation)));
    incarnation = start->incarnation;
  } else if (!incarnation) {
    return Failed("an event before this scheduler's start");
  }
  derived->Before(event, state);
  FARETTO_RETURN_IF_ERROR(state.Apply(event));
  FARETTO_RETURN_IF_ERROR(InsertEvent(insert_event, event, digest));
  return derived->After(event, state);
}

// Nothing is lost without it, so a failure is passed over: if the disk is broken, the next Append
// says so.
void Store::Impl::KeepSnapshot() {
  if (!incarnation || broken) return;
  snapshot = state.sequence();
  (void)Transaction([&]() -> Status {
    FARETTO_RETURN_IF_ERROR(CheckIncarnation());
    return SaveSnapshot(database, state, digest);
  });
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() {
  if (impl_->state.sequence() - impl_->snapshot >= impl_->options.snapshot_every)
    impl_->KeepSnapshot();
}

Result<std::unique_ptr<Store>> Store::Open(const fs::path& dir, const StudySpec& spec,
                                           const OpenOptions& options) {
  for (const Objective& objective : spec.objectives) {
    // SQL text ends at a NUL.
    if (objective.name.find('\0') != std::string::npos) {
      return Invalid("the name of an objective holds a NUL character; choose another name");
    }
  }
  auto impl = std::make_unique<Impl>(dir, spec, options);
  if (options.study_text.empty()) impl->options.study_text = spec.source.dump(2) + "\n";
  impl->exclusive = options.exclusive || OnNetworkFileSystem(dir);
  Status opened = Ok{};
  {
    FolderGuard guard(dir, options.vfs);
    opened = [&]() -> Status {
      FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(dir));
      FARETTO_RETURN_IF_ERROR(impl->OpenDatabase());
      FARETTO_ASSIGN_OR_RETURN(const bool empty, IsEmptyStore(impl->database));
      FARETTO_RETURN_IF_ERROR(empty ? impl->Create() : impl->Resume());
      return impl->Load();
    }();
    if (opened.ok()) {
      guard.Keep();
    } else {
      impl.reset();  // closes the file before the guard removes it
    }
  }
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

bool Store::resumed() const { return impl_->resumed; }
const fs::path& Store::base_folder() const { return impl_->base_folder; }
bool Store::superseded() const { return impl_->superseded; }
bool Store::exclusive() const { return impl_->exclusive; }

const StudyState& Store::state() const { return impl_->state; }

Status Store::EventsSince(std::int64_t sequence, const std::function<Status(const Event&)>& visit) {
  return ForEachEventRow(impl_->database, sequence, visit);
}

Status Store::Append(std::span<const Event> events) {
  if (impl_->broken) {
    return Failed("the store in " + impl_->dir.string() +
                  " failed before; start the scheduler again");
  }
  if (events.empty()) return Ok{};
  Status appended = impl_->Transaction([&]() -> Status {
    FARETTO_RETURN_IF_ERROR(impl_->CheckIncarnation());
    for (const Event& event : events) FARETTO_RETURN_IF_ERROR(impl_->AppendOne(event));
    return Ok{};
  });
  impl_->broken = !appended.ok();
  // Ever rarer as the study grows, so that all snapshots together are a few times as much as one.
  const std::int64_t last = impl_->state.sequence();
  if (last - impl_->snapshot >= std::max(impl_->options.snapshot_every, last / 5))
    impl_->KeepSnapshot();
  return appended;
}

Status Store::CopyForReaders() {
  const fs::path target = impl_->dir / kReadersCopyFile;
  const fs::path temporary = target.string() + ".tmp";
  std::error_code code;
  fs::remove(temporary, code);
  FARETTO_ASSIGN_OR_RETURN(Statement copy, impl_->database.Prepare("VACUUM INTO ?1"));
  Status copied = copy.Bind(1, temporary.string()).Run();
  if (copied.ok()) {
    fs::rename(temporary, target, code);
    if (code) copied = Failed("cannot write " + target.string() + ": " + code.message());
  }
  if (!copied.ok()) fs::remove(temporary, code);
  return copied;
}

Status Resume(Store& store, Machine& machine) {
  if (machine.Resume(store.state())) return Ok{};
  return store.EventsSince(0, [&](const Event& event) { return machine.Replay(event); });
}

}  // namespace faretto
