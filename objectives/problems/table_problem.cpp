#include "objectives/problems/table_problem.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/csv.h"
#include "base/files.h"
#include "base/names.h"

namespace faretto {
namespace {

constexpr char kResource[] = "resource";
constexpr char kCost[] = "cost";
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

// Equal values have equal tokens, whatever program wrote them.
std::string NumberToken(double number) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.12g", number == 0 ? 0.0 : number);
  return buffer;
}

std::string TextToken(const std::string& text) {
  if (const auto number = NumberOf(text)) return NumberToken(*number);
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "true" || lower == "false" ? lower : text;
}

std::string Token(const Json& value) {
  if (value.is_number()) return NumberToken(value.get<double>());
  return TextToken(value.is_string() ? value.get<std::string>() : DumpJson(value));
}

// Where the columns stand.
struct Layout {
  std::vector<std::size_t> parameters;
  std::vector<std::size_t> metrics;
  std::size_t resource = kNone;
  std::size_t cost = kNone;
};

Result<Layout> LayoutOf(const std::vector<std::string>& columns,
                        const std::vector<std::string>& metrics) {
  Layout layout;
  for (const std::string& metric : metrics) {
    const auto found = std::find(columns.begin(), columns.end(), metric);
    if (found == columns.end())
      return Invalid("line 1: there is no column of the metric \"" + metric + "\"" +
                     NameHint(metric, columns));
    layout.metrics.push_back(static_cast<std::size_t>(found - columns.begin()));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (std::find(layout.metrics.begin(), layout.metrics.end(), i) != layout.metrics.end())
      continue;
    if (columns[i] == kResource) {
      layout.resource = i;
    } else if (columns[i] == kCost) {
      layout.cost = i;
    } else {
      layout.parameters.push_back(i);
    }
  }
  if (layout.parameters.empty())
    return Invalid("line 1: the table has no column of a parameter, only metrics");
  return layout;
}

Error Wrong(const std::string& column, const std::string& what, const std::string& found) {
  return Invalid("the " + column + " must be " + what + ", it is \"" + found + "\"");
}

Result<TableProblem::Row> ReadRow(const Layout& layout, const std::vector<std::string>& columns,
                                  const std::vector<std::string>& cells) {
  TableProblem::Row row;
  for (const std::size_t i : layout.metrics) {
    if (cells[i].empty()) continue;
    const auto number = NumberOf(cells[i]);
    if (!number) return Wrong(columns[i], "a finite number", cells[i]);
    row.values[columns[i]] = *number;
  }
  if (layout.resource != kNone) {
    const std::string& text = cells[layout.resource];
    const auto number = NumberOf(text);
    if (!number || *number < 1 || *number > 1e15 || *number != std::floor(*number))
      return Wrong(kResource, "a whole number of at least 1", text);
    row.resource = static_cast<std::int64_t>(*number);
  }
  if (layout.cost != kNone) {
    const auto number = NumberOf(cells[layout.cost]);
    if (!number || *number < 0) return Wrong(kCost, "a number of at least 0", cells[layout.cost]);
    row.cost_s = *number;
  }
  return row;
}

std::string AtLine(std::size_t line) { return "line " + std::to_string(line); }

// Rows arrive in any order.
Status Insert(TableProblem::Row row, std::vector<TableProblem::Row>& rows) {
  const auto place =
      std::lower_bound(rows.begin(), rows.end(), row,
                       [](const auto& a, const auto& b) { return a.resource < b.resource; });
  if (place != rows.end() && place->resource == row.resource) {
    return Invalid("its configuration stands in the table already" +
                   (row.resource > 0 ? " at resource " + std::to_string(row.resource) : ""));
  }
  const bool below = place != rows.begin() && std::prev(place)->cost_s > row.cost_s;
  const bool above = place != rows.end() && place->cost_s < row.cost_s;
  if (below || above)
    return Invalid("the cost falls with the resource; it is that of training from 0 on");
  rows.insert(place, std::move(row));
  return Ok{};
}

}  // namespace

Result<TableProblem> TableProblem::Parse(std::string_view csv,
                                         const std::vector<std::string>& metrics) {
  FARETTO_ASSIGN_OR_RETURN(const CsvTable table, ParseCsv(csv));
  FARETTO_ASSIGN_OR_RETURN(const Layout layout, LayoutOf(table.columns, metrics));
  if (table.rows.empty()) return Invalid("the table has no rows");
  TableProblem problem;
  problem.has_resource_ = layout.resource != kNone;
  problem.has_cost_ = layout.cost != kNone;
  for (const std::size_t i : layout.parameters) problem.parameters_.push_back(table.columns[i]);
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    const std::vector<std::string>& cells = table.rows[k];
    std::string key;
    for (const std::size_t i : layout.parameters) key += TextToken(cells[i]) + '\x1f';
    auto row = ReadRow(layout, table.columns, cells);
    if (!row.ok()) return row.error().In(AtLine(table.lines[k]));
    const Status inserted = Insert(std::move(*row), problem.rows_[key]);
    if (!inserted.ok()) return inserted.error().In(AtLine(table.lines[k]));
  }
  return problem;
}

Result<TableProblem> TableProblem::Read(const std::filesystem::path& file,
                                        const std::vector<std::string>& metrics) {
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  auto problem = Parse(text, metrics);
  if (!problem.ok()) return problem.error().In(file.string());
  return problem;
}

Result<const std::vector<TableProblem::Row>*> TableProblem::Find(const Json& params) const {
  std::string key;
  std::size_t used = 0;
  for (const std::string& name : parameters_) {
    const auto value = params.find(name);
    if (value != params.end()) {
      key += Token(*value);
      ++used;
    }
    key += '\x1f';
  }
  if (used < params.size()) {
    for (const auto& [name, value] : params.items()) {
      if (std::find(parameters_.begin(), parameters_.end(), name) == parameters_.end())
        return Invalid("the table has no column of the parameter \"" + name + "\"" +
                       NameHint(name, parameters_));
    }
  }
  const auto found = rows_.find(key);
  if (found == rows_.end())
    return Invalid("the table has no row of the configuration " + DumpJson(params));
  return &found->second;
}

}  // namespace faretto
