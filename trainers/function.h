// The trainer `function`: a test problem (objectives/problems/test_problems.h) or a benchmark table
// (objectives/problems/table_problem.h) takes the place of training. Options and costs are those of
// objectives/problems/function_problem.h.
//
//   {"type": "function", "problem": "zdt1", "cost_s": 0, "sleep_s": 0}
//   {"type": "function", "table": "table.csv", "metrics": ["error"]}
//
// Test problems: the configuration's numbers, in natural order of their names, are the variables.
// At resource r the metrics f1, f2, ... are those of TestProblem::EvaluateAt(variables, r,
// horizon): exact at the horizon, misleading below it. With `cost_s` a step costs that many
// simulated seconds, stretched by the configuration (SimulatedCostS); without it 1. `sleep_s` makes
// a step take that long in real time, so that a run can be interrupted. No baselines; Export writes
// config.json only, there is no model.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "trainers/trainer.h"

namespace faretto {

// kInvalid, naming the key: unknown key or problem, negative seconds, a table that cannot be read.
Result<std::unique_ptr<Trainer>> MakeFunction(const Json& trainer);

// The options are checked, and a table is read.
Status CheckFunctionData(const Json& trainer);

}  // namespace faretto
