// Who may be a parent: the best finished trials at one resource. Thread safety: const methods may
// be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "study/suggestion.h"

namespace faretto {

class ParentPool {
 public:
  // The best trials (feasible first, Pareto layers, crowding) at the highest rung that holds at
  // least max(4, population / 2) trials with results; failing that, at the rung that holds most of
  // them, the higher one of equals. Of n results the best 8 % are parents, at least 7 and at most
  // `population`: with few results only few are good. Failed trials are never parents.
  ParentPool(const StudyView& view, std::int64_t population);

  std::int64_t rung() const { return rung_; }
  std::size_t size() const { return pool_.size(); }
  // Binary tournament: of two different members, the one in the better layer, then the less crowded
  // one; a draw decides what is left. The pool must not be empty.
  TrialId Tournament(RandomStream& random) const;

 private:
  struct Member {
    TrialId trial;
    int layer;
    double crowding;
  };

  std::int64_t rung_ = 0;
  std::vector<Member> pool_;
};

}  // namespace faretto
