// How far a study is: the numbers of the live display and of the reply to "status". Thread safety:
// plain values, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "study/machine.h"

namespace faretto {

struct Progress {
  std::string study;
  // Trials by state.
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  std::int64_t paused = 0;
  std::int64_t completed = 0;
  std::int64_t stopped = 0;
  std::int64_t failed = 0;
  std::int64_t imported = 0;          // of paused, completed, stopped and failed ones
  std::int64_t assignments = 0;       // live ones, jobs included
  std::int64_t pending_jobs = 0;      // retrainings, reference lines, evaluations still to do
  std::int64_t workers = 0;           // that are present
  std::int64_t front_size = 0;        // at the top resource, feasible
  std::optional<double> hypervolume;  // once the reference point is known
  double spent_resource = 0;          // epochs of assignments of kind train
  std::optional<double> total_resource;
  std::optional<std::int64_t> total_trials;
  double elapsed_s = 0;  // live time, summed over resumes
  std::optional<double> total_s;
  std::optional<double> time_left_s;  // estimated from the part of the budget that is used
  bool stopping = false;              // somebody asked for the end
  bool finished = false;
  std::string finish_reason;
  std::string waiting_for;  // why no new trial starts, if none does
  // Of the youngest of the failed trials: "trial 7: ran out of memory".
  std::string failure;
  std::int64_t dropped_messages = 0;  // since this scheduler started

  // What this study has trained, at least to a first rung.
  std::int64_t done() const { return paused + completed + stopped + failed - imported; }
  std::int64_t trials() const { return waiting + running + paused + completed + stopped + failed; }
};

// `now` is the machine's live time. Costs a pass over all trials.
Progress MakeProgress(const StudyView& study, double now);
Json ProgressJson(const Progress& progress);

}  // namespace faretto
