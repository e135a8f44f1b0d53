#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/csv.h"
#include "base/names.h"
#include "results/exchange/import_rows.h"
#include "results/queries/format.h"
#include "study/trainer_catalog.h"

namespace faretto {
namespace {

constexpr std::string_view kParam = "params.";
constexpr std::string_view kValue = "values.";

// What a column holds.
struct Column {
  enum class Kind { kParameter, kMetric, kFact, kSkipped };
  Kind kind = Kind::kSkipped;
  std::string name;
  std::size_t parameter = 0;
};

const std::vector<std::string>& Facts() {
  static const std::vector<std::string> facts = {"resource", "cost",   "state",  "failed",
                                                 "failure",  "reason", "target", "id"};
  return facts;
}

const std::vector<std::string>& Skipped() {
  static const std::vector<std::string> skipped = {"trial",    "origin", "seed",
                                                   "attempts", "losses", "constraint_violation"};
  return skipped;
}

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> Metrics(const StudySpec& spec) {
  std::vector<std::string> names = NamedMetrics(spec);
  if (!spec.trainer.is_object()) return names;
  if (const auto trainer = DescribeTrainer(spec.trainer, spec.space); trainer.ok())
    names.insert(names.end(), trainer->metrics.begin(), trainer->metrics.end());
  return names;
}

Result<Column> ParameterColumn(const StudySpec& spec, const std::string& name) {
  const auto parameter = spec.space.Find(name);
  if (parameter) return Column{Column::Kind::kParameter, name, *parameter};
  std::vector<std::string> known;
  for (const Parameter& each : spec.space.parameters()) known.push_back(each.name);
  return Invalid("line 1: the space has no parameter \"" + name + "\"" + NameHint(name, known));
}

Result<Column> ReadColumn(const StudySpec& spec, const std::string& name, bool exported) {
  if (exported && name.starts_with(kParam))
    return ParameterColumn(spec, name.substr(kParam.size()));
  if (name.starts_with(kValue)) return Column{Column::Kind::kMetric, name.substr(kValue.size())};
  if (!exported && spec.space.Find(name)) return ParameterColumn(spec, name);
  if (Holds(Facts(), name)) return Column{Column::Kind::kFact, name};
  if (Holds(Skipped(), name)) return Column{};
  const std::vector<std::string> metrics = Metrics(spec);
  if (Holds(metrics, name)) return Column{Column::Kind::kMetric, name};
  std::vector<std::string> known = Facts();
  for (const std::string& metric : metrics)
    if (!Holds(known, metric)) known.push_back(metric);
  for (const Parameter& each : spec.space.parameters())
    known.push_back(exported ? std::string(kParam) + each.name : each.name);
  if (exported && spec.space.Find(name)) {
    return Invalid("line 1: the column \"" + name + "\" must be named \"params." + name +
                   "\", since another one is named so");
  }
  return Invalid("line 1: the column \"" + name +
                 "\" is neither a parameter nor a metric of the study (a further metric is "
                 "named values.NAME)" +
                 NameHint(name, known));
}

// Blanks around a number mean nothing.
std::optional<Json> Number(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kBlanks) + 1));
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, integer);
      read.ec == std::errc() && read.ptr == end)
    return Json(integer);
  double number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return Json(number);
}

Error Ambiguous(const Parameter& parameter, const std::string& problem) {
  return Invalid(parameter.name + " " + problem + "; import them as JSON");
}

// The choice that the text stands for; text that stands for none is left to the space to refuse.
Result<Json> ChoiceOf(const Parameter& parameter, const std::string& text) {
  const Json* found = nullptr;
  for (const Json& choice : parameter.choices) {
    const bool same = choice.is_string() ? choice.get_ref<const std::string&>() == text
                                         : DumpJson(choice) == text;
    if (!same) continue;
    if (found != nullptr)
      return Ambiguous(parameter, "has choices that look the same in a CSV file, " +
                                      DumpJson(*found) + " and " + DumpJson(choice));
    found = &choice;
  }
  if (found != nullptr) return *found;
  const auto number = Number(text);
  for (const Json& choice : parameter.choices) {
    if (number && choice.is_number() && choice.get<double>() == number->get<double>())
      return choice;
  }
  return Json(text);
}

Result<Json> ParameterValue(const Parameter& parameter, const std::string& text) {
  if (parameter.has_choices()) return ChoiceOf(parameter, text);
  auto number = Number(text);
  return number ? *number : Json(text);
}

// The parameter has no value, as where it is inactive.
Status CheckNoValue(const Parameter& parameter) {
  const auto& choices = parameter.choices;
  if (std::find(choices.begin(), choices.end(), Json("")) == choices.end()) return Ok{};
  return Ambiguous(parameter, "has the choice \"\", which looks like no value in a CSV file");
}

