// What training a configuration is worth for its cost, when it may be stopped on the way.
//
// At a rung r on the way the result tells more about the value at full resource, and training goes
// on only if the improvement that is then expected, I_r, is above some threshold t:
//
//   log max over r, t of E[I_r; I_r > t] / (c_r + P(I_r > t) (c_top - c_r))
//
// c_r is the cost up to r, and c_top that of all. This is the reservation price of Weitzman,
// "Optimal search for the best alternative", Econometrica 47(3), 1979, at the best single stop;
// without stops it is the expected improvement for its cost. The expectation is over what the model
// believes of the result: the mean at full resource moves by a normal variable whose variance is
// what the result takes away. It is a mean over fixed quasi-random points. That a result may settle
// whether a constraint holds is not counted.
// Thread safety: pure functions.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "scheduler/surrogates/acquisition.h"

namespace faretto {

// A result on the way to full resource.
struct Stop {
  double cost = 0;         // up to it
  std::vector<double> sd;  // [objective] of the value at full resource, once the result is known
};

// Of a normal variable at full resource, after `cost`, positive. Values that are surely not above
// `at_least` may come out lower than they are.
double LogValueForCost(const ExpectedHypervolumeImprovement& improvement,
                       const std::vector<double>& mean, const std::vector<double>& sd, double cost,
                       const std::vector<Stop>& stops, double at_least);

// Times the probability of being feasible, for the predicted cost of a unit of resource, as in
// Acquisition::Log. `point`: column of the prediction. `rungs`: of the study's policy, rising.
// `from`: the resource that the configuration is trained to, 0 for a new one.
double LogValueForCost(const Acquisition& acquisition, const StudyModel::Prediction& prediction,
                       Eigen::Index point, const std::vector<std::int64_t>& rungs,
                       std::int64_t from, double at_least);

}  // namespace faretto
