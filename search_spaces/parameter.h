// One searched dimension.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace faretto {

// What the user believes of a parameter before anything was tried (study file, "prior").
struct Prior {
  double mean = 0;              // int, float: within the range, in the parameter's own scale
  double sd = 0;                // int, float: above 0; on a log scale in decades
  std::vector<double> weights;  // categorical, ordinal: above 0, one for each choice
};

enum class ParameterType { kCategorical, kOrdinal, kInt, kFloat };

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::kFloat;
  std::vector<Json> choices;  // categorical, ordinal: at least one, no two equal, JSON type kept
  double low = 0;             // int, float: inclusive
  double high = 0;            // int, float: inclusive (with a step: the last multiple not above it)
  bool log = false;           // int, float; low > 0
  std::optional<double> step;           // int, float; not together with log
  std::optional<double> default_value;  // in Configuration form (choice index or number)
  std::optional<Prior> prior;

  bool has_choices() const {
    return type == ParameterType::kCategorical || type == ParameterType::kOrdinal;
  }
  // Number of different values, or nothing for a continuous one.
  std::optional<double> cardinality() const;
  // The value as it stands in files: a choice, an integer or a number. `value` must not be NaN.
  Json ToJson(double value) const;
  // Error (kInvalid) names the parameter and what it can take. Accepts what the parameter can take,
  // nothing else: a wrong JSON type, a number off its step grid or out of range is refused.
  Result<double> FromJson(const Json& value) const;
  // Unit interval <-> value: log scale, steps and choices applied; u is clamped to [0, 1]. ToUnit
  // returns the centre of the value's cell for discrete parameters, so that FromUnit(ToUnit(v)) ==
  // v (where neither the count of values nor an integer on a log scale exceeds 2^40).
  double FromUnit(double u) const;
  double ToUnit(double value) const;

  // log(prior probability of the value / its probability under a uniform draw): 0 everywhere
  // without a prior, at least -700 with one. Numbers: a normal distribution on the scale that
  // FromUnit is linear in (the exponent where `log` is set), truncated to the range; discrete ones
  // take the mass of their cell.
  double LogPrior(double value) const;
  // The value at which the prior's distribution function reaches u (clamped to [0, 1]); FromUnit
  // without a prior.
  double SamplePrior(double u) const;

  // The parameter's value that `value` stands for, where rounding errors on a step grid are
  // forgiven; nothing if there is none.
  std::optional<double> Snap(double value) const;
  // Value number `index` in ascending order; only where cardinality() has a value, index below it.
  double ValueAt(double index) const;
  // The same value? On a continuous float 12 significant digits count, as in CanonicalKey.
  bool Same(double a, double b) const;
  // "one of "a", "b"", "an integer from 1 to 8": what it can take, for messages.
  std::string Describe() const;
};

}  // namespace faretto
