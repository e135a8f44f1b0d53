// Which epoch the checkpoint folder of an outside program holds. The program reports an epoch and
// then writes its state; in between, and while it writes, the folder is behind the report. Only
// looking at the folder tells. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "objectives/pareto/objective.h"

namespace faretto {

// A folder as it was at one moment.
struct FolderLook {
  std::string stamp;   // changes with every file that is written, replaced or removed
  double age_s = 1e9;  // since a file was written last
};
FolderLook LookAt(const std::filesystem::path& folder);

class WrittenState {
 public:
  // The folder holds the state of this report, or of none (0).
  void Begin(std::int64_t resource, const Metrics& values, const FolderLook& look);
  // The program's next report has come. What it wrote since the one before was that one's state.
  void Report(std::int64_t resource, const Metrics& values, const FolderLook& look);
  // Some time later: what was written since the newest report is its state, once nothing has been
  // written for a while. `ended`: the program ended as it should, and writes no more.
  void Look(const FolderLook& look, bool ended);

  std::int64_t resource() const { return resource_; }
  const Metrics& values() const { return values_; }

 private:
  std::int64_t resource_ = 0;  // of the report whose state the folder holds at least
  Metrics values_;
  std::int64_t newest_ = 0;  // of the newest report
  Metrics newest_values_;
  std::string stamp_;  // of the folder, before anything was written after the newest report
};

}  // namespace faretto
