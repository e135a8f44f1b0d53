#include "scheduler/searchers/random_searcher.h"

#include "scheduler/searchers/initial_design.h"

namespace faretto {

std::optional<Proposal> RandomSearcher::Propose(const SearchBasis& basis, RandomStream& random,
                                                std::int64_t) const {
  return InitialProposal(basis, random);
}

}  // namespace faretto
