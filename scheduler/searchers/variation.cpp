#include "scheduler/searchers/variation.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace faretto {
namespace {

bool Flip(RandomStream& random) { return random.Uniform() < 0.5; }

void RepairByDraw(const Space& space, RandomStream& random, Configuration& configuration) {
  space.Repair(configuration,
               [&](std::size_t i) { return space.parameters()[i].FromUnit(random.Uniform()); });
}

// Polynomial mutation seldom leaves the cell of a coarse grid: then one step to a neighbour.
double Neighbour(const Parameter& parameter, double value, RandomStream& random) {
  const double step = parameter.has_choices() ? 1 : parameter.step.value_or(1);
  const double direction = Flip(random) ? step : -step;
  for (const double candidate : {value + direction, value - direction})
    if (const auto snapped = parameter.Snap(candidate)) return *snapped;
  return value;
}

double MutatedValue(const Parameter& parameter, double value, RandomStream& random) {
  if (parameter.type == ParameterType::kCategorical) {
    const std::uint64_t other = random.Below(parameter.choices.size() - 1);
    return static_cast<double>(other) + (static_cast<double>(other) < value ? 0 : 1);
  }
  const double unit = random.Uniform() < kRedrawn
                          ? random.Uniform()
                          : PolynomialMutation(parameter.ToUnit(value), random);
  const double mutated = parameter.FromUnit(unit);
  if (parameter.cardinality() && parameter.Same(mutated, value))
    return Neighbour(parameter, value, random);
  return mutated;
}

bool CanChange(const Parameter& parameter) {
  const auto cardinality = parameter.cardinality();
  return cardinality ? *cardinality > 1 : parameter.low < parameter.high;
}

}  // namespace

double SimulatedBinaryCrossover(double a, double b, RandomStream& random) {
  const double low = std::min(a, b);
  const double high = std::max(a, b);
  const double u = random.Uniform();
  const bool upper = Flip(random);
  if (high - low < 1e-14) return a;
  // Room to the border on the child's side, relative to the parents' distance.
  const double room = upper ? 1 - high : low;
  const double beta = 1 + 2 * room / (high - low);
  const double alpha = 2 - std::pow(beta, -(kCrossoverEta + 1));
  const double power = 1 / (kCrossoverEta + 1);
  const double spread =
      u <= 1 / alpha ? std::pow(u * alpha, power) : std::pow(1 / (2 - u * alpha), power);
  const double half = 0.5 * spread * (high - low);
  return std::clamp(0.5 * (low + high) + (upper ? half : -half), 0.0, 1.0);
}

double PolynomialMutation(double u, RandomStream& random) {
  const double r = random.Uniform();
  const double power = 1 / (kMutationEta + 1);
  if (r < 0.5) {
    const double value = 2 * r + (1 - 2 * r) * std::pow(1 - u, kMutationEta + 1);
    return std::clamp(u + std::pow(value, power) - 1, 0.0, 1.0);
  }
  const double value = 2 * (1 - r) + (2 * r - 1) * std::pow(u, kMutationEta + 1);
  return std::clamp(u + 1 - std::pow(value, power), 0.0, 1.0);
}

Configuration Cross(const Space& space, const Configuration& a, const Configuration& b,
                    RandomStream& random) {
  Configuration child = a;
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Parameter& parameter = space.parameters()[i];
    const bool swap = Flip(random);
    if (!a.active(i) || !b.active(i)) {
      // Kept even where the child may not need it: Repair decides.
      if (!a.active(i)) child.values[i] = b.values[i];
    } else if (parameter.type == ParameterType::kCategorical) {
      if (swap) child.values[i] = b.values[i];
    } else if (swap && random.Uniform() < kTaken) {
      child.values[i] = b.values[i];
    } else if (swap) {
      child.values[i] = parameter.FromUnit(SimulatedBinaryCrossover(
          parameter.ToUnit(a.values[i]), parameter.ToUnit(b.values[i]), random));
    }
  }
  RepairByDraw(space, random, child);
  return child;
}

void Mutate(const Space& space, double strength, RandomStream& random,
            Configuration& configuration) {
  std::vector<std::size_t> genes;
  for (std::size_t i = 0; i < space.size(); ++i)
    if (configuration.active(i) && CanChange(space.parameters()[i])) genes.push_back(i);
  if (genes.empty()) return;
  const double probability = strength / static_cast<double>(genes.size());
  const std::size_t sure = genes[random.Below(genes.size())];
  std::vector<std::size_t> chosen;
  for (const std::size_t i : genes)
    if (random.Uniform() < probability) chosen.push_back(i);
  if (chosen.empty()) chosen.push_back(sure);
  for (const std::size_t i : chosen)
    configuration.values[i] = MutatedValue(space.parameters()[i], configuration.values[i], random);
  RepairByDraw(space, random, configuration);
}

}  // namespace faretto
