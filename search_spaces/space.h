// A search space: parameters, conditions and forbidden clauses (study file, "space").
//
//   FARETTO_ASSIGN_OR_RETURN(Space space, Space::Parse(json));
//   RandomStream random(seed, "searcher/random", {i});
//   std::optional<Configuration> c = space.Sample(random);
//
// Every configuration that leaves this class satisfies the conditions and the forbidden clauses.
// Thread safety: immutable after Parse; const methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "search_spaces/configuration.h"
#include "search_spaces/parameter.h"

namespace faretto {

// `parameter` (an index) is active only if every parent is active and has one of the values beside
// it.
struct Condition {
  std::size_t parameter;
  std::vector<std::pair<std::size_t, std::vector<double>>> active_when;
};

// A configuration is forbidden when every named parameter is active and has one of its values.
struct ForbiddenClause {
  std::vector<std::pair<std::size_t, std::vector<double>>> values;
};

class Space {
 public:
  // From the study file's "space" object, presets included ({"preset": "dpn", "parameters":
  // [overrides and extras]}). Errors are kInvalid and name the JSON path below "space", what was
  // found, and the nearest known name.
  static Result<Space> Parse(const Json& json);
  // The resolved space (no preset), such that Parse(ToJson()) is the same space.
  Json ToJson() const;

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const std::vector<Condition>& conditions() const { return conditions_; }
  const std::vector<ForbiddenClause>& forbidden() const { return forbidden_; }
  std::size_t size() const { return parameters_.size(); }
  std::optional<std::size_t> Find(std::string_view name) const;
  // Indices such that parents come before children.
  const std::vector<std::size_t>& topological_order() const { return order_; }

  // Is parameter i active, given the values of its parents in `c`?
  bool IsActive(std::size_t i, const Configuration& c) const;
  bool IsForbidden(const Configuration& c) const;
  // Checks that `c` is a configuration of this space: right length, values that the parameters can
  // take, exactly the active ones present, not forbidden.
  Status Check(const Configuration& c) const;

  // Makes the activity right: inactive parameters become NaN, active ones without a value get
  // `fill(i)`, called in topological order. Does not look at forbidden clauses.
  void Repair(Configuration& c, const std::function<double(std::size_t)>& fill) const;

  // Uniform in the unit cube of active parameters, forbidden ones rejected; after many rejections
  // the search goes through the space systematically from a random start. Always succeeds, because
  // Parse refuses a space without any configuration.
  Configuration Sample(RandomStream& random) const;
  // As Sample, each parameter drawn from its prior; after many rejections as Sample does.
  Configuration SamplePrior(RandomStream& random) const;
  // Sum of Parameter::LogPrior over the active parameters.
  double LogPrior(const Configuration& c) const;
  // Has any parameter a prior?
  bool has_priors() const;
  // From one number in [0,1) for each parameter (a Sobol point, say). Nothing if that is forbidden.
  std::optional<Configuration> FromUnit(const std::vector<double>& unit) const;
  // ToUnit of every active parameter; inactive ones are 0.5.
  std::vector<double> ToUnit(const Configuration& c) const;
  // Defaults where given, else the first choice or the middle of the range. If that is forbidden:
  // the nearest allowed configuration found by changing parameters without an own default; nothing
  // if there is none.
  std::optional<Configuration> Default() const;

  // {"edge1": "2", "lr_sgd": 0.1}: active parameters in the order of the space.
  Json ToJson(const Configuration& c) const;
  // A whole configuration from outside (enqueue, import). Missing active parameters take their
  // default if they have one; unknown names, values of inactive parameters, wrong values and
  // forbidden combinations are errors.
  Result<Configuration> FromJson(const Json& params) const;

  // Identity of a configuration: inactive parameters do not count, floats rounded to 12 significant
  // digits. Equal keys mean the same configuration, whatever the order of parameters in the file.
  std::string CanonicalKey(const Configuration& c) const;

  // Number of different configurations; nothing where a float makes it infinite. Counting stops at
  // `limit` (then the limit is returned): exact below it, conditions and forbidden clauses
  // respected.
  std::optional<std::uint64_t> Count(std::uint64_t limit = 1'000'000) const;
  // Calls `visit` for every configuration of a finite space in a fixed order, until it returns
  // false.
  void Enumerate(const std::function<bool(const Configuration&)>& visit) const;

 private:
  Space() = default;

  // Derives everything else from parameters, conditions and clauses.
  Status Finish();
  void PrepareKeys();
  // One draw for each active parameter: its value is `value(parameter, u)`.
  template <class Value>
  Configuration SampleBy(RandomStream& random, const Value& value) const;
  double DefaultOrGuess(std::size_t i) const;

  std::vector<Parameter> parameters_;
  std::vector<Condition> conditions_;
  std::vector<ForbiddenClause> forbidden_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<std::size_t>>
      conditions_of_;      // for each parameter, indices into conditions_
  Configuration witness_;  // one allowed configuration
  bool finite_ = false;    // no continuous parameter is active in any allowed configuration

  // CanonicalKey: parameters by name, their quoted names, their choices as text.
  std::vector<std::size_t> key_order_;
  std::vector<std::string> key_names_;
  std::vector<std::vector<std::string>> key_choices_;
};

}  // namespace faretto
