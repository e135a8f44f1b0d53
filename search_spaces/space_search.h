// Systematic search through a space: does anything satisfy the forbidden clauses?
//
// Only values that a condition or a clause names can make a difference; all other values of a
// parameter stand for each other ("another value"), so that the search is exact on continuous
// parameters too. Backtracking with conflict-directed backjumping (Prosser, "Hybrid algorithms for
// the constraint satisfaction problem", 1993): a contradiction among two parameters is not tried
// again for every combination of the others.
// Thread safety: const methods may be called from any thread. Lives no longer than its space.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "search_spaces/space.h"

namespace faretto {

class SpaceSearch {
 public:
  struct Outcome {
    std::optional<Configuration> found;
    bool gave_up = false;  // more than kMaxNodes steps: nothing is known
  };
  static constexpr std::uint64_t kMaxNodes = 1'000'000;
  // Values to try for an active parameter, best first. Exact if they hold every named value and
  // another one.
  using Candidates = std::function<std::vector<double>(std::size_t)>;

  explicit SpaceSearch(const Space& space);

  // The values of parameter i that a condition or a clause names.
  const std::vector<double>& named(std::size_t i) const { return named_[i]; }
  // A value of parameter i that none names; nothing if all are named.
  std::optional<double> another(std::size_t i) const { return another_[i]; }
  bool IsNamed(std::size_t i, double value) const;

  // The first allowed configuration in the order of the candidates.
  Outcome Find(const Candidates& candidates,
               std::optional<std::size_t> must_be_active = std::nullopt) const;
  Outcome FindAny() const;
  // No continuous parameter is active in any allowed configuration.
  bool IsFinite() const;

  // A clause that is decided by the parameter at `position` of the topological order, all before it
  // being set, and that `c` violates; nothing if there is none.
  const ForbiddenClause* Violated(std::size_t position, const Configuration& c) const;

 private:
  class Run;

  std::vector<double> AllClasses(std::size_t i) const;
  std::vector<bool> WithAncestors(std::vector<bool> relevant) const;

  const Space& space_;
  std::vector<std::vector<double>> named_;
  std::vector<std::optional<double>> another_;
  std::vector<std::size_t> position_;              // of a parameter in the topological order
  std::vector<std::vector<std::size_t>> parents_;  // positions of the parents of a parameter
  std::vector<std::vector<std::size_t>> clauses_;  // by the last position that they name
};

}  // namespace faretto
