// How much one parameter separates the best trials from all trials.
//
// PED-ANOVA (Watanabe, Bansal, Hutter, "PED-ANOVA: efficiently quantifying hyperparameter
// importance in arbitrary subspaces", IJCAI 2023): the importance of a parameter for being among
// the best is the Pearson divergence sum_c (p_c - q_c)^2 / q_c between its distribution p in the
// best trials and its distribution q in all of them, both by a Parzen estimator over cells.
//
// Where this differs from the paper, so that parameters that do not matter come out as 0 with few
// trials too: both distributions share one kernel, that of the best trials; and the divergence is
// held against what random sets of the same size have (200 of them, from a named random stream).
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search_spaces/parameter.h"

namespace faretto {

struct Divergence {
  double value = 0;    // of the best trials from all
  double typical = 0;  // mean of random sets of the same size
  double chance = 0;   // 95 % of random sets stay at or below

  // What exceeds the typical random set; 0 where one in twenty random sets does as well.
  double above_chance() const { return value > chance ? value - typical : 0; }
};

// `values`: the parameter's value in each trial, none NaN. `best`: numbers of the best trials, none
// twice. Numbers and ordinals are smoothed by a Gaussian with Scott's bandwidth for the best trials
// (at least a quarter of that for all) over at most 50 cells of the unit interval, log scales
// included; categories by one trial more, spread evenly over the choices.
Divergence PedAnova(const Parameter& parameter, const std::vector<double>& values,
                    const std::vector<std::size_t>& best, std::uint64_t seed);

}  // namespace faretto
