// CosFace (Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition", CVPR 2018):
// phi = cos - m. weight (classes, dim), Xavier-uniform.
#pragma once

#include "trainers/heads/margin_head.h"

namespace faretto {

struct CosFaceOptions {
  double scale = 64.0;
  double margin = 0.35;
};

class CosFace : public MarginHead {
 public:
  CosFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
          const CosFaceOptions& options = {});
  MarginOutput forward(const torch::Tensor& embeddings, const torch::Tensor& labels) override;

 private:
  CosFaceOptions options_;
};

}  // namespace faretto
