#include "scheduler/searchers/random_searcher.h"

#include "scheduler/searchers/initial_design.h"

namespace faretto {

std::optional<Proposal> RandomSearcher::Propose(const StudyView& view, RandomStream& random,
                                                std::int64_t) const {
  return InitialProposal(view, FailureMemory(view), random);
}

}  // namespace faretto
