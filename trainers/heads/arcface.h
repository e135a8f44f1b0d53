// ArcFace (Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition",
// CVPR 2019), easy margin off: phi = cos(theta + m) while cos > cos(pi - m), else
// cos - m sin(pi - m). weight (classes, dim), Xavier-uniform.
//
// The published code takes the root of 1 - cos^2 unguarded, whose gradient is infinite at cos = ±1
// and whose value is NaN just beyond; here it is bounded below.
#pragma once

#include "trainers/heads/margin_head.h"

namespace faretto {

struct ArcFaceOptions {
  double scale = 64.0;
  double margin = 0.5;
};

class ArcFace : public MarginHead {
 public:
  ArcFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
          const ArcFaceOptions& options = {});
  MarginOutput forward(const torch::Tensor& embeddings, const torch::Tensor& labels) override;

 private:
  ArcFaceOptions options_;
};

}  // namespace faretto
