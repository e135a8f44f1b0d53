// Searcher "random": the default configuration, a Sobol start, then uniform draws, all in the unit
// interval of each parameter, so that log scales are drawn as such.
#pragma once

#include "scheduler/searchers/searcher.h"

namespace faretto {

class RandomSearcher : public Searcher {
 public:
  std::optional<Proposal> Propose(const SearchBasis& basis, RandomStream& random,
                                  std::int64_t suggestion) const override;
};

}  // namespace faretto
