#include "study/trainer_catalog.h"

#include <functional>

#include "base/field_reader.h"
#include "base/names.h"
#include "objectives/problems/test_problems.h"

namespace faretto {
namespace {

Status CheckFace(const Json& trainer, const Space&, TrainerDescription& description) {
  FieldReader fields(trainer, "trainer");
  std::string text;
  double number = 0;
  std::int64_t integer = 0;
  fields.Text("type", text);
  fields.Text("group", text);
  std::string network = "dpn_small";
  fields.Text("network", network);
  if (network != "dpn" && network != "dpn_small") {
    fields.Problem("network", "must be \"dpn\" or \"dpn_small\", it is \"" + network + "\"");
  }
  fields.Integer("image_size", integer, 32);
  std::int64_t channels = 1;
  fields.Integer("channels", channels, 1);
  if (channels != 1 && channels != 3) fields.Problem("channels", "must be 1 (grey) or 3 (colour)");
  fields.Integer("batch", integer, 2);
  fields.Number("weight_decay", number, 0);
  fields.Integer("warmup_epochs", integer, 0);
  fields.Integer("threads", integer, 1);
  if (const Json* dataset = fields.Require("dataset")) {
    FieldReader inner(*dataset, "trainer.dataset");
    std::string type;
    std::string csv;
    inner.Require("type");
    inner.Text("type", type);
    if (!type.empty() && type != "image_list") {
      inner.Problem("type", "is \"" + type + "\"" + NameHint(type, {"image_list"}));
    }
    inner.Require("csv");
    inner.Text("csv", csv);
    inner.Integer("memory_mb", integer, 0);
    FARETTO_RETURN_IF_ERROR(inner.Finish());
  }
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  description.parameters = {"edge1",   "edge2",  "edge3", "head",  "optimizer",
                            "lr_adam", "lr_sgd", "lr",    "batch", "weight_decay"};
  description.metrics = {
      "error",       "rank_disparity",     "disparity",           "ratio",     "rank_ratio",
      "error_ratio", "rank_disparity_low", "rank_disparity_high", "train_loss"};
  description.baselines = {"pixels", "random_network", "default"};
  description.reads_data = true;
  return Ok{};
}

// The problem's variables are the numbers of the space, in [0, 1] each.
Status CheckVariables(const TestProblem& problem, const Space& space) {
  for (const Parameter& parameter : space.parameters()) {
    if (parameter.has_choices() || parameter.low < 0 || parameter.high > 1) {
      return Invalid("space: the test problem " + problem.name +
                     " takes parameters of type float or int from 0 to 1, \"" + parameter.name +
                     "\" is none");
    }
  }
  const std::size_t variables = space.size();
  const bool too_many = problem.most_variables > 0 && variables > problem.most_variables;
  if (variables < problem.least_variables || too_many) {
    return Invalid("space: the test problem " + problem.name + " takes at " +
                   (too_many ? "most " + std::to_string(problem.most_variables)
                             : "least " + std::to_string(problem.least_variables)) +
                   " variables, the space has " + std::to_string(variables));
  }
  return Ok{};
}

Result<std::vector<std::string>> TextList(const Json& json, const std::string& path);

// A benchmark table: which columns are metrics stands in the study file, the rest is read with it.
Status CheckTable(const Json& trainer, TrainerDescription& description) {
  FieldReader fields(trainer, "trainer");
  std::string text;
  double number = 0;
  fields.Text("type", text);
  fields.Text("table", text);
  fields.Number("cost_s", number, 0);
  fields.Number("sleep_s", number, 0);
  if (const Json* metrics = fields.Require("metrics")) {
    FARETTO_ASSIGN_OR_RETURN(description.metrics, TextList(*metrics, "trainer.metrics"));
  }
  description.reads_data = true;
  return fields.Finish();
}

Status CheckFunction(const Json& trainer, const Space& space, TrainerDescription& description) {
  if (trainer.contains("table")) return CheckTable(trainer, description);
  FieldReader fields(trainer, "trainer");
  std::string problem;
  double number = 0;
  fields.Text("type", problem);
  problem.clear();
  fields.Require("problem");
  fields.Text("problem", problem);
  fields.Number("cost_s", number, 0);
  fields.Number("sleep_s", number, 0);
  const TestProblem* found = FindTestProblem(problem);
  if (found == nullptr) {
    fields.Problem("problem", "is \"" + problem + "\", no known test problem" +
                                  NameHint(problem, TestProblemNames()));
  }
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  FARETTO_RETURN_IF_ERROR(CheckVariables(*found, space));
  for (std::size_t i = 1; i <= found->objectives; ++i)
    description.metrics.push_back("f" + std::to_string(i));
  return Ok{};
}

Result<std::vector<std::string>> TextList(const Json& json, const std::string& path) {
  if (!json.is_array() || json.empty())
    return Invalid(path + " must be a list of text with at least one entry");
  std::vector<std::string> list;
  for (const Json& entry : json) {
    if (!entry.is_string() || entry.get_ref<const std::string&>().empty()) {
      return Invalid(path + " must hold text, it holds " + DumpJson(entry));
    }
    list.push_back(entry.get<std::string>());
  }
  return list;
}

Status CheckCommand(const Json& trainer, const Space&, TrainerDescription& description) {
  FieldReader fields(trainer, "trainer");
  std::string type;
  fields.Text("type", type);
  if (const Json* command = fields.Require("command")) {
    FARETTO_RETURN_IF_ERROR(TextList(*command, "trainer.command"));
  }
  if (const Json* metrics = fields.Find("metrics")) {
    FARETTO_ASSIGN_OR_RETURN(description.metrics, TextList(*metrics, "trainer.metrics"));
  }
  description.reserved = {"resource", "cost"};
  fields.Text("working_directory", type);
  if (const Json* environment = fields.Find("env")) {
    if (!environment->is_object()) return Invalid("trainer.env must be an object of text");
    for (const auto& [name, value] : environment->items()) {
      if (!value.is_string()) return Invalid("trainer.env." + name + " must be text");
    }
  }
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  description.default_stall_s.reset();
  description.reads_data = true;  // its program
  return Ok{};
}

struct Entry {
  const char* type;
  Status (*check)(const Json& trainer, const Space& space, TrainerDescription& description);
};

constexpr Entry kTrainers[] = {
    {"face_identification", CheckFace}, {"function", CheckFunction}, {"command", CheckCommand}};

}  // namespace

std::vector<std::string> TrainerTypes() {
  std::vector<std::string> types;
  for (const Entry& entry : kTrainers) types.emplace_back(entry.type);
  return types;
}

Result<TrainerDescription> DescribeTrainer(const Json& trainer, const Space& space) {
  if (!trainer.is_object())
    return Invalid("trainer must be an object, it is " + std::string(JsonTypeName(trainer)));
  if (!trainer.contains("type"))
    return Invalid("trainer.type is missing" + NameHint("", TrainerTypes()));
  if (!trainer["type"].is_string())
    return Invalid("trainer.type must be text, it is " + DumpJson(trainer["type"]));
  const std::string type = trainer["type"].get<std::string>();
  for (const Entry& entry : kTrainers) {
    if (type != entry.type) continue;
    TrainerDescription description;
    description.type = type;
    FARETTO_RETURN_IF_ERROR(entry.check(trainer, space, description));
    return description;
  }
  return Invalid("trainer.type is \"" + type + "\", no known trainer" +
                 NameHint(type, TrainerTypes()));
}

Json ResolveTrainerPaths(const Json& trainer, const std::filesystem::path& base) {
  namespace fs = std::filesystem;
  Json resolved = trainer;
  if (!resolved.is_object()) return resolved;
  const fs::path folder = fs::absolute(base).lexically_normal();
  if (resolved.contains("dataset") && resolved["dataset"].is_object() &&
      resolved["dataset"].contains("csv") && resolved["dataset"]["csv"].is_string()) {
    const fs::path csv = resolved["dataset"]["csv"].get<std::string>();
    resolved["dataset"]["csv"] = (folder / csv).lexically_normal().string();
  }
  if (resolved.value("type", "") == "function" && resolved.contains("table") &&
      resolved["table"].is_string()) {
    const fs::path table = resolved["table"].get<std::string>();
    resolved["table"] = (folder / table).lexically_normal().string();
  }
  if (resolved.value("type", "") == "command") {
    const fs::path directory = resolved.value("working_directory", std::string("."));
    resolved["working_directory"] = (folder / directory).lexically_normal().string();
  }
  return resolved;
}

}  // namespace faretto
