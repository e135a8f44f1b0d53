#include "trainers/heads/magface.h"

#include <numbers>

#include "trainers/heads/cosines.h"
#include "trainers/tensors/random_fill.h"

namespace faretto {
namespace F = torch::nn::functional;

MagFace::MagFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
                 const MagFaceOptions& options)
    : options_(options) {
  torch::Tensor weight = torch::empty({dim, classes});
  FillUniform(seed, "weights/head", 1.0, weight);
  weight_ = register_parameter("weight", F::normalize(weight, F::NormalizeFuncOptions().dim(0)));
}

MarginOutput MagFace::forward(const torch::Tensor& embeddings, const torch::Tensor& labels) {
  const MagFaceOptions& o = options_;
  const torch::Tensor a =
      embeddings.norm(2, 1, /*keepdim=*/true).clamp(o.low_norm, o.high_norm);  // (B, 1)
  const torch::Tensor margin =
      o.low_margin + (o.high_margin - o.low_margin) * (a - o.low_norm) / (o.high_norm - o.low_norm);
  const torch::Tensor cosines = CosinesToRows(embeddings, weight_.t()).clamp(-1.0, 1.0);
  const torch::Tensor sines = SinesOf(cosines);
  const torch::Tensor shifted = cosines * margin.cos() - sines * margin.sin();
  const torch::Tensor phi =
      torch::where(cosines > torch::cos(std::numbers::pi - margin), shifted, cosines);
  const torch::Tensor regulariser =
      o.lambda * (a / (o.high_norm * o.high_norm) + a.reciprocal()).squeeze(1);
  return {MixLogits(phi, cosines, labels, o.scale), regulariser};
}

}  // namespace faretto
