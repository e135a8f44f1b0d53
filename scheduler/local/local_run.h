// A scheduler in this process and workers beside it: what `run` and `retrain` start.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "scheduler/service/service.h"
#include "study/study_spec.h"

namespace faretto {

struct LocalRunOptions {
  std::filesystem::path dir;
  std::filesystem::path base_folder;  // of the study file; empty: as the study folder remembers
  std::string study_text;
  int workers = 1;
  bool takeover = false;
  std::string bind;
  std::vector<Operation>
      first_requests;  // done before anything else; the first refusal ends the run
};

struct LocalRunEnd {
  ServiceEnd end;
  std::vector<Response> first_responses;
};

// Serves until the study is over. Ctrl-C and SIGTERM drain, a second one ends at once; both end as
// kInterrupted. kFailed too: every worker ended although there was work.
Result<LocalRunEnd> RunLocally(StudySpec spec, const LocalRunOptions& options);

// One worker a core that this process may use.
int DefaultWorkers();

}  // namespace faretto
