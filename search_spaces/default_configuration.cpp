// The default configuration, and the nearest allowed one where that is forbidden.
#include <algorithm>
#include <cmath>

#include "search_spaces/space.h"
#include "search_spaces/space_search.h"

namespace faretto {
namespace {

// The nearest value to `from` that no condition or clause names.
std::optional<double> NearestAnother(const Parameter& parameter, const SpaceSearch& search,
                                     std::size_t i, double from) {
  const auto count = parameter.cardinality();
  if (!search.another(i) || !count) return search.another(i);
  const double at = std::floor(parameter.has_choices() || !(parameter.low < parameter.high)
                                   ? from
                                   : (from - parameter.low) / parameter.step.value_or(1) + 0.5);
  const auto reach = static_cast<double>(search.named(i).size() + 1);
  for (double distance = 0; distance <= reach; ++distance) {
    for (double index : {at - distance, at + distance}) {
      if (index < 0 || index >= *count) continue;
      const double value = parameter.ValueAt(index);
      if (!search.IsNamed(i, value)) return value;
    }
  }
  return search.another(i);
}

// What parameter i may be changed to: a value of every class, near ones first.
std::vector<double> Alternatives(const Space& space, const SpaceSearch& search, std::size_t i,
                                 double from) {
  const Parameter& parameter = space.parameters()[i];
  std::vector<double> values = search.named(i);
  if (const auto another = NearestAnother(parameter, search, i, from)) values.push_back(*another);
  std::erase_if(values, [&](double value) { return parameter.Same(value, from); });
  const double origin = parameter.ToUnit(from);
  std::stable_sort(values.begin(), values.end(), [&](double a, double b) {
    return std::abs(parameter.ToUnit(a) - origin) < std::abs(parameter.ToUnit(b) - origin);
  });
  return values;
}

using Fill = std::function<double(std::size_t)>;

// Tries all ways to change `changes` active parameters without an own default, the first from
// position `position` of the order on.
std::optional<Configuration> Change(const Space& space, const SpaceSearch& search, const Fill& fill,
                                    const Configuration& base, int changes, std::size_t position) {
  if (changes == 0) return space.IsForbidden(base) ? std::nullopt : std::optional(base);
  for (; position < space.size(); ++position) {
    const std::size_t i = space.topological_order()[position];
    if (!base.active(i) || space.parameters()[i].default_value) continue;
    for (double value : Alternatives(space, search, i, base.values[i])) {
      Configuration changed = base;
      changed.values[i] = value;
      space.Repair(changed, fill);
      if (auto found = Change(space, search, fill, changed, changes - 1, position + 1))
        return found;
    }
  }
  return std::nullopt;
}

}  // namespace

double Space::DefaultOrGuess(std::size_t i) const {
  const Parameter& parameter = parameters_[i];
  if (parameter.default_value) return *parameter.default_value;
  return parameter.has_choices() ? 0.0 : parameter.FromUnit(0.5);
}

std::optional<Configuration> Space::Default() const {
  const Fill fill = [this](std::size_t i) { return DefaultOrGuess(i); };
  Configuration c;
  Repair(c, fill);
  if (!IsForbidden(c)) return c;
  const SpaceSearch search(*this);
  for (int changes : {1, 2})
    if (auto found = Change(*this, search, fill, c, changes, 0)) return found;
  return search
      .Find([&](std::size_t i) {
        std::vector<double> values = {DefaultOrGuess(i)};
        if (parameters_[i].default_value) return values;
        for (double value : Alternatives(*this, search, i, values[0])) values.push_back(value);
        return values;
      })
      .found;
}

}  // namespace faretto
