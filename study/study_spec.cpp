#include "study/study_spec.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/field_reader.h"
#include "base/files.h"
#include "base/names.h"
#include "base/number_text.h"
#include "base/random.h"
#include "study/budget_json.h"
#include "study/rungs.h"
#include "study/study_schema.h"
#include "study/trainer_catalog.h"

namespace faretto {
namespace {

// A convention: far more than the workers that a lookahead can keep busy.
constexpr std::int64_t kMostLookahead = 1000;

std::string At(const std::string& list, std::size_t i) {
  return list + "[" + std::to_string(i) + "]";
}

Result<std::vector<Objective>> ParseObjectives(const Json& json) {
  if (!json.is_array() || json.empty())
    return Invalid("objectives must be a list with at least one objective");
  std::vector<Objective> objectives;
  std::set<std::string> names;
  for (std::size_t i = 0; i < json.size(); ++i) {
    FieldReader fields(json[i], At("objectives", i));
    Objective objective;
    std::string direction = "minimize";
    fields.Require("name");
    fields.Text("name", objective.name);
    fields.Text("direction", direction);
    fields.Boolean("log", objective.log);
    fields.OptionalNumber("reference", objective.reference, false);
    if (objective.log && objective.reference && *objective.reference <= 0) {
      fields.Problem("reference", "is " + NumberText(*objective.reference) +
                                      ", which has no logarithm; give one above 0, or leave out "
                                      "\"log\"");
    }
    if (direction != "minimize" && direction != "maximize") {
      fields.Problem("direction",
                     "is \"" + direction + "\"" + NameHint(direction, {"minimize", "maximize"}));
    }
    if (objective.name.empty()) fields.Problem("name", "must not be empty");
    FARETTO_RETURN_IF_ERROR(fields.Finish());
    objective.direction = direction == "maximize" ? Direction::kMaximize : Direction::kMinimize;
    if (!names.insert(objective.name).second) {
      return Invalid(At("objectives", i) + ".name repeats \"" + objective.name +
                     "\"; give each objective its own name");
    }
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

Result<std::vector<Constraint>> ParseConstraints(const Json& json) {
  if (!json.is_array())
    return Invalid("constraints must be a list, it is " + std::string(JsonTypeName(json)));
  std::vector<Constraint> constraints;
  for (std::size_t i = 0; i < json.size(); ++i) {
    FieldReader fields(json[i], At("constraints", i));
    Constraint constraint;
    fields.Require("metric");
    fields.Text("metric", constraint.metric);
    fields.OptionalNumber("at_most", constraint.at_most, false);
    fields.OptionalNumber("at_least", constraint.at_least, false);
    FARETTO_RETURN_IF_ERROR(fields.Finish());
    if (!constraint.at_most && !constraint.at_least) {
      return Invalid(At("constraints", i) + " has no bound; give at_most or at_least");
    }
    if (constraint.at_most && constraint.at_least && *constraint.at_least > *constraint.at_most) {
      return Invalid(At("constraints", i) + " has at_least above at_most; nothing can satisfy it");
    }
    constraints.push_back(std::move(constraint));
  }
  return constraints;
}

void ReadChoice(FieldReader& fields, const std::string& name, const std::vector<std::string>& known,
                std::string& target) {
  fields.Text(name, target);
  if (std::find(known.begin(), known.end(), target) == known.end())
    fields.Problem(name, "is \"" + target + "\"" + NameHint(target, known));
}

Result<AlgorithmSpec> ParseAlgorithm(const Json& json) {
  AlgorithmSpec algorithm;
  if (json.is_null()) return algorithm;
  FieldReader fields(json, "algorithm");
  fields.Text("searcher", algorithm.searcher);
  if (fields.Find("searcher") != nullptr && algorithm.searcher.empty())
    fields.Problem("searcher", "is empty; name a searcher, or leave it out to have one chosen");
  fields.Text("fidelity", algorithm.fidelity);
  fields.Number("min_resource", algorithm.min_resource, 1);
  fields.Number("max_resource", algorithm.max_resource, 1);
  fields.Number("reduction_factor", algorithm.reduction_factor, 2);
  fields.Integer("population", algorithm.population, 2);
  ReadChoice(fields, "surrogate", {"gp", "rf"}, algorithm.surrogate);
  fields.OptionalInteger("initial", algorithm.initial, 1);
  fields.Integer("lookahead", algorithm.lookahead, 0);
  if (algorithm.lookahead > kMostLookahead)
    fields.Problem("lookahead", "must be at most " + std::to_string(kMostLookahead) + ", it is " +
                                    std::to_string(algorithm.lookahead));
  ReadChoice(fields, "cost", {"resource", "reported"}, algorithm.cost);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  if (algorithm.min_resource > algorithm.max_resource) {
    return Invalid("algorithm.min_resource (" + NumberText(algorithm.min_resource) +
                   ") is above algorithm.max_resource (" + NumberText(algorithm.max_resource) +
                   ")");
  }
  constexpr double kLargest = 1e9;  // a convention: far above any training, far below 2^53
  if (algorithm.max_resource > kLargest)
    return Invalid("algorithm.max_resource must be at most 1e9");
  if (algorithm.reduction_factor > kLargest)
    return Invalid("algorithm.reduction_factor must be at most 1e9");
  return algorithm;
}

// Keys that came after the first release stand in an identity only where they differ from their
// default, so that older folders can be resumed.
Json ObjectiveToJson(const Objective& objective) {
  Json json = {{"name", objective.name},
               {"direction", objective.direction == Direction::kMaximize ? "maximize" : "minimize"},
               {"reference", objective.reference ? Json(*objective.reference) : Json()}};
  if (objective.log) json["log"] = true;
  return json;
}

Json AlgorithmToJson(const AlgorithmSpec& algorithm) {
  const AlgorithmSpec standard;
  Json json = {{"searcher", algorithm.searcher.empty() ? Json() : Json(algorithm.searcher)},
               {"fidelity", algorithm.fidelity},
               {"min_resource", algorithm.min_resource},
               {"max_resource", algorithm.max_resource},
               {"reduction_factor", algorithm.reduction_factor},
               {"population", algorithm.population}};
  if (algorithm.surrogate != standard.surrogate) json["surrogate"] = algorithm.surrogate;
  if (algorithm.initial) json["initial"] = *algorithm.initial;
  if (algorithm.lookahead != standard.lookahead) json["lookahead"] = algorithm.lookahead;
  if (algorithm.cost != standard.cost) json["cost"] = algorithm.cost;
  return json;
}

Status CheckMetricName(const std::string& path, const std::string& name,
                       const TrainerDescription& trainer) {
  const auto& reserved = trainer.reserved;
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
    return Invalid(path + " is \"" + name +
                   "\", which means something else in the reports of trainer " + trainer.type +
                   "; give the metric another name");
  }
  if (trainer.metrics.empty()) return Ok{};
  for (const std::string& metric : trainer.metrics) {
    if (metric == name) return Ok{};
  }
  return Invalid(path + " is \"" + name + "\", which the trainer " + trainer.type +
                 " does not report" + NameHint(name, trainer.metrics));
}

// A parameter that the trainer does not know is most likely misspelt.
Status CheckParametersAreUsed(const Space& space, const TrainerDescription& trainer) {
  const std::vector<std::string>& used = trainer.parameters;
  for (const Parameter& parameter : space.parameters()) {
    if (used.empty() || std::find(used.begin(), used.end(), parameter.name) != used.end()) continue;
    return Invalid("space: trainer " + trainer.type + " does not use the parameter \"" +
                   parameter.name + "\"" + NameHint(parameter.name, used));
  }
  return Ok{};
}

Status CheckTrainer(StudySpec& spec, bool stall_given, StudyUse use) {
  FARETTO_ASSIGN_OR_RETURN(TrainerDescription trainer, DescribeTrainer(spec.trainer, spec.space));
  // With ask-tell an outside program trains, so no trainer is needed.
  if (use == StudyUse::kRun) {
    FARETTO_RETURN_IF_ERROR(CheckParametersAreUsed(spec.space, trainer));
  } else {
    trainer.reserved.clear();
  }
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    FARETTO_RETURN_IF_ERROR(
        CheckMetricName(At("objectives", i) + ".name", spec.objectives[i].name, trainer));
  }
  for (std::size_t i = 0; i < spec.constraints.size(); ++i) {
    FARETTO_RETURN_IF_ERROR(
        CheckMetricName(At("constraints", i) + ".metric", spec.constraints[i].metric, trainer));
  }
  if (!stall_given) spec.limits.stall_s = trainer.default_stall_s;
  return Ok{};
}

Status CheckBudget(const StudySpec& spec, StudyUse use) {
  const bool none = !spec.budget.trials && !spec.budget.resource && !spec.budget.wall_clock_s;
  if (none && use == StudyUse::kRun) {
    return Invalid("budget is missing: give at least one of trials, resource, wall_clock_s");
  }
  const auto first = static_cast<double>(ComparisonRungs(spec.algorithm).front());
  if (spec.budget.resource && *spec.budget.resource < first) {
    return Invalid("budget.resource is " + NumberText(*spec.budget.resource) +
                   ", too little for a single trial, which needs " + NumberText(first));
  }
  return Ok{};
}

Result<StudySpec> ParseParts(FieldReader& fields, const Json& json, StudyUse use) {
  std::string name;
  std::int64_t seed = 0;
  fields.Find("$schema");  // for editors
  fields.Text("name", name);
  fields.Integer("seed", seed, 0);
  const Json* space_json = fields.Require("space");
  const Json* objectives_json = fields.Require("objectives");
  const Json* constraints_json = fields.Find("constraints");
  const Json* algorithm_json = fields.Find("algorithm");
  const Json* budget_json = fields.Find("budget");
  const Json* retry_json = fields.Find("retry");
  const Json* limits_json = fields.Find("limits");
  const Json* trainer_json =
      use == StudyUse::kRun ? fields.Require("trainer") : fields.Find("trainer");
  FARETTO_RETURN_IF_ERROR(fields.Finish());

  if (!space_json->is_object())
    return Invalid("space must be an object, it is " + std::string(JsonTypeName(*space_json)));
  auto space = Space::Parse(*space_json);
  if (!space.ok()) return Invalid("space." + space.error().message);
  StudySpec spec{
      .name = name, .seed = static_cast<std::uint64_t>(seed), .space = std::move(*space)};
  FARETTO_ASSIGN_OR_RETURN(spec.objectives, ParseObjectives(*objectives_json));
  if (constraints_json) {
    FARETTO_ASSIGN_OR_RETURN(spec.constraints, ParseConstraints(*constraints_json));
  }
  if (algorithm_json) {
    FARETTO_ASSIGN_OR_RETURN(spec.algorithm, ParseAlgorithm(*algorithm_json));
  }
  if (budget_json) {
    FARETTO_ASSIGN_OR_RETURN(spec.budget, BudgetFromJson(*budget_json));
  }
  if (retry_json) {
    FARETTO_ASSIGN_OR_RETURN(spec.retry, RetryFromJson(*retry_json));
  }
  if (limits_json) {
    FARETTO_ASSIGN_OR_RETURN(spec.limits, LimitsFromJson(*limits_json));
  }
  if (trainer_json) {
    spec.trainer = *trainer_json;
    FARETTO_RETURN_IF_ERROR(
        CheckTrainer(spec, limits_json && limits_json->contains("stall_s"), use));
  }
  FARETTO_RETURN_IF_ERROR(CheckBudget(spec, use));
  spec.source = json;
  return spec;
}

Status CheckName(const StudySpec& spec) {
  // The name becomes a folder: runs/<name>.
  const bool bad = spec.name.empty() || spec.name == "." || spec.name == ".." ||
                   spec.name.size() > 200 || spec.name.find('/') != std::string::npos ||
                   std::any_of(spec.name.begin(), spec.name.end(),
                               [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (bad)
    return Invalid("name must be text that can name a folder (not empty, no '/'), it is " +
                   DumpJson(spec.name));
  return Ok{};
}

}  // namespace

Result<StudySpec> ParseStudy(std::string_view text, StudyUse use) {
  FARETTO_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  FieldReader fields(json, "");
  FARETTO_ASSIGN_OR_RETURN(StudySpec spec, ParseParts(fields, json, use));
  if (!json.contains("name")) spec.name = "study";
  FARETTO_RETURN_IF_ERROR(CheckName(spec));
  FARETTO_RETURN_IF_ERROR(CheckAgainstSchema(json));
  return spec;
}

Result<StudySpec> LoadStudy(const std::filesystem::path& file, StudyUse use) {
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  auto spec = ParseStudy(text, use);
  if (!spec.ok()) return spec.error().In(file.string());
  return spec;
}

std::uint64_t TrialSeed(const StudySpec& spec, std::int64_t trial) {
  return DeriveSeed(spec.seed, "trial", {static_cast<std::uint64_t>(trial)}) >> 11;
}

Json StudyIdentity(const StudySpec& spec) {
  Json objectives = Json::array();
  for (const Objective& objective : spec.objectives)
    objectives.push_back(ObjectiveToJson(objective));
  Json constraints = Json::array();
  for (const Constraint& constraint : spec.constraints) {
    constraints.push_back(
        {{"metric", constraint.metric},
         {"at_most", constraint.at_most ? Json(*constraint.at_most) : Json()},
         {"at_least", constraint.at_least ? Json(*constraint.at_least) : Json()}});
  }
  return {{"name", spec.name},
          {"space", spec.space.ToJson()},
          {"objectives", std::move(objectives)},
          {"constraints", std::move(constraints)},
          {"algorithm", AlgorithmToJson(spec.algorithm)},
          {"trainer", spec.trainer},
          {"seed", spec.seed}};
}

std::string IdentityDifference(const Json& a, const Json& b) {
  for (const auto& [part, value] : a.items()) {
    if (!b.contains(part) || CanonicalJson(value) != CanonicalJson(b[part])) return part;
  }
  for (const auto& [part, value] : b.items()) {
    if (!a.contains(part)) return part;
  }
  return "";
}

}  // namespace faretto
