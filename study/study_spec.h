// The study file: one search, checked as a whole before anything starts (docs/study-file.md; JSON
// Schema in study/study_schema.h).
//
//   FARETTO_ASSIGN_OR_RETURN(StudySpec spec, LoadStudy("study.json"));
//
// Thread safety: a plain value; const use from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "search_spaces/space.h"

namespace faretto {

struct AlgorithmSpec {
  std::string searcher;  // a name in scheduler/searchers' registry; empty: chosen for the study
  std::string fidelity = "asha";  // a name in scheduler/fidelity's registry
  double min_resource = 1;
  double max_resource = 1;
  double reduction_factor = 3;
  std::int64_t population = 20;         // nsga2
  std::string surrogate = "gp";         // bo: "gp" or "rf"
  std::optional<std::int64_t> initial;  // trials before the model; absent: the searcher's choice
  std::int64_t lookahead = 0;           // docs/search.md, "Lookahead"
  // "resource": a trial costs its epochs. "reported": cost is learned from reported times, which
  // differ from run to run, and so do the suggestions then.
  std::string cost = "resource";
};

struct BudgetSpec {
  std::optional<std::int64_t> trials;  // distinct configurations
  std::optional<double> resource;      // sum over assignments of kind train
  std::optional<double> wall_clock_s;  // live time of the scheduler, summed over resumes
};

struct RetrySpec {
  std::int64_t max_attempts = 3;  // in all, for what the configuration did
  std::int64_t max_lost = 5;      // losses without notice in a row, reset by each new checkpoint
};

struct LimitsSpec {
  std::optional<double> stall_s = 600;  // no progress for this long is a failure; null: no limit
  std::optional<double> assignment_s;   // one assignment may take this long; null: no limit
};

struct StudySpec {
  std::string name;
  std::uint64_t seed = 0;
  Space space;
  std::vector<Objective> objectives;
  std::vector<Constraint> constraints;
  AlgorithmSpec algorithm;
  BudgetSpec budget;
  RetrySpec retry;
  LimitsSpec limits;
  Json trainer;  // null where there is none (ask-tell)
  Json source;   // the file as it was read

  // Highest rung, an integer number of epochs: max_resource truncated.
  std::int64_t top_resource() const { return static_cast<std::int64_t>(algorithm.max_resource); }
};

// The seed that a trial keeps through all rungs. 53 bits: exact in every program that reads JSON
// numbers as doubles.
std::uint64_t TrialSeed(const StudySpec& spec, std::int64_t trial);

// What the file is for decides what it needs.
enum class StudyUse {
  kRun,      // a trainer and a budget are needed
  kAskTell,  // neither is needed
};

// Everything is checked: JSON, schema, meaning. Errors are kInvalid and name the path in the file,
// what was found, what is allowed, and the nearest known name.
Result<StudySpec> ParseStudy(std::string_view text, StudyUse use);
// ParseStudy of a file; the file's name stands in front of errors.
Result<StudySpec> LoadStudy(const std::filesystem::path& file, StudyUse use);

// Name, space, objectives, constraints, algorithm, trainer and seed: what must not change when a
// study is resumed. Canonical JSON, defaults filled in; two studies are the same iff these are
// equal.
Json StudyIdentity(const StudySpec& spec);
// The first part ("algorithm", "space", ...) in which two identities differ; empty if none.
std::string IdentityDifference(const Json& a, const Json& b);

}  // namespace faretto
