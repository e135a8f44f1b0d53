// A density over configurations from observed ones: the Parzen estimator of TPE with joint kernels
// (Bergstra, Bardenet, Bengio, Kegl, "Algorithms for hyper-parameter optimization", NeurIPS 2011;
// Falkner, Klein, Hutter, "BOHB", ICML 2018; Watanabe, arXiv 2304.11127, 2023).
//
//   l(x) = sum_k w_k prod_i l_ki(x_i),  k over the observations and a prior
//
// Each kernel is a product over the parameters that are active in x, each factor relative to a
// uniform draw: numbers have a normal distribution on the unit interval of their (log) scale, cut
// at its ends, integers, steps and ordered choices its mean over the value's cell, categories a
// share for the observed choice and an equal rest for every choice. The factor of a parameter that
// is inactive in the observation is 1, which keeps l a density over conditional spaces.
//
// The bandwidth of parameter i over n observations of d parameters follows Scott's rule: factor *
// s_i * (n + 1)^(-1 / (d + 4)), where s_i is the weighted deviation of the observations and a
// uniform draw's 1/sqrt(12) together. All kernels share it: on ZDT1, a mixed space and HPOLib's
// protein table this found better fronts than the distance to the neighbouring observation, which
// depends on single points.
//
// Thread safety: const methods may be called from any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "base/random.h"
#include "scheduler/searchers/parzen_kernel.h"
#include "search_spaces/configuration.h"
#include "search_spaces/space.h"

namespace faretto {

struct ParzenSettings {
  double prior_weight = 0.5;  // relative to observations, which have up to 1
  double spread_prior = 0.5;  // weight of a uniform draw's deviation in the bandwidths
  double bandwidth_factor = 1;
  double least_bandwidth = 0.02;  // in the unit interval
  double category_prior = 1;      // shared by all observations: 1 / n of it is spread by each
  bool user_priors = false;       // the prior is the user's where the space has one, else uniform
};

struct WeightedConfiguration {
  const Configuration* configuration;
  double weight;  // above 0
};

class ParzenEstimator {
 public:
  // The space must outlive it. No observations: the prior alone. O(n d).
  ParzenEstimator(const Space& space, const std::vector<WeightedConfiguration>& observations,
                  const ParzenSettings& settings);

  // A draw. Conditions hold; forbidden clauses are not looked at.
  Configuration Sample(RandomStream& random) const;

  // Logarithm of l for each candidate, relative to uniform draws of the active parameters.
  // O(candidates n d).
  std::vector<double> LogDensity(const std::vector<Configuration>& candidates) const;

 private:
  // One factor of the kernels. Observations with the same value share a shape.
  struct Column {
    static constexpr std::size_t kInactiveShape = static_cast<std::size_t>(-1);
    std::vector<std::size_t> shape_of;    // by observation
    std::vector<double> values;           // by shape
    std::vector<TruncatedNormal> normal;  // by shape; empty for a category
    TruncatedNormals continuous;          // by observation: of a float that is active in all
    double log_same = 0;                  // categories
    double log_other = 0;
    double spread = 0;  // share that is drawn from all choices
  };

  void FillColumn(std::size_t parameter, const std::vector<WeightedConfiguration>& observations);
  // `centres`: by shape, in the unit interval.
  double Bandwidth(const Column& column, const std::vector<double>& centres,
                   const std::vector<WeightedConfiguration>& observations) const;
  std::vector<double> LogFactors(std::size_t parameter, double value) const;
  double LogPriorFactor(std::size_t parameter, double value) const;
  // Adds the factors of a parameter to the kernels' logarithms, one row of them for each candidate.
  void AddContinuous(std::size_t parameter, const std::vector<Configuration>& candidates,
                     std::vector<double>& logs) const;
  void AddFactors(std::size_t parameter, const std::vector<Configuration>& candidates,
                  std::vector<double>& logs) const;
  double Draw(std::size_t parameter, std::size_t kernel, RandomStream& random) const;
  double DrawPrior(std::size_t parameter, RandomStream& random) const;
  std::size_t DrawKernel(RandomStream& random) const;

  const Space& space_;
  ParzenSettings settings_;
  std::vector<double> weights_;  // of the observations, then the prior; their sum is 1
  std::vector<Column> columns_;  // by parameter
};

}  // namespace faretto
