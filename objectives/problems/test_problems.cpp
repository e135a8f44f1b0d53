#include "objectives/problems/test_problems.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>

namespace faretto {
namespace {

constexpr double kPi = std::numbers::pi;

double ZdtG(std::span<const double> x) {
  const double sum = std::accumulate(x.begin() + 1, x.end(), 0.0);
  return 1 + 9 * sum / static_cast<double>(x.size() - 1);
}

std::vector<double> Zdt1(std::span<const double> x) {
  const double g = ZdtG(x);
  return {x[0], g * (1 - std::sqrt(x[0] / g))};
}

std::vector<double> Zdt2(std::span<const double> x) {
  const double g = ZdtG(x);
  return {x[0], g * (1 - (x[0] / g) * (x[0] / g))};
}

std::vector<double> Zdt3(std::span<const double> x) {
  const double g = ZdtG(x);
  const double share = x[0] / g;
  return {x[0], g * (1 - std::sqrt(share) - share * std::sin(10 * kPi * x[0]))};
}

std::vector<double> Dtlz2(std::span<const double> x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += (x[i] - 0.5) * (x[i] - 0.5);
  const double a = x[0] * kPi / 2;
  const double b = x[1] * kPi / 2;
  return {(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b),
          (1 + g) * std::sin(a)};
}

double Branin(double u, double v) {
  const double x = 15 * u - 5;
  const double y = 15 * v;
  const double t = y - 5.1 / (4 * kPi * kPi) * x * x + 5 / kPi * x - 6;
  return t * t + 10 * (1 - 1 / (8 * kPi)) * std::cos(x) + 10;
}

double Currin(double x, double y) {
  // The limit of 1 - exp(-1 / (2 y)) for y towards 0 is 1.
  const double first = y > 0 ? 1 - std::exp(-1 / (2 * y)) : 1;
  const double numerator = 2300 * x * x * x + 1900 * x * x + 2092 * x + 60;
  const double denominator = 100 * x * x * x + 500 * x * x + 4 * x + 20;
  return first * numerator / denominator;
}

std::vector<double> BraninCurrin(std::span<const double> x) {
  return {Branin(x[0], x[1]), Currin(x[0], x[1])};
}

const std::vector<TestProblem>& Registry() {
  static const std::vector<TestProblem> problems = {
      {"zdt1", 2, 2, 0, Zdt1},
      {"zdt2", 2, 2, 0, Zdt2},
      {"zdt3", 2, 2, 0, Zdt3},
      {"dtlz2", 3, 3, 0, Dtlz2},
      {"branin_currin", 2, 2, 2, BraninCurrin},
  };
  return problems;
}

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// The run of digits (without leading zeros) or the single other character at the front of `text`.
std::string_view TakePiece(std::string_view& text) {
  std::size_t length = 1;
  if (IsDigit(text[0]))
    while (length < text.size() && IsDigit(text[length])) ++length;
  std::string_view piece = text.substr(0, length);
  text.remove_prefix(length);
  while (piece.size() > 1 && piece[0] == '0') piece.remove_prefix(1);
  return piece;
}

bool NaturallyBefore(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    const std::string_view x = TakePiece(a);
    const std::string_view y = TakePiece(b);
    if (IsDigit(x[0]) && IsDigit(y[0]) && x.size() != y.size()) return x.size() < y.size();
    if (x != y) return x < y;
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

}  // namespace

Result<Metrics> TestProblem::Evaluate(std::span<const double> variables) const {
  const std::size_t n = variables.size();
  if (n < least_variables || (most_variables != 0 && n > most_variables))
    return Invalid(
        "the test problem " + name + " takes " + (most_variables == 0 ? "at least " : "exactly ") +
        std::to_string(least_variables) + " numbers, the configuration has " + std::to_string(n));
  for (std::size_t i = 0; i < n; ++i)
    if (!(variables[i] >= 0 && variables[i] <= 1))
      return Invalid("number " + std::to_string(i + 1) + " of the configuration is " +
                     std::to_string(variables[i]) + "; the test problem " + name +
                     " takes numbers from 0 to 1");
  Metrics metrics;
  const std::vector<double> computed = values(variables);
  for (std::size_t i = 0; i < computed.size(); ++i)
    metrics["f" + std::to_string(i + 1)] = computed[i];
  return metrics;
}

Result<Metrics> TestProblem::EvaluateAt(std::span<const double> variables, double resource,
                                        double most) const {
  if (!(resource > 0 && resource <= most && std::isfinite(most)))
    return Invalid("the resource is " + std::to_string(resource) + "; it must lie in (0, " +
                   std::to_string(most) + "]");
  FARETTO_ASSIGN_OR_RETURN(Metrics metrics, Evaluate(variables));
  if (most <= 1) return metrics;
  const double bias = (0.1 + 0.4 * variables[0]) * (most / resource - 1) / (most - 1);
  for (auto& [metric, value] : metrics) value += bias;
  return metrics;
}

const TestProblem* FindTestProblem(std::string_view name) {
  for (const TestProblem& problem : Registry())
    if (problem.name == name) return &problem;
  return nullptr;
}

std::vector<std::string> TestProblemNames() {
  std::vector<std::string> names;
  for (const TestProblem& problem : Registry()) names.push_back(problem.name);
  return names;
}

std::vector<double> InNaturalOrder(const std::map<std::string, double>& numbers) {
  std::vector<std::pair<std::string_view, double>> ordered(numbers.begin(), numbers.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const auto& a, const auto& b) { return NaturallyBefore(a.first, b.first); });
  std::vector<double> values;
  for (const auto& [name, value] : ordered) values.push_back(value);
  return values;
}

double SimulatedCostS(std::span<const double> variables, double from, double to,
                      double per_unit_s) {
  const double stretch = variables.empty() ? 1.0 : 0.5 + variables[0];
  return std::max(0.0, to - from) * per_unit_s * stretch;
}

}  // namespace faretto
