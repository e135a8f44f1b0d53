#include <algorithm>

#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "objectives/fairness/evaluate.h"
#include "results/options/study_folder_options.h"

namespace faretto {
namespace {

std::string IntervalText(const std::optional<Interval>& interval) {
  return interval ? "[" + ShortNumber(interval->low) + ", " + ShortNumber(interval->high) + "]"
                  : "-";
}

Document EvaluationDocument(const Fairness& fairness) {
  Document document;
  document.json = ToJson(fairness);
  document.table.columns = {{"metric"}, {"value", true}, {"95 % interval"}, {"groups"}};
  document.records.columns = {{"metric"}, {"value"}, {"low"}, {"high"}, {"group_a"}, {"group_b"}};
  for (const auto& [name, member] : FairnessMeasures()) {
    const Measure& measure = fairness.*member;
    const auto& [a, b] = measure.groups;
    document.table.rows.push_back({name, measure.value ? ShortNumber(*measure.value) : "-",
                                   IntervalText(measure.ci95),
                                   a.empty() && b.empty() ? "" : a + " / " + b});
    document.records.rows.push_back({name, measure.value ? NumberText(*measure.value) : "",
                                     measure.ci95 ? NumberText(measure.ci95->low) : "",
                                     measure.ci95 ? NumberText(measure.ci95->high) : "", a, b});
  }
  document.notes = std::to_string(fairness.n) + " images ranked, " +
                   std::to_string(fairness.unranked) + " without another image of their identity\n";
  for (const auto& [label, group] : fairness.groups) {
    document.notes += "group " + label + ": " + std::to_string(group.n) + " images";
    if (group.error) document.notes += ", error " + ShortNumber(*group.error);
    if (group.mean_rank) document.notes += ", mean rank " + ShortNumber(*group.mean_rank);
    document.notes += "\n";
  }
  return document;
}

Status Evaluate(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  EvaluateOptions options;
  options.group = arguments.Get("group");
  options.seed = static_cast<std::uint64_t>(arguments.Get<std::int64_t>("seed"));
  options.threads =
      static_cast<int>(std::min<std::int64_t>(arguments.Get<std::int64_t>("threads"), 1024));
  FARETTO_ASSIGN_OR_RETURN(
      const Fairness fairness,
      EvaluateEmbeddings(arguments.Get("embeddings"), arguments.Get("labels"), options));
  return Print(Render(EvaluationDocument(fairness), format));
}

}  // namespace

int EvaluateCommand(const CommandArguments& args) {
  Arguments arguments(
      "evaluate", "--embeddings E.npy --labels L.csv [--group COLUMN]",
      "Error, rank disparity and ratios of any model's embeddings. Row i of the labels (columns\n"
      "identity and any attributes; empty: in no group) belongs to row i of the embeddings, which\n"
      "are normalised to unit length; distance is Euclidean.",
      {"faretto evaluate --embeddings e.npy --labels l.csv --group glasses --format json"});
  arguments.Text("embeddings", "FILE", "a two-dimensional float array, .npy", {.required = true})
      .Text("labels", "FILE", "CSV with a header", {.required = true})
      .Text("group", "COLUMN", "the attribute between whose groups disparity is measured")
      .Integer("seed", "N", "seed of the bootstrap", {.at_least = 0, .default_value = 0})
      .Integer("threads", "N", "0: one a core", {.at_least = 0, .default_value = 0});
  AddFormat(arguments);
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Evaluate(arguments));
}

}  // namespace faretto
