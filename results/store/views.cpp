#include "results/store/views.h"

#include <charconv>
#include <cstddef>
#include <vector>

namespace faretto {
namespace {

std::string Quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

// Scientific notation, so that SQL reads a REAL with every digit.
std::string SqlNumber(double value) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  return std::string(buffer, end.ptr);
}

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? separator : "") + parts[i];
  return text;
}

// `o<i>` are the objectives of a candidate, in the study's order.
std::string Column(std::size_t i) { return "o" + std::to_string(i); }

std::string ValueJoin(const std::string& alias, const std::string& metric) {
  return " JOIN report_values " + alias + " ON " + alias + ".sequence = f.sequence AND " + alias +
         ".metric = " + SqlText(metric);
}

// SELECT trial, o0, o1, ... of the candidates.
std::string CandidateSelect(const StudySpec& spec) {
  std::string columns = "f.trial AS trial";
  std::string joins;
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    columns += ", " + Column(i) + ".value AS " + Column(i);
    joins += ValueJoin(Column(i), spec.objectives[i].name);
  }
  for (std::size_t i = 0; i < spec.constraints.size(); ++i) {
    const Constraint& constraint = spec.constraints[i];
    const std::string alias = "c" + std::to_string(i);
    joins += ValueJoin(alias, constraint.metric);
    if (constraint.at_most) {
      conditions.push_back(alias + ".value <= " + SqlNumber(*constraint.at_most));
    }
    if (constraint.at_least) {
      conditions.push_back(alias + ".value >= " + SqlNumber(*constraint.at_least));
    }
  }
  const std::string where = conditions.empty() ? "" : " WHERE " + Join(conditions, " AND ");
  return "SELECT " + columns +
         " FROM (SELECT r.trial AS trial, MAX(r.sequence) AS sequence FROM reports r"
         " JOIN trials t ON t.trial = r.trial WHERE r.kind = 'train' AND r.superseded = 0"
         " AND t.state <> 'failed' AND r.resource = " +
         std::to_string(spec.top_resource()) + " GROUP BY r.trial) f" + joins + where;
}

std::string NamedColumns(const StudySpec& spec, const std::string& alias) {
  std::string columns = alias + ".trial AS trial";
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    columns += ", " + alias + "." + Column(i) + " AS " + SqlName(spec.objectives[i].name);
  }
  return columns;
}

// b dominates a: nowhere worse and somewhere better.
std::string Dominates(const StudySpec& spec) {
  std::vector<std::string> not_worse;
  std::vector<std::string> better;
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    const std::string sign = spec.objectives[i].direction == Direction::kMinimize ? " < " : " > ";
    const std::string a = "a." + Column(i);
    const std::string b = "b." + Column(i);
    better.push_back(b + sign + a);
    not_worse.push_back("(" + b + sign + a + " OR " + b + " = " + a + ")");
  }
  return Join(not_worse, " AND ") + " AND (" + Join(better, " OR ") + ")";
}

}  // namespace

std::string SqlName(const std::string& text) { return Quoted(text, '"'); }
std::string SqlText(const std::string& text) { return Quoted(text, '\''); }

std::string StudyViews(const StudySpec& spec) {
  // Evaluated once, not again for every pair.
  const std::string with = "WITH c AS MATERIALIZED (" + CandidateSelect(spec) + ") ";
  std::string sql = "CREATE VIEW candidates AS SELECT " + NamedColumns(spec, "c") + " FROM (" +
                    CandidateSelect(spec) + ") c;\n";
  sql += "CREATE VIEW pareto AS " + with + "SELECT " + NamedColumns(spec, "a") +
         " FROM c a WHERE NOT EXISTS (SELECT 1 FROM c b WHERE " + Dominates(spec) + ");\n";
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    const bool minimize = spec.objectives[i].direction == Direction::kMinimize;
    parts.push_back("SELECT " + SqlText(spec.objectives[i].name) + " AS objective, trial, " +
                    Column(i) + " AS value FROM c WHERE " + Column(i) + " = (SELECT " +
                    (minimize ? "MIN(" : "MAX(") + Column(i) + ") FROM c)");
  }
  return sql + "CREATE VIEW best AS " + with + Join(parts, " UNION ALL ") + ";\n";
}

}  // namespace faretto
