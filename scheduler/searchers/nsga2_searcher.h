// Searcher "nsga2": NSGA-II (Deb, Pratap, Agarwal, Meyarivan, IEEE TEVC 6(2), 2002) without
// generations. The first `population` trials are those of searcher "random". After that each
// suggestion selects anew: parents come by binary tournament from the best finished trials, at most
// `population` (parents.h), a child by crossover and mutation (variation.h). A child that some
// trial has already, that is forbidden or that is likely to fail (failure_memory.h) is mutated
// harder and harder; when that does not help, a uniform draw takes its place. O(trials),
// a few nanoseconds each, for up to two objectives.
#pragma once

#include "scheduler/searchers/searcher.h"

namespace faretto {

class Nsga2Searcher : public Searcher {
 public:
  std::optional<Proposal> Propose(const SearchBasis& basis, RandomStream& random,
                                  std::int64_t suggestion) const override;
};

}  // namespace faretto
