#include "objectives/problems/function_problem.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/field_reader.h"
#include "base/names.h"

namespace faretto {

bool FunctionTraining::ReportsAt(std::int64_t resource) const {
  if (!rows_ || (rows_->size() == 1 && rows_->front().resource == 0)) return true;
  return std::any_of(rows_->begin(), rows_->end(), [&](const TableProblem::Row& row) {
    return row.resource == resource && !row.values.empty();
  });
}

Result<Metrics> FunctionTraining::At(std::int64_t resource) const {
  if (problem_)
    return problem_->EvaluateAt(variables_, static_cast<double>(resource),
                                static_cast<double>(horizon_));
  for (const TableProblem::Row& row : *rows_) {
    if (row.resource != 0 && row.resource != resource) continue;
    if (row.values.empty())
      return Invalid("the table has a row of the configuration, but no values");
    return row.values;
  }
  std::string known;
  for (const TableProblem::Row& row : *rows_)
    known += (known.empty() ? "" : ", ") + std::to_string(row.resource);
  return Invalid("the table has no row of the configuration at resource " +
                 std::to_string(resource) + ", only at " + known);
}

// Linear between (0, 0) and the rows, and on with the last slope.
double FunctionTraining::TableCostUpTo(std::int64_t resource) const {
  double from = 0;
  double from_cost = 0;
  double slope = 0;
  for (const TableProblem::Row& row : *rows_) {
    const auto at = static_cast<double>(row.resource > 0 ? row.resource : horizon_);
    slope = (row.cost_s - from_cost) / (at - from);
    if (static_cast<double>(resource) <= at) break;
    from = at;
    from_cost = row.cost_s;
  }
  return from_cost + slope * (static_cast<double>(resource) - from);
}

double FunctionTraining::Cost(std::int64_t from, std::int64_t to) const {
  if (table_costs_) return std::max(0.0, TableCostUpTo(to) - TableCostUpTo(from));
  const auto units = static_cast<double>(std::max<std::int64_t>(0, to - from));
  if (cost_s_ <= 0) return units;
  if (!problem_) return units * cost_s_;
  return SimulatedCostS(variables_, static_cast<double>(from), static_cast<double>(to), cost_s_);
}

Result<FunctionProblem> FunctionProblem::Make(const Json& trainer) {
  FunctionProblem made;
  std::string type, problem, table;
  std::vector<std::string> metrics;
  FieldReader fields(trainer, "trainer");
  fields.Text("type", type);
  fields.Text("problem", problem);
  fields.Text("table", table);
  fields.TextList("metrics", metrics);
  fields.Number("cost_s", made.cost_s_, 0);
  fields.Number("sleep_s", made.sleep_s_, 0);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  if (!problem.empty() && !table.empty())
    return Invalid("trainer has a problem and a table; it takes one of them");
  made.name_ = table.empty() ? problem : table;
  if (!table.empty()) {
    if (metrics.empty())
      return Invalid("trainer.metrics must name the table's columns that are metrics");
    FARETTO_ASSIGN_OR_RETURN(TableProblem read, TableProblem::Read(table, metrics));
    made.table_ = std::make_shared<const TableProblem>(std::move(read));
    return made;
  }
  if (problem.empty())
    return Invalid("trainer.problem must name a test problem" + NameHint("", TestProblemNames()));
  if (!metrics.empty())
    return Invalid("trainer.metrics belongs to a table; a test problem reports f1, f2, ...");
  made.problem_ = FindTestProblem(made.name_);
  if (made.problem_ == nullptr) {
    return Invalid("trainer.problem \"" + made.name_ + "\" is unknown" +
                   NameHint(made.name_, TestProblemNames()));
  }
  return made;
}

Result<FunctionTraining> FunctionProblem::Prepare(const Json& params, std::int64_t horizon) const {
  FunctionTraining training;
  training.horizon_ = horizon;
  training.cost_s_ = cost_s_;
  if (table_) {
    FARETTO_ASSIGN_OR_RETURN(training.rows_, table_->Find(params));
    training.table_costs_ = table_->has_cost();
    return training;
  }
  std::map<std::string, double> numbers;
  for (const auto& [name, value] : params.items()) {
    if (!value.is_number()) {
      return Invalid("the parameter " + name +
                     " must be a number for the trainer function, found " + DumpJson(value));
    }
    numbers[name] = value;
  }
  training.problem_ = problem_;
  training.variables_ = InNaturalOrder(numbers);
  FARETTO_RETURN_IF_ERROR(training.At(horizon));
  return training;
}

}  // namespace faretto