Result<Json> Cell(const Column& column, const std::string& text) {
  auto number = Number(text);
  if (number) return std::move(*number);
  return Invalid(column.name + " must be a finite number, it is \"" + text + "\"");
}

// What the column "failed" says of a trial: that it has not failed, that it has, or why it has.
enum class FailedCell { kNo, kYes, kReason };

FailedCell ReadFailed(std::string text) {
  if (const auto number = Number(text); number)
    return *number == 0 ? FailedCell::kNo : FailedCell::kYes;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::vector<std::string> no = {"", "false", "no", "f", "n", "nan", "none", "null"};
  static const std::vector<std::string> yes = {"true", "yes", "t", "y"};
  if (Holds(no, text)) return FailedCell::kNo;
  return Holds(yes, text) ? FailedCell::kYes : FailedCell::kReason;
}

struct RowReader {
  const StudySpec& spec;
  const std::vector<Column>& columns;

  Result<ImportRow> Read(const std::vector<std::string>& cells) const {
    ImportRow row;
    Json values = Json::object();
    std::map<std::string, std::string> facts;
    Json resource;
    Json cost;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Column& column = columns[i];
      if (column.kind == Column::Kind::kSkipped) continue;
      if (column.kind == Column::Kind::kParameter) {
        const Parameter& parameter = spec.space.parameters()[column.parameter];
        if (cells[i].empty()) {
          FARETTO_RETURN_IF_ERROR(CheckNoValue(parameter));
        } else {
          FARETTO_ASSIGN_OR_RETURN(row.params[column.name], ParameterValue(parameter, cells[i]));
        }
      } else if (cells[i].empty()) {
        continue;
      } else if (column.kind == Column::Kind::kMetric) {
        FARETTO_ASSIGN_OR_RETURN(values[column.name], Cell(column, cells[i]));
      } else if (column.name == "resource") {
        FARETTO_ASSIGN_OR_RETURN(resource, Cell(column, cells[i]));
      } else if (column.name == "cost") {
        FARETTO_ASSIGN_OR_RETURN(cost, Cell(column, cells[i]));
      } else if (column.name == "target") {
        FARETTO_ASSIGN_OR_RETURN(row.target, Cell(column, cells[i]));
      } else {
        facts[column.name] = cells[i];
      }
    }
    row.id = facts["id"];
    if (!values.empty()) {
      if (resource.is_null()) resource = spec.top_resource();
      row.reports.push_back({{"resource", resource}, {"values", std::move(values)}});
      if (!cost.is_null()) row.reports[0]["cost"] = cost;
    }
    FARETTO_RETURN_IF_ERROR(ReadFailure(facts, resource, row));
    return row;
  }

 private:
  static Status ReadFailure(const std::map<std::string, std::string>& facts, const Json& resource,
                            ImportRow& row) {
    const auto text = [&](const char* name) {
      const auto found = facts.find(name);
      return found == facts.end() ? std::string() : found->second;
    };
    const FailedCell cell = ReadFailed(text("failed"));
    bool failed = text("failed").empty() ? !text("failure").empty() : cell != FailedCell::kNo;
    if (!text("state").empty()) {
      FARETTO_RETURN_IF_ERROR(CheckStateName(text("state")));
      failed = text("state") == "failed";
    }
    if (!failed) {
      row.target = nullptr;
      return Ok{};
    }
    std::string reason = cell == FailedCell::kReason ? text("failed") : "failed elsewhere";
    for (const char* column : {"reason", "failure"})
      if (!text(column).empty()) reason = text(column);
    row.Fail(std::move(reason), resource);
    return Ok{};
  }
};

}  // namespace

Result<ImportRows> ImportRowsOfCsv(const StudySpec& spec, std::string_view text) {
  FARETTO_ASSIGN_OR_RETURN(const CsvTable table, ParseCsv(text));
  const bool exported =
      std::any_of(table.columns.begin(), table.columns.end(),
                  [](const std::string& name) { return name.starts_with(kParam); });
  std::vector<Column> columns;
  for (const std::string& name : table.columns) {
    FARETTO_ASSIGN_OR_RETURN(Column column, ReadColumn(spec, name, exported));
    columns.push_back(std::move(column));
  }
  ImportRows rows;
  const RowReader reader{spec, columns};
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const std::string where =
        "row " + std::to_string(i + 1) + " (line " + std::to_string(table.lines[i]) + ")";
    rows.Add(where, reader.Read(table.rows[i]));
  }
  return rows;
}

}  // namespace faretto
