// `--where` and `--sort` of the command line.
//
//   error<0.1 and optimizer=="SGD"        not (state = failed) or resource >= 6
//
//   expression := conjunction { "or" conjunction }      conjunction := term { "and" term }
//   term       := "not" term | "(" expression ")" | operand comparison operand
//   comparison := "<" | "<=" | ">" | ">=" | "=" | "==" | "!="
//   operand    := name | number | "text" | 'text'
//
// Names: id, state, resource, origin, constraint_violation (0: feasible), metrics, parameters;
// values.NAME and params.NAME where a name is both. "&&", "||", "!" stand for and, or, not. A
// comparison with a value that a trial does not have (an inactive parameter, a metric not reported)
// is neither true nor false, as in SQL; only true rows pass. Numbers and text are never equal, and
// a number is compared as a number even where the choice in the file is the text "16". Thread
// safety: immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "results/queries/queries.h"

namespace faretto {

// Names of every trial that an expression may use: id, state, resource, origin,
// constraint_violation.
const std::vector<std::string>& FactNames();

// Nothing: the trial has no such value.
using FieldValue = std::variant<std::monostate, double, std::string>;
FieldValue FactOf(const TrialRow& row, const std::string& name);
FieldValue MetricOf(const TrialRow& row, const std::string& name);
FieldValue ParamOf(const TrialRow& row, const std::string& name);

// The study's own.
struct FieldNames {
  std::vector<std::string> metrics;
  std::vector<std::string> params;
};
FieldNames FieldNamesOf(const StudyView& study);

class Filter {
 public:
  // kInvalid, with the position (first character = 1), what was expected and the nearest name.
  static Result<Filter> Parse(std::string_view text, const FieldNames& names);
  bool Matches(const TrialRow& row) const;

  struct Node;

 private:
  explicit Filter(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

// Keeps the rows that match; an empty text keeps all.
Status ApplyFilter(std::string_view text, const StudyView& study, std::vector<TrialRow>& rows);

// "error", "error:desc", "error,id:desc": stable; rows without the value come last either way.
Status ApplySort(std::string_view keys, const StudyView& study, std::vector<TrialRow>& rows);

}  // namespace faretto
