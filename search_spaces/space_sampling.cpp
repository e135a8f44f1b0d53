// Drawing configurations, and the unit cube.
#include <algorithm>

#include "search_spaces/space.h"
#include "search_spaces/space_search.h"

namespace faretto {
namespace {

// So many draws in a row that are forbidden end the plain rejection, and the space is searched
// systematically. Conventions, both.
constexpr int kRejections = 256;
constexpr int kDrawsForAnother = 16;

// Candidates for parameter i: one free draw, then a value of every class (the values that no
// condition or clause tells apart), in random order.
std::vector<double> ShuffledClasses(const Space& space, const SpaceSearch& search, std::size_t i,
                                    RandomStream& random) {
  const Parameter& parameter = space.parameters()[i];
  std::vector<double> classes = search.named(i);
  if (auto another = search.another(i)) {
    for (int k = 0; k < kDrawsForAnother; ++k) {
      const double value = parameter.FromUnit(random.Uniform());
      if (search.IsNamed(i, value)) continue;
      another = value;
      break;
    }
    classes.push_back(*another);
  }
  random.Shuffle(classes);
  classes.insert(classes.begin(), parameter.FromUnit(random.Uniform()));
  return classes;
}

}  // namespace

template <class Value>
Configuration Space::SampleBy(RandomStream& random, const Value& value) const {
  Configuration c;
  c.values.resize(size(), kInactive);
  for (int k = 0; k < kRejections; ++k) {
    for (std::size_t i : order_)
      c.values[i] = IsActive(i, c) ? value(parameters_[i], random.Uniform()) : kInactive;
    if (forbidden_.empty() || !IsForbidden(c)) return c;
  }
  const SpaceSearch search(*this);
  const auto outcome =
      search.Find([&](std::size_t i) { return ShuffledClasses(*this, search, i, random); });
  return outcome.found ? *outcome.found : witness_;
}

Configuration Space::Sample(RandomStream& random) const {
  return SampleBy(random, [](const Parameter& p, double u) { return p.FromUnit(u); });
}

Configuration Space::SamplePrior(RandomStream& random) const {
  return SampleBy(random, [](const Parameter& p, double u) { return p.SamplePrior(u); });
}

double Space::LogPrior(const Configuration& c) const {
  double sum = 0;
  for (std::size_t i = 0; i < size(); ++i)
    if (c.active(i)) sum += parameters_[i].LogPrior(c.values[i]);
  return sum;
}

bool Space::has_priors() const {
  return std::any_of(parameters_.begin(), parameters_.end(),
                     [](const Parameter& p) { return p.prior.has_value(); });
}

std::optional<Configuration> Space::FromUnit(const std::vector<double>& unit) const {
  if (unit.size() != size()) return std::nullopt;
  Configuration c;
  Repair(c, [&](std::size_t i) { return parameters_[i].FromUnit(unit[i]); });
  if (IsForbidden(c)) return std::nullopt;
  return c;
}

std::vector<double> Space::ToUnit(const Configuration& c) const {
  std::vector<double> unit(size(), 0.5);
  for (std::size_t i = 0; i < size(); ++i)
    if (c.active(i)) unit[i] = parameters_[i].ToUnit(c.values[i]);
  return unit;
}

}  // namespace faretto
