// Searcher "bo": Bayesian optimisation with one Gaussian process for each objective and exact
// expected hypervolume improvement (scheduler/surrogates), or with a random forest and ParEGO where
// algorithm.surrogate is "rf". The first trials are those of searcher "random". Thread safety: see
// Searcher.
#pragma once

#include "scheduler/searchers/searcher.h"

namespace faretto {

class BoSearcher : public Searcher {
 public:
  std::optional<Proposal> Propose(const SearchBasis& basis, RandomStream& random,
                                  std::int64_t suggestion) const override;
  bool prices(const StudyView& view) const override {
    return view.spec.algorithm.surrogate == "gp";
  }
  bool quick() const override { return false; }
};

}  // namespace faretto
