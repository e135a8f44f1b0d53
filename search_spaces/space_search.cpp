#include "search_spaces/space_search.h"

#include <algorithm>

namespace faretto {
namespace {

bool Holds(const Parameter& parameter, const std::vector<double>& values, double value) {
  return std::any_of(values.begin(), values.end(),
                     [&](double other) { return parameter.Same(value, other); });
}

// The first value of the parameter that is not among `named`.
std::optional<double> FirstOther(const Parameter& parameter, const std::vector<double>& named) {
  const auto cardinality = parameter.cardinality();
  const auto tries = static_cast<double>(named.size() + 1);
  for (double k = 0; k < tries; ++k) {
    if (cardinality && k >= *cardinality) return std::nullopt;
    const double value = cardinality ? parameter.ValueAt(k) : parameter.FromUnit((k + 0.5) / tries);
    if (!Holds(parameter, named, value)) return value;
  }
  return std::nullopt;
}

}  // namespace

SpaceSearch::SpaceSearch(const Space& space)
    : space_(space),
      named_(space.size()),
      another_(space.size()),
      position_(space.size()),
      parents_(space.size()),
      clauses_(space.size()) {
  for (std::size_t p = 0; p < space.size(); ++p) position_[space.topological_order()[p]] = p;
  const auto note = [&](std::size_t i, const std::vector<double>& values) {
    for (double value : values)
      if (!IsNamed(i, value)) named_[i].push_back(value);
  };
  for (const Condition& condition : space.conditions()) {
    for (const auto& [parent, values] : condition.active_when) {
      note(parent, values);
      parents_[condition.parameter].push_back(position_[parent]);
    }
  }
  for (std::size_t c = 0; c < space.forbidden().size(); ++c) {
    std::size_t last = 0;
    for (const auto& [i, values] : space.forbidden()[c].values) {
      note(i, values);
      last = std::max(last, position_[i]);
    }
    clauses_[last].push_back(c);
  }
  for (std::size_t i = 0; i < space.size(); ++i)
    another_[i] = FirstOther(space.parameters()[i], named_[i]);
}

bool SpaceSearch::IsNamed(std::size_t i, double value) const {
  return Holds(space_.parameters()[i], named_[i], value);
}

const ForbiddenClause* SpaceSearch::Violated(std::size_t position, const Configuration& c) const {
  for (std::size_t index : clauses_[position]) {
    const ForbiddenClause& clause = space_.forbidden()[index];
    const bool holds =
        std::all_of(clause.values.begin(), clause.values.end(), [&](const auto& part) {
          return c.active(part.first) &&
                 Holds(space_.parameters()[part.first], part.second, c.values[part.first]);
        });
    if (holds) return &clause;
  }
  return nullptr;
}

// One search. A conflict is the set of positions whose values made a branch fail.
class SpaceSearch::Run {
 public:
  using Conflict = std::vector<bool>;

  Run(const SpaceSearch& search, const Candidates& candidates, std::vector<bool> relevant,
      std::optional<std::size_t> must_be_active)
      : search_(search),
        space_(search.space_),
        candidates_(candidates),
        relevant_(std::move(relevant)),
        must_be_active_(must_be_active) {
    configuration.values.assign(space_.size(), kInactive);
  }

  Configuration configuration;
  bool gave_up = false;

  // Sets everything from `position` on. Nothing: done. Else why that is impossible.
  std::optional<Conflict> Extend(std::size_t position) {
    if (position == space_.size()) return std::nullopt;
    gave_up = gave_up || ++nodes_ > kMaxNodes;
    if (gave_up) return Conflict(space_.size(), false);
    const std::size_t i = space_.topological_order()[position];
    Conflict conflict(space_.size(), false);
    for (std::size_t parent : search_.parents_[i]) conflict[parent] = true;
    std::vector<double> values = {kInactive};
    if (space_.IsActive(i, configuration)) {
      values = candidates_(i);
      if (!relevant_[i]) values.resize(1);
    } else if (must_be_active_ == i) {
      return conflict;
    }
    for (double value : values) {
      configuration.values[i] = value;
      if (const ForbiddenClause* clause = search_.Violated(position, configuration)) {
        for (const auto& part : clause->values) conflict[search_.position_[part.first]] = true;
        continue;
      }
      std::optional<Conflict> below = Extend(position + 1);
      if (!below) return std::nullopt;
      if (gave_up || !(*below)[position]) {
        configuration.values[i] = kInactive;
        return below;
      }
      for (std::size_t p = 0; p < position; ++p) conflict[p] = conflict[p] || (*below)[p];
    }
    configuration.values[i] = kInactive;
    conflict[position] = false;
    return conflict;
  }

 private:
  const SpaceSearch& search_;
  const Space& space_;
  const Candidates& candidates_;
  const std::vector<bool> relevant_;
  const std::optional<std::size_t> must_be_active_;
  std::uint64_t nodes_ = 0;
};

std::vector<bool> SpaceSearch::WithAncestors(std::vector<bool> relevant) const {
  const auto& order = space_.topological_order();
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    if (!relevant[*i]) continue;
    for (std::size_t parent : parents_[*i]) relevant[order[parent]] = true;
  }
  return relevant;
}

SpaceSearch::Outcome SpaceSearch::Find(const Candidates& candidates,
                                       std::optional<std::size_t> must_be_active) const {
  std::vector<bool> relevant(space_.size(), false);
  for (const ForbiddenClause& clause : space_.forbidden())
    for (const auto& part : clause.values) relevant[part.first] = true;
  if (must_be_active) relevant[*must_be_active] = true;
  Run run(*this, candidates, WithAncestors(std::move(relevant)), must_be_active);
  const bool found = !run.Extend(0);
  return {found ? std::optional(run.configuration) : std::nullopt, run.gave_up};
}

std::vector<double> SpaceSearch::AllClasses(std::size_t i) const {
  std::vector<double> values;
  if (another_[i]) values.push_back(*another_[i]);
  values.insert(values.end(), named_[i].begin(), named_[i].end());
  return values;
}

SpaceSearch::Outcome SpaceSearch::FindAny() const {
  return Find([this](std::size_t i) { return AllClasses(i); });
}

bool SpaceSearch::IsFinite() const {
  for (std::size_t i = 0; i < space_.size(); ++i) {
    if (space_.parameters()[i].cardinality()) continue;
    const Outcome outcome = Find([this](std::size_t k) { return AllClasses(k); }, i);
    if (outcome.found || outcome.gave_up) return false;
  }
  return true;
}

}  // namespace faretto
