// The study folder's record, written by the scheduler alone: DIR/trials.db (SQLite; schema in
// docs/store.md) and DIR/study.json.
//
//   FARETTO_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(dir, spec, options));
//   FARETTO_RETURN_IF_ERROR(Resume(*store, machine));
//   Outcome outcome = machine.Start(...);
//   FARETTO_RETURN_IF_ERROR(store->Append(outcome.events));  // durable once this returns
//
// Open takes the state from the store's newest snapshot and folds the events since, each once.
//
// Thread safety: none; one thread owns a store. Other processes may read the file meanwhile
// (results/store/reader.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "study/event.h"
#include "study/machine.h"
#include "study/study_spec.h"

namespace faretto {

struct OpenOptions {
  // The study file as it was read; DIR/study.json becomes its copy. Empty: written from
  // StudySpec::source.
  std::string study_text;
  // The study file's folder: its relative paths start there. Kept from the newest start that names
  // one.
  std::filesystem::path base_folder;
  double unix_s = 0;  // now, kept as the time of creation
  std::string vfs;    // name of a registered SQLite VFS; empty: the system's
  // Network file systems have neither shared memory between machines nor locks that can be relied
  // on: no WAL, the file locked for as long as it is open. Set by Open from the file system's type
  // as well.
  bool exclusive = false;
  // The state is kept as a snapshot, from which the next start goes on, when the store closes so
  // many events after the last one, and while it is open after so many and a fifth of all.
  // Folding 10,000 events takes about 0.1 s.
  std::int64_t snapshot_every = 10000;
};

class Store {
 public:
  // Opens the study in `dir`, or makes the folder and the study. On an error nothing is left behind
  // that was not there before.
  // kInvalid: the folder holds another study (the part that differs is named), or a store of a
  // newer version. kFailed: unwritable folder, full disk, damaged file, locked file.
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& dir,
                                             const StudySpec& spec, const OpenOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Was the study there before Open?
  bool resumed() const;
  // Folder against which relative paths of the study file are resolved.
  const std::filesystem::path& base_folder() const;

  // The fold of what is stored. Valid until the next Append.
  const StudyState& state() const;
  // The stored events after number `sequence` (0: all) in order; stops at the first error of
  // `visit`.
  Status EventsSince(std::int64_t sequence, const std::function<Status(const Event&)>& visit);

  // One transaction: the events and the tables that follow from them, all or nothing, synced to
  // disk when it returns. Sequence numbers continue those stored. A SchedulerStarted takes over its
  // incarnation, which must be higher than any before; other events are refused before it. After
  // an error (full disk, ...) nothing of it counts and every later Append fails too: the caller's
  // state is ahead of the record, so it must end.
  Status Append(std::span<const Event> events);
  // Did the last Append fail because a scheduler with a higher incarnation has written?
  bool superseded() const;

  // A consistent copy of the whole store in DIR/snapshot.db for readers; needed where the file is
  // locked exclusively.
  Status CopyForReaders();
  bool exclusive() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Brings a new machine to where the record is. The state that the store has folded is taken over;
// only a study with lookahead, or with a suggestion that waits for its answer, is folded once more,
// since what that suggestion knows lies in the past.
Status Resume(Store& store, Machine& machine);

}  // namespace faretto
