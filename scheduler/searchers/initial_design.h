// How every search begins: the space's default, then Sobol points, then uniform draws. The latter
// two are also what a searcher falls back on. Thread safety: pure functions.
#pragma once

#include <optional>

#include "base/random.h"
#include "scheduler/searchers/searcher.h"

namespace faretto {

// The default configuration (origin "default") if nothing was suggested yet and no trial has it.
// Enqueued and imported trials were not suggested, so the default is the first suggestion after
// them too.
std::optional<Proposal> DefaultProposal(const StudyView& view);

// max(8, 2 dimensions) Sobol points (origin "sobol"), then nothing. Points that are taken,
// forbidden or likely to fail are skipped.
std::optional<Proposal> InitialProposal(const SearchBasis& basis, RandomStream& random);

// InitialProposal for searchers that take the user's priors: where the space has any, a draw from
// them (origin "prior") after every Sobol point. pi-BO draws all of them from the prior; here a
// wrong prior must not hide what the first model should see.
std::optional<Proposal> InitialProposalWithPriors(const SearchBasis& basis, RandomStream& random);

// A uniform draw (origin "random"): what is suggested where a searcher has nothing to offer.
// Nothing if the space is used up.
std::optional<Proposal> UniformProposal(const SearchBasis& basis, RandomStream& random);

}  // namespace faretto
