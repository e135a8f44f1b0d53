// What the study file may say in "trainer", and what each trainer reports. The scheduler and every
// query need these facts without loading LibTorch. tests/trainers compares them with the real
// trainers.
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
  // Metrics that it reports. Empty: not known beforehand (trainer `command` without "metrics").
  std::vector<std::string> metrics;
  // Keys of its reports that are not metrics, such as "resource". No objective may have such a
  // name.
  std::vector<std::string> reserved;
  // Names of the parameters that it understands. Empty: it takes any.
  std::vector<std::string> parameters;
  // Reference lines that it can compute. "default" is the default configuration at full resource.
  std::vector<std::string> baselines;
  // It reads a data set or starts a program, which can be checked before the study starts.
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
