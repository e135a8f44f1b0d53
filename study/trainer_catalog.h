// What the study file may say in "trainer", and what each trainer reports: facts that the scheduler
// and every query need without loading LibTorch. A test in trainers/ holds the catalogue against
// the real trainers.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "search_spaces/space.h"

namespace faretto {

struct TrainerDescription {
  std::string type;
  // Names that it reports; empty = whatever the program reports (trainer `command` without
  // "metrics").
  std::vector<std::string> metrics;
  // Names that mean something else in its reports, and are no metrics therefore.
  std::vector<std::string> reserved;
  // Parameters that it does something with; empty = all.
  std::vector<std::string> parameters;
  // Reference lines that it can compute, "default" (the default configuration at full resource)
  // included.
  std::vector<std::string> baselines;
  // Does it read a data set, or start a program, that can be checked before anything starts?
  bool reads_data = false;
  // limits.stall_s of a study that does not set it.
  std::optional<double> default_stall_s = 600;
};

// Names of all trainers.
std::vector<std::string> TrainerTypes();

// Checks the options (unknown keys, types, ranges) and the parameters that the space must have.
// kInvalid, with the path.
Result<TrainerDescription> DescribeTrainer(const Json& trainer, const Space& space);

// The trainer object with relative paths made absolute against the study file's folder.
Json ResolveTrainerPaths(const Json& trainer, const std::filesystem::path& base);

}  // namespace faretto
