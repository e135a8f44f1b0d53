#include "scheduler/searchers/initial_design.h"

#include <algorithm>

#include "scheduler/searchers/fresh.h"
#include "scheduler/searchers/sobol.h"

namespace faretto {
namespace {

// So many points are looked at for one proposal, because in a small discrete space most may be
// forbidden or taken.
constexpr int kPoints = 64;

std::uint64_t CountOf(const StudyView& view, const std::string& origin) {
  const auto& trials = view.state.trials();
  return static_cast<std::uint64_t>(std::count_if(
      trials.begin(), trials.end(), [&](const Trial& trial) { return trial.origin == origin; }));
}

}  // namespace

std::optional<Proposal> DefaultProposal(const StudyView& view) {
  const auto suggested = [](const Trial& trial) { return trial.suggestion >= 0; };
  const auto& trials = view.state.trials();
  if (std::any_of(trials.begin(), trials.end(), suggested)) return std::nullopt;
  auto configuration = view.spec.space.Default();
  if (!configuration || !IsFresh(view, *configuration)) return std::nullopt;
  return Proposal{std::move(*configuration), "default", nullptr};
}

// The sequence goes on at the number of points that became trials. Points that were skipped make
// that number too small; then a taken point is looked at once more, which does no harm.
std::optional<Proposal> InitialProposal(const SearchBasis& basis, RandomStream& random) {
  const StudySpec& spec = basis.view.spec;
  const std::uint64_t used = CountOf(basis.view, "sobol");
  if (used >= std::max<std::uint64_t>(8, 2 * spec.space.size())) return std::nullopt;
  std::uint64_t next = used;
  auto configuration = PickFresh(basis, random, kPoints, [&] {
    return spec.space.FromUnit(ShiftedSobolPoint(spec.seed, next++, spec.space.size()));
  });
  if (!configuration) return std::nullopt;
  return Proposal{std::move(*configuration), "sobol", nullptr};
}

std::optional<Proposal> InitialProposalWithPriors(const SearchBasis& basis, RandomStream& random) {
  const Space& space = basis.view.spec.space;
  const auto& parameters = space.parameters();
  const bool has_priors =
      std::any_of(parameters.begin(), parameters.end(),
                  [](const Parameter& parameter) { return parameter.prior.has_value(); });
  if (has_priors && CountOf(basis.view, "prior") < CountOf(basis.view, "sobol")) {
    auto configuration =
        PickFresh(basis, random, kPoints, [&] { return std::optional(space.SamplePrior(random)); });
    if (configuration) return Proposal{std::move(*configuration), "prior", nullptr};
  }
  return InitialProposal(basis, random);
}

std::optional<Proposal> UniformProposal(const SearchBasis& basis, RandomStream& random) {
  auto configuration = DrawFresh(basis, random);
  if (!configuration) return std::nullopt;
  return Proposal{std::move(*configuration), "random", nullptr};
}

}  // namespace faretto
