// MagFace (Meng et al., "MagFace: A Universal Representation for Face Recognition and Quality
// Assessment", CVPR 2021). With a = ||embedding|| clamped to [l_a, u_a]:
//   m(a) = l_m + (u_m - l_m) (a - l_a) / (u_a - l_a)
//   phi  = cos(theta + m(a)) if cos > cos(pi - m(a)), else cos
//   regulariser = lambda (a / u_a^2 + 1 / a), one value for each sample
// Gradients flow through a (none where it is clamped). weight (dim, classes), uniform in [-1, 1)
// with columns normalised.
#pragma once

#include "trainers/heads/margin_head.h"

namespace faretto {

struct MagFaceOptions {
  double scale = 32.0;
  double low_norm = 10.0, high_norm = 110.0;    // l_a, u_a
  double low_margin = 0.45, high_margin = 0.8;  // l_m, u_m
  double lambda = 20.0;
};

class MagFace : public MarginHead {
 public:
  MagFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
          const MagFaceOptions& options = {});
  MarginOutput forward(const torch::Tensor& embeddings, const torch::Tensor& labels) override;

 private:
  MagFaceOptions options_;
};

}  // namespace faretto
