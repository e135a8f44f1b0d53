#include "scheduler/searchers/bo_searcher.h"

#include <algorithm>

#include "scheduler/searchers/forest_proposal.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/searchers/process_proposal.h"
#include "scheduler/surrogates/study_data.h"

namespace faretto {
namespace {

// Trials of the initial design, unless the study file says otherwise. There are more where they
// cost little (at a low resource), and where some failed, since a model that has seen too little
// proposes what fails. Measured: benchmarks/notes/lengthscale-priors.md.
std::size_t InitialTrials(const StudyView& view) {
  const StudySpec& spec = view.spec;
  if (spec.algorithm.initial) return static_cast<std::size_t>(*spec.algorithm.initial);
  const auto& trials = view.state.trials();
  const bool some_failed = std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state == TrialState::kFailed;
  });
  if (some_failed || view.state.rungs().size() > 1)
    return std::clamp<std::size_t>(spec.space.size() + 2, 8, 20);
  return std::clamp<std::size_t>(spec.space.size() / 2 + 1, 6, 10);
}

// Are there enough trials, and enough of them with results?
bool CanModel(const StudyView& view) {
  const std::size_t initial = InitialTrials(view);
  const auto& trials = view.state.trials();
  if (trials.size() < initial) return false;
  return TrialsToLearnFrom(view) >= std::max<std::size_t>(1, std::min<std::size_t>(initial / 2, 8));
}

}  // namespace

std::optional<Proposal> BoSearcher::Propose(const SearchBasis& basis, RandomStream& random,
                                            std::int64_t) const {
  const StudyView& view = basis.view;
  if (!CanModel(view)) return InitialProposalWithPriors(basis, random);
  if (view.spec.algorithm.surrogate == "rf") return ForestProposal(view, random);
  return ProcessProposal(view, random);
}

}  // namespace faretto
