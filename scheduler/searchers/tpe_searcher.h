// Searcher "tpe": the multi-objective tree-structured Parzen estimator (Ozaki, Tanigaki, Watanabe,
// Onishi, "Multiobjective tree-structured Parzen estimator for computationally expensive
// optimization problems", GECCO 2020; "Multiobjective tree-structured Parzen estimator", JAIR 73,
// 2022), with joint kernels over all parameters (Watanabe, "Tree-structured Parzen estimator:
// understanding its algorithm components and their roles for better empirical performance",
// arXiv 2304.11127, 2023).
#pragma once

#include "scheduler/searchers/parzen_estimator.h"
#include "scheduler/searchers/searcher.h"

namespace faretto {

struct TpeSettings {
  int startup = 10;
  double gamma = 1.5;
  double gamma_power = 0.5;
  int least_good = 1;
  int most_good = 50;
  int candidates = 24;
  int most_bad = 400;
  bool joint = true;
  int ramp = 0;
  bool flat_good = false;
  ParzenSettings good, bad;
};

class TpeSearcher : public Searcher {
 public:
  explicit TpeSearcher(TpeSettings settings = {}) : settings_(settings) {}
  std::optional<Proposal> Propose(const StudyView& view, RandomStream& random,
                                  std::int64_t suggestion) const override;

 private:
  TpeSettings settings_;
};

}  // namespace faretto
