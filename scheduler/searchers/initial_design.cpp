#include "scheduler/searchers/initial_design.h"

#include <algorithm>

#include "scheduler/searchers/fresh.h"
#include "scheduler/searchers/sobol.h"

namespace faretto {
namespace {

// Points looked at for one proposal: most may be forbidden or taken in a small discrete space.
constexpr int kPoints = 64;

std::uint64_t CountOf(const StudyView& view, const std::string& origin) {
  const auto& trials = view.state.trials();
  return static_cast<std::uint64_t>(std::count_if(
      trials.begin(), trials.end(), [&](const Trial& trial) { return trial.origin == origin; }));
}

// The sequence goes on where it stopped: at the number of points that became trials. Skipped points
// make that number too small, which costs a look at a taken point, nothing else.
std::optional<Proposal> SobolProposal(const StudyView& view, const FailureMemory& memory,
                                      RandomStream& random) {
  const Space& space = view.spec.space;
  const std::uint64_t used = CountOf(view, "sobol");
  if (used >= std::max<std::uint64_t>(8, 2 * space.size())) return std::nullopt;
  std::uint64_t next = used;
  auto configuration = PickFresh(view, memory, random, kPoints, [&] {
    return space.FromUnit(ShiftedSobolPoint(view.spec.seed, next++, space.size()));
  });
  if (!configuration) return std::nullopt;
  return Proposal{std::move(*configuration), "sobol", nullptr};
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

std::optional<Proposal> InitialProposal(const StudyView& view, const FailureMemory& memory,
                                        RandomStream& random) {
  if (auto proposal = SobolProposal(view, memory, random)) return proposal;
  return UniformProposal(view, memory, random);
}

std::optional<Proposal> InitialProposalWithPriors(const StudyView& view,
                                                  const FailureMemory& memory,
                                                  RandomStream& random) {
  const Space& space = view.spec.space;
  const auto& parameters = space.parameters();
  const bool has_priors =
      std::any_of(parameters.begin(), parameters.end(),
                  [](const Parameter& parameter) { return parameter.prior.has_value(); });
  if (has_priors && CountOf(view, "prior") < CountOf(view, "sobol")) {
    auto configuration = PickFresh(view, memory, random, kPoints,
                                   [&] { return std::optional(space.SamplePrior(random)); });
    if (configuration) return Proposal{std::move(*configuration), "prior", nullptr};
  }
  return InitialProposal(view, memory, random);
}

std::optional<Proposal> UniformProposal(const StudyView& view, const FailureMemory& memory,
                                        RandomStream& random) {
  auto configuration = DrawFresh(view, memory, random);
  if (!configuration) return std::nullopt;
  return Proposal{std::move(*configuration), "random", nullptr};
}

}  // namespace faretto
