// What a study has learned about configurations that fail (crash, out of memory, NaN, collapsed).
//
// A configuration is judged by groups of finished trials: for each of its categorical values, those
// that share it; and its nearest neighbours (numbers by distance in the unit interval, categories
// by equality). A group of n trials of which s succeeded, in a study whose overall success rate is
// b, passes the configuration with probability ((s + 1) / (n b + 1))^2, at most 1; the group with
// the lowest probability decides. A value that failed 10 times of 10 among trials that otherwise
// succeed passes once in about a hundred; where everything fails (b = 0) nothing is known and
// everything passes. Neighbours are looked for among at most 1,024 trials: the newest half, and an
// even choice of those before, so that their success rate is that of all trials. Thread safety:
// const methods may be called from any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "search_spaces/configuration.h"
#include "study/suggestion.h"

namespace faretto {

class FailureMemory {
 public:
  // O(trials), O(1) as long as nothing has failed. The view must outlive it.
  explicit FailureMemory(const StudyView& view);

  // Probability in (0, 1] with which the configuration should be tried. O(1) as long as nothing has
  // failed.
  double Acceptance(const Configuration& configuration) const;

 private:
  struct Count {
    double trials = 0;
    double successes = 0;
  };

  double Pass(const Count& count) const;
  double ByChoice(const Configuration& configuration) const;
  double ByNeighbours(const Configuration& configuration) const;
  void Remember(const std::vector<const Trial*>& finished);
  // By parameter: unit interval of numbers and ordered choices, the choice of categories, NaN where
  // inactive.
  std::vector<double> Coordinates(const Configuration& configuration) const;
  double Distance(const double* a, const double* b) const;

  const Space& space_;
  std::vector<std::vector<Count>> choices_;  // [parameter][choice]; categorical ones only
  std::vector<bool> categorical_;            // by parameter
  std::vector<double> coordinates_;          // of remembered trials, one after the other
  std::vector<bool> failed_;                 // of remembered trials; empty: nothing ever failed
  double success_rate_ = 1;
};

}  // namespace faretto
