#include "scheduler/searchers/nsga2_searcher.h"

#include <algorithm>

#include "base/json_object.h"
#include "scheduler/searchers/fresh.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/searchers/parents.h"
#include "scheduler/searchers/variation.h"

namespace faretto {
namespace {

constexpr double kCrossoverProbability = 0.9;  // as in NSGA-II
constexpr int kTries = 32;                     // mutations, harder each time, before a uniform draw

std::optional<Proposal> Child(const SearchBasis& basis, const ParentPool& pool,
                              RandomStream& random) {
  const StudyView& view = basis.view;
  const Space& space = view.spec.space;
  const auto configuration = [&](TrialId id) -> const Configuration& {
    return view.state.FindTrial(id)->configuration;
  };
  const TrialId first = pool.Tournament(random);
  TrialId second = pool.Tournament(random);
  for (int i = 0; second == first && i < 4; ++i) second = pool.Tournament(random);
  const bool cross = second != first && random.Uniform() < kCrossoverProbability;
  const Configuration start =
      cross ? Cross(space, configuration(first), configuration(second), random)
            : configuration(first);
  double strength = 1;
  auto child = PickFresh(basis, random, kTries, [&] {
    Configuration candidate = start;
    Mutate(space, strength, random, candidate);
    strength += 0.5;
    return std::optional(candidate);
  });
  if (!child) return std::nullopt;
  std::vector<TrialId> parents = {first};
  if (cross) parents.push_back(second);
  return Proposal{std::move(*child), cross ? "nsga2/crossover" : "nsga2/mutation",
                  JsonObject("parents", parents, "rung", pool.rung())};
}

}  // namespace

std::optional<Proposal> Nsga2Searcher::Propose(const SearchBasis& basis, RandomStream& random,
                                               std::int64_t) const {
  const StudyView& view = basis.view;
  const std::int64_t population = std::max<std::int64_t>(2, view.spec.algorithm.population);
  if (static_cast<std::int64_t>(view.state.trials().size()) < population)
    return InitialProposal(basis, random);
  const ParentPool pool(view, population);
  if (pool.size() < 2) return InitialProposal(basis, random);
  return Child(basis, pool, random);
}

}  // namespace faretto
