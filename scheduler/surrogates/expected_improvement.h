// Exact expected hypervolume improvement of a point whose objectives (minimised) are independent
// normal variables.
//
//   EHVI = sum over boxes of prod_k (G_k(u_k) - G_k(l_k)),
//   G_k(z) = E[max(0, z - Y_k)] = (z - mu_k) Phi((z - mu_k) / sd_k) + sd_k phi((z - mu_k) / sd_k)
//
// over a disjoint decomposition of the region that no point of the front dominates and the
// reference bounds (Emmerich, Giannakoglou, Naujoks, IEEE TEVC 10(4), 2006; Yang, Emmerich,
// Deutz, Back, "Efficient computation of expected hypervolume improvement using box decomposition
// algorithms", J. Global Optimization 75, 2019). With one objective this is expected improvement.
// Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "objectives/pareto/dominance.h"

namespace faretto {

class ExpectedHypervolumeImprovement {
 public:
  // The front may hold dominated points and points beyond the reference.
  ExpectedHypervolumeImprovement(const std::vector<Point>& front, const Point& reference);

  std::size_t objectives() const { return objectives_; }
  std::size_t boxes() const { return boxes_.size() / objectives_; }

  // Logarithm of the expectation; sd positive. Where that is below the smallest double it goes on
  // as an upper bound's logarithm, so that hopeless points still have an order. With gradients,
  // derivatives of the logarithm by means and sds are written there.
  double Log(std::span<const double> mean, std::span<const double> sd,
             std::span<double> mean_gradient = {}, std::span<double> sd_gradient = {}) const;

 private:
  struct Bounds {
    std::size_t lower, upper;  // into levels_ of the objective
  };

  double LogBound(std::span<const double> mean, std::span<const double> sd,
                  std::span<double> mean_gradient, std::span<double> sd_gradient) const;

  std::size_t objectives_;
  std::vector<std::vector<double>> levels_;  // [objective] box edges, rising
  std::vector<Bounds> boxes_;                // [box * objectives + objective]
};

// log Phi(x), accurate in the far tail; its derivative is written to `slope` where given.
double LogNormalCdf(double x, double* slope = nullptr);

}  // namespace faretto
