#include "scheduler/surrogates/features.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace faretto {
namespace {

// All conditions on a parameter as one sorted list: parameters with equal lists are active together
// and share a flag.
using ConditionKey = std::vector<std::pair<std::size_t, std::vector<double>>>;

std::map<std::size_t, ConditionKey> ConditionKeys(const Space& space) {
  std::map<std::size_t, ConditionKey> keys;
  for (const Condition& condition : space.conditions()) {
    ConditionKey& key = keys[condition.parameter];
    for (auto [parent, values] : condition.active_when) {
      std::sort(values.begin(), values.end());
      key.emplace_back(parent, std::move(values));
    }
  }
  for (auto& [parameter, key] : keys) std::sort(key.begin(), key.end());
  return keys;
}

}  // namespace

FeatureMap::FeatureMap(const Space& space) : space_(space) {
  for (const Parameter& parameter : space.parameters()) {
    column_of_.push_back(dimension_of_.size());
    if (parameter.type == ParameterType::kCategorical) {
      dimension_of_.insert(dimension_of_.end(), parameter.choices.size(), dimensions_++);
      offset_.push_back(0);
      stretch_.push_back(1);
      continue;
    }
    dimension_of_.push_back(dimensions_++);
    const double lowest = parameter.ToUnit(parameter.FromUnit(0));
    const double highest = parameter.ToUnit(parameter.FromUnit(1));
    offset_.push_back(lowest);
    stretch_.push_back(highest > lowest ? 1 / (highest - lowest) : 0);
  }
  std::vector<ConditionKey> known;
  for (const auto& [parameter, key] : ConditionKeys(space)) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    known.push_back(key);
    flag_of_.push_back(parameter);
    dimension_of_.push_back(dimensions_++);
  }
}

double FeatureMap::Scaled(std::size_t parameter, double value) const {
  return (space_.parameters()[parameter].ToUnit(value) - offset_[parameter]) * stretch_[parameter];
}

void FeatureMap::Encode(const Configuration& configuration, double* row, std::size_t stride) const {
  const double present = std::sqrt(0.5);
  for (std::size_t i = 0; i < space_.size(); ++i) {
    double* column = row + column_of_[i] * stride;
    const Parameter& parameter = space_.parameters()[i];
    if (parameter.type == ParameterType::kCategorical) {
      for (std::size_t c = 0; c < parameter.choices.size(); ++c) column[c * stride] = 0;
      if (configuration.active(i))
        column[static_cast<std::size_t>(configuration.values[i]) * stride] = present;
    } else {
      *column = configuration.active(i) ? Scaled(i, configuration.values[i]) : 0.5;
    }
  }
  const std::size_t first_flag = columns() - flag_of_.size();
  for (std::size_t f = 0; f < flag_of_.size(); ++f)
    row[(first_flag + f) * stride] = configuration.active(flag_of_[f]) ? 1 : 0;
}

}  // namespace faretto
