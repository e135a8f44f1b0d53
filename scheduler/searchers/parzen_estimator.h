// A density over configurations: a mixture of kernels around observed ones and a uniform prior.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/random.h"
#include "scheduler/searchers/parzen_kernel.h"
#include "search_spaces/configuration.h"
#include "search_spaces/space.h"

namespace faretto {

enum class Bandwidth { kNeighbour, kScott, kFixed };

struct ParzenSettings {
  double prior_weight = 1;
  Bandwidth bandwidth = Bandwidth::kScott;
  double factor = 1;
  double min_dev = 0.01;  // scott
  double cat_prior = 1;
  bool magic = true;
};

struct WeightedConfiguration {
  const Configuration* configuration;
  double weight;
};

class ParzenEstimator {
 public:
  ParzenEstimator(const Space& space, const std::vector<WeightedConfiguration>& observations,
                  const ParzenSettings& settings);

  // A draw. Conditions hold; forbidden clauses are not looked at.
  Configuration Sample(RandomStream& random) const;
  std::vector<double> LogDensity(const std::vector<Configuration>& candidates) const;

  // The same of one parameter alone, from the observations in which it is active.
  double SampleValue(std::size_t parameter, RandomStream& random) const;
  std::vector<double> LogValueDensity(std::size_t parameter,
                                      const std::vector<double>& values) const;

 private:
  struct Column {
    std::vector<double> value;  // NaN: inactive
    std::vector<TruncatedNormal> normal;
    double log_same = 0, log_other = 0, p_other = 0;
  };
  void AddRow(std::size_t parameter, double value, std::vector<double>& row) const;
  double Draw(std::size_t parameter, std::size_t kernel, RandomStream& random) const;
  std::size_t Choose(const std::vector<double>& weights, RandomStream& random) const;

  const Space& space_;
  std::vector<double> weights_;  // observations, then the prior
  std::vector<double> log_weights_;
  std::vector<Column> columns_;
};

}  // namespace faretto
