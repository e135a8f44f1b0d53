// Where a simulated training's values and cost come from.
// Thread safety: const use from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "objectives/pareto/objective.h"
#include "study/trial.h"

namespace faretto {

// A report to come, and the virtual seconds from the one before it (or the start) to it.
struct SimulatedReport {
  std::int64_t resource = 0;
  Metrics values;
  double cost_s = 0;
};

// What one assignment will do.
struct SimulatedTraining {
  std::vector<SimulatedReport> reports;  // rising resource
  std::optional<std::string> failure;    // after the last report; without, the target is reached
  double failure_after_s = 0;            // since that report
};

class TrainingSource {
 public:
  virtual ~TrainingSource() = default;
  // The trial, trained from resource `from` to `to`. The same arguments, the same training.
  virtual SimulatedTraining Train(const Trial& trial, std::int64_t from, std::int64_t to) const = 0;
};

}  // namespace faretto
