// What the trainer `function` computes: a test problem or a benchmark table in the place of
// training. The worker's trainer and the simulator share it.
//
//   {"type": "function", "problem": "zdt1", "cost_s": 0, "sleep_s": 0}
//   {"type": "function", "table": "table.csv", "metrics": ["error"], "cost_s": 0, "sleep_s": 0}
//
// `cost_s`: simulated seconds of a unit of resource, where the table has no costs of its own; test
// problems stretch it with the configuration (SimulatedCostS); 0: a unit costs 1. `sleep_s`: real
// seconds of a unit, so that a run can be interrupted. Thread safety: immutable after Make; const
// use from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "objectives/problems/table_problem.h"
#include "objectives/problems/test_problems.h"

namespace faretto {

// The training of one configuration. Points into its FunctionProblem.
class FunctionTraining {
 public:
  // Does a training report here? A table with resources reports where it has rows.
  bool ReportsAt(std::int64_t resource) const;
  // kInvalid: nothing is known at this resource, or it is not from 1 to the horizon.
  Result<Metrics> At(std::int64_t resource) const;
  // Simulated seconds, or units of resource where no cost is known.
  double Cost(std::int64_t from, std::int64_t to) const;

 private:
  friend class FunctionProblem;
  double TableCostUpTo(std::int64_t resource) const;

  const TestProblem* problem_ = nullptr;  // this or rows_
  std::vector<double> variables_;
  const std::vector<TableProblem::Row>* rows_ = nullptr;
  bool table_costs_ = false;
  double cost_s_ = 0;
  std::int64_t horizon_ = 1;
};

class FunctionProblem {
 public:
  // Checks the trainer object and reads the table. kInvalid, naming the key or the table's line.
  static Result<FunctionProblem> Make(const Json& trainer);

  // `horizon`: resource of a whole training. kInvalid: parameters that the problem does not take, a
  // configuration that the table does not have.
  Result<FunctionTraining> Prepare(const Json& params, std::int64_t horizon) const;

  const std::string& name() const { return name_; }  // of the problem, or the table's file
  double sleep_s() const { return sleep_s_; }
  const TableProblem* table() const { return table_.get(); }

 private:
  std::string name_;
  const TestProblem* problem_ = nullptr;
  std::shared_ptr<const TableProblem> table_;
  double cost_s_ = 0;
  double sleep_s_ = 0;
};

}  // namespace faretto
