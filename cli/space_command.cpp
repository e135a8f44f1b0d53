#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/suggest/load_study.h"

namespace faretto {
namespace {

constexpr std::uint64_t kCountLimit = 1'000'000'000;

std::string SizeText(const Space& space) {
  const auto count = space.Count(kCountLimit);
  if (!count) return "infinite";
  return (*count >= kCountLimit ? "at least " : "") + std::to_string(*count);
}

// "1 condition", "2 conditions".
std::string Counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string TypeName(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::kCategorical: return "categorical";
    case ParameterType::kOrdinal: return "ordinal";
    case ParameterType::kInt: return "int";
    case ParameterType::kFloat: return "float";
  }
  return "";
}

std::string ValuesText(const Parameter& parameter) {
  if (parameter.has_choices()) {
    std::string text;
    for (const Json& choice : parameter.choices) {
      text += (text.empty() ? "" : ", ") +
              (choice.is_string() ? choice.get<std::string>() : DumpJson(choice));
    }
    return text;
  }
  std::string text = NumberText(parameter.low) + " to " + NumberText(parameter.high);
  if (parameter.log) text += ", log";
  if (parameter.step) text += ", step " + NumberText(*parameter.step);
  return text;
}

std::string ConditionText(const Space& space, std::size_t parameter) {
  std::string text;
  for (const Condition& condition : space.conditions()) {
    if (condition.parameter != parameter) continue;
    for (const auto& [parent, values] : condition.active_when) {
      const Parameter& p = space.parameters()[parent];
      std::string list;
      for (const double value : values)
        list += (list.empty() ? "" : "|") + DumpJson(p.ToJson(value));
      text += (text.empty() ? "" : " and ") + p.name + " = " + list;
    }
  }
  return text;
}

Document SpaceDocument(const StudySpec& spec, const std::vector<Configuration>& samples) {
  const Space& space = spec.space;
  Document document;
  document.json = {{"name", spec.name}, {"size", nullptr}, {"space", space.ToJson()}};
  if (const auto count = space.Count(kCountLimit)) document.json["size"] = *count;
  if (samples.empty()) {
    document.table.columns = {{"parameter"}, {"type"}, {"values"}, {"default"}, {"active when"}};
    for (std::size_t i = 0; i < space.size(); ++i) {
      const Parameter& parameter = space.parameters()[i];
      document.table.rows.push_back(
          {parameter.name, TypeName(parameter), ValuesText(parameter),
           parameter.default_value ? DumpJson(parameter.ToJson(*parameter.default_value)) : "-",
           ConditionText(space, i)});
    }
    document.notes = "size: " + SizeText(space) + " configurations, " +
                     Counted(space.size(), "parameter") + ", " +
                     Counted(space.conditions().size(), "condition") + ", " +
                     Counted(space.forbidden().size(), "forbidden clause") + "\n";
  } else {
    Json list = Json::array();
    for (const Parameter& parameter : space.parameters())
      document.table.columns.push_back({parameter.name});
    for (const Configuration& sample : samples) {
      const Json params = space.ToJson(sample);
      std::vector<std::string> row;
      for (const Parameter& parameter : space.parameters()) {
        const auto it = params.find(parameter.name);
        row.push_back(it == params.end() ? ""
                      : it->is_string()  ? it->get<std::string>()
                                         : DumpJson(*it));
      }
      document.table.rows.push_back(std::move(row));
      list.push_back(params);
    }
    document.json["samples"] = std::move(list);
  }
  document.records = document.table;
  return document;
}

Status ShowSpace(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  FARETTO_ASSIGN_OR_RETURN(const StudySpec spec,
                           LoadCheckedStudy(arguments.Get("STUDY.json"), StudyUse::kAskTell));
  std::vector<Configuration> samples;
  for (std::int64_t i = 0; i < arguments.Get<std::int64_t>("sample"); ++i) {
    RandomStream random(spec.seed, "cli/space", {static_cast<std::uint64_t>(i)});
    samples.push_back(spec.space.Sample(random));
  }
  return Print(Render(SpaceDocument(spec, samples), format));
}

}  // namespace

int SpaceCommand(const CommandArguments& args) {
  Arguments arguments(
      "space", "STUDY.json [--sample N] [--format table|json|csv]",
      "Size, parameters and conditions of a study's search space, or samples from it.",
      {"faretto space study.json", "faretto space study.json --sample 5"});
  arguments.PositionalText("STUDY.json", "the study file")
      .Integer("sample", "N", "print N random configurations",
               {.at_least = 1, .at_most = 1'000'000});
  AddFormat(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(ShowSpace(arguments));
}

}  // namespace faretto
