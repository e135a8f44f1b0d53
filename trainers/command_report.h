// One line that a program writes to its results pipe. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"

namespace faretto {

struct CommandReport {
  std::int64_t resource = 0;
  Metrics values;  // finite; a null is left out
  double cost = 0;
};

// The whole options of a command trainer.
struct CommandOptions {
  std::vector<std::string> command;
  std::vector<std::string> metrics;  // a report at the target must name them all; may be empty
  std::map<std::string, std::string> environment;
  std::string folder;  // working folder
};

// kInvalid, with the path in the trainer object.
Result<CommandOptions> ParseCommandOptions(const Json& trainer);

// `previous` is the resource of the report before it: without a "cost" the difference is the cost.
// The error's message is the reason why the trial failed: "nan" for a line that holds NaN or
// Infinity (they are not JSON, but many programs write them), else a sentence with the line.
Result<CommandReport> ParseCommandReport(const std::string& line, std::int64_t previous);

}  // namespace faretto
