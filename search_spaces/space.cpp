#include "search_spaces/space.h"

#include <algorithm>

#include "search_spaces/json_path.h"

namespace faretto {
namespace {

bool HoldsAny(const Parameter& parameter, const std::vector<double>& values, double value) {
  for (double other : values)
    if (parameter.Same(value, other)) return true;
  return false;
}

}  // namespace

std::optional<std::size_t> Space::Find(std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (parameters_[i].name == name) return i;
  return std::nullopt;
}

bool Space::IsActive(std::size_t i, const Configuration& c) const {
  for (std::size_t index : conditions_of_[i]) {
    for (const auto& [parent, values] : conditions_[index].active_when) {
      // An inactive parent is NaN, which equals nothing.
      if (!HoldsAny(parameters_[parent], values, c.values[parent])) return false;
    }
  }
  return true;
}

bool Space::IsForbidden(const Configuration& c) const {
  for (const ForbiddenClause& clause : forbidden_) {
    const bool holds =
        std::all_of(clause.values.begin(), clause.values.end(), [&](const auto& part) {
          return HoldsAny(parameters_[part.first], part.second, c.values[part.first]);
        });
    if (holds) return true;
  }
  return false;
}

Status Space::Check(const Configuration& c) const {
  if (c.values.size() != size())
    return Invalid("the configuration has " + std::to_string(c.values.size()) +
                   " values, the space has " + std::to_string(size()) + " parameters");
  for (std::size_t i : order_) {
    const bool active = IsActive(i, c);
    if (active == c.active(i) && (!active || parameters_[i].Snap(c.values[i]) == c.values[i]))
      continue;
    const std::string name = Shown(parameters_[i].name);
    if (!c.active(i)) return Invalid(name + " is active here and needs a value");
    if (!active) return Invalid(name + " is inactive here and must have no value");
    return Invalid(name + " takes " + parameters_[i].Describe() + ", found " + Shown(c.values[i]));
  }
  if (IsForbidden(c))
    return Invalid("the configuration " + DumpJson(ToJson(c)) + " is forbidden by a clause");
  return Ok{};
}

void Space::Repair(Configuration& c, const std::function<double(std::size_t)>& fill) const {
  c.values.resize(size(), kInactive);
  for (std::size_t i : order_) {
    if (!IsActive(i, c)) {
      c.values[i] = kInactive;
    } else if (!c.active(i)) {
      c.values[i] = fill(i);
    }
  }
}

}  // namespace faretto
