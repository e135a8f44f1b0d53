// Live progress of a running study on standard error: one line that is redrawn on a terminal, plain
// lines now and then elsewhere. Thread safety: one thread uses an object.
#pragma once

#include <string>

#include "base/clock.h"
#include "scheduler/service/progress.h"

namespace faretto {

// "trials 12 (2 running, 3 failed)  front 4  hypervolume 0.8123  resource 118/240  1:02 left"
std::string ProgressText(const Progress& progress);

class ProgressDisplay {
 public:
  explicit ProgressDisplay(const Clock& clock);
  void Show(const Progress& progress);
  // The last state, and a line end on a terminal.
  void Finish();

 private:
  const Clock& clock_;
  bool terminal_;
  double shown_at_ = -1e9;
  std::string text_;
  std::string shown_;
};

}  // namespace faretto
