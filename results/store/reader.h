// Read-only view of a study folder, while its scheduler runs or after it has died.
//
//   FARETTO_ASSIGN_OR_RETURN(StudyReader study, StudyReader::Open(dir));
//   Result<Front> front = StudyFront(study.view(), {});
//
// Everything is read in one transaction: the state is the one after some event, never half of a
// commit. Makes no files in the folder, but for the -shm that SQLite needs beside a -wal which lost
// it; folders that may not be written to can be read. Thread safety: const use from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "results/store/history.h"
#include "study/state.h"
#include "study/study_spec.h"
#include "study/suggestion.h"

namespace faretto {

class StudyReader {
 public:
  // kInvalid: the folder holds no study, or one of a newer version. kFailed: it cannot be read.
  static Result<StudyReader> Open(const std::filesystem::path& dir);
  // With history(): every event is folded, while Open begins at the store's newest snapshot.
  static Result<StudyReader> OpenWithHistory(const std::filesystem::path& dir);
  // Folds what was stored since: for watchers, to whom the whole record would be too much each
  // time. A study that was begun anew in the folder is read from its start.
  Status CatchUp();

  const StudySpec& spec() const { return *spec_; }
  const StudyState& state() const { return *state_; }
  StudyView view() const { return {*spec_, *state_}; }
  // Only after OpenWithHistory.
  const StudyHistory& history() const;
  // Folder against which relative paths of the study file are resolved.
  const std::filesystem::path& base_folder() const { return base_folder_; }
  // Text of the study file of the newest start.
  const std::string& study_text() const { return study_text_; }

 private:
  StudyReader() = default;
  static Result<StudyReader> Open(const std::filesystem::path& dir, bool with_history);
  Status Take(const Event& event);

  std::filesystem::path dir_;
  std::unique_ptr<StudySpec> spec_;  // stays where it is: the state points at it
  std::unique_ptr<StudyState> state_;
  std::optional<StudyHistory> history_;
  std::filesystem::path base_folder_;
  std::string study_text_;
};

// The stored events after number `sequence` (0: all) in order, as StudyReader reads them; stops at
// the first error of `visit`.
Status EventsSince(const std::filesystem::path& dir, std::int64_t sequence,
                   const std::function<Status(const Event&)>& visit);

}  // namespace faretto
