// A metric of the results as the targets of a regression. Thread safety: pure functions and values.
#pragma once

#include <Eigen/Dense>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/surrogates/result_rows.h"
#include "scheduler/surrogates/rung_process.h"

namespace faretto {

// One metric as targets of a regression, for each rung: value = mean + sd * target.
struct Target {
  struct Rung {
    std::vector<Eigen::Index> rows;  // of the results
    Eigen::VectorXd values;          // standardised, one for each of `rows`
    std::vector<KnownBelow> known;   // of the same trials: at the rungs below
    std::size_t number = 0;          // among the rungs of the study's policy
    bool varies = false;
    double mean = 0;
    double sd = 1;
  };
  std::string name;
  std::vector<Rung> rungs;          // those with results, rising; one, if there are none
  std::vector<KnownBelow> known;    // of StudyData::known: below the highest rung
  std::optional<double> reference;  // for hypervolume, of the value to be minimised

  // Predictions are in the units of the highest rung.
  double mean() const { return rungs.back().mean; }
  double sd() const { return rungs.back().sd; }
  double Standardised(double value) const { return (value - mean()) / sd(); }
};

// The values of a metric that is to be minimised; nothing where a row has none. They are
// standardised for each rung; before there are many at one, the spread of the rung below
// counts as well. Bad outliers are drawn in to five times the range between the 10 % and the
// 90 % quantile above the latter, or above `bound` where that is higher, so that what lies above it
// stays clearly above it. `known` is left empty.
Target MakeTarget(std::string name, const std::vector<ResultRow>& rows,
                  const std::function<std::optional<double>(const ResultRow&)>& value,
                  double bound = -std::numeric_limits<double>::infinity());

}  // namespace faretto
