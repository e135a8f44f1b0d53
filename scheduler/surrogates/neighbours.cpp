#include "scheduler/surrogates/neighbours.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

// A parameter with at most so many values has all of them tried; of a larger category so many are
// drawn. The distances (in the unit interval) at which other numbers are drawn reach from a fine
// correction to a third of the range. Both are conventions.
constexpr double kFewValues = 24;
constexpr double kDistances[] = {0.01, 0.05, 0.1, 0.3};

// In [0, 1] by reflection at the ends.
double Reflect(double u) {
  u = std::fmod(std::abs(u), 2.0);
  return u > 1 ? 2 - u : u;
}

std::vector<double> OtherValues(const Parameter& parameter, double value, RandomStream& random) {
  std::vector<double> values;
  const auto cardinality = parameter.cardinality();
  if (cardinality && *cardinality <= kFewValues) {
    for (double i = 0; i < *cardinality; ++i) values.push_back(parameter.ValueAt(i));
  } else if (parameter.type == ParameterType::kCategorical) {
    for (int i = 0; i < static_cast<int>(kFewValues); ++i)
      values.push_back(parameter.FromUnit(random.Uniform()));
  } else {
    const double u = parameter.ToUnit(value);
    if (cardinality) {
      for (const double step : {-1.0, 1.0})
        values.push_back(parameter.FromUnit(std::clamp(u + step / *cardinality, 0.0, 1.0)));
    }
    for (const double distance : kDistances)
      values.push_back(parameter.FromUnit(Reflect(u + distance * random.Normal())));
  }
  std::erase_if(values, [&](double other) { return parameter.Same(other, value); });
  return values;
}

}  // namespace

void VisitNeighbours(const Space& space, const Configuration& centre, RandomStream& random,
                     const std::function<void(Configuration)>& visit) {
  const bool clauses = !space.forbidden().empty();
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (!centre.active(i)) continue;
    for (const double value : OtherValues(space.parameters()[i], centre.values[i], random)) {
      Configuration neighbour = centre;
      neighbour.values[i] = value;
      if (!space.conditions().empty()) {
        space.Repair(neighbour, [&](std::size_t child) {
          return space.parameters()[child].FromUnit(random.Uniform());
        });
      }
      if (clauses && space.IsForbidden(neighbour)) continue;
      visit(std::move(neighbour));
    }
  }
}

}  // namespace faretto
