// Test problems with known Pareto fronts, for the `function` trainer, searchers and benchmarks.
//
//   zdt1, zdt2, zdt3   two objectives, n >= 2 variables in [0, 1] (customary: 30); Zitzler, Deb,
//                      Thiele, Evolutionary Computation 8(2), 2000
//   dtlz2              three objectives, n >= 3 variables in [0, 1] (customary: 12); Deb, Thiele,
//                      Laumanns, Zitzler, CEC 2002
//   branin_currin      two objectives, 2 variables in [0, 1]: Branin on its usual box, and Currin;
//                      Belakaria, Deshwal, Doppa, NeurIPS 2019
//
// Objectives are named f1, f2, ... and minimised. Variables are a configuration's numbers in
// natural order of their names (x2 before x10).
// Thread safety: immutable, pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objectives/pareto/objective.h"

namespace faretto {

struct TestProblem {
  std::string name;
  std::size_t objectives = 0;
  std::size_t least_variables = 0;
  std::size_t most_variables = 0;  // 0: any number
  std::vector<double> (*values)(std::span<const double> variables) = nullptr;

  // f1, f2, ... kInvalid: too few or too many variables, one outside of [0, 1] or not finite.
  Result<Metrics> Evaluate(std::span<const double> variables) const;

  // What a training that stops at `resource` of `most` would report: every objective is larger by
  // b * (most / resource - 1) / (most - 1), where b = 0.1 + 0.4 * x1 differs between
  // configurations, so that low resources misjudge the order. Full resource is exact; with most = 1
  // so is every resource. kInvalid too: resource not in (0, most].
  Result<Metrics> EvaluateAt(std::span<const double> variables, double resource, double most) const;
};

// nullptr if there is none.
const TestProblem* FindTestProblem(std::string_view name);
std::vector<std::string> TestProblemNames();

// The values of `numbers` in natural order of their names: runs of digits compare as numbers.
std::vector<double> InNaturalOrder(const std::map<std::string, double>& numbers);

// Seconds that a simulated training from one resource to another takes: `per_unit_s` for each unit,
// stretched by 0.5 to 1.5 with x1, so that configurations differ in cost.
double SimulatedCostS(std::span<const double> variables, double from, double to, double per_unit_s);

}  // namespace faretto
