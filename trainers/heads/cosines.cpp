#include "trainers/heads/cosines.h"

#include <cmath>

#include "trainers/tensors/random_fill.h"

namespace faretto {
namespace F = torch::nn::functional;

namespace {

constexpr double kMinSquaredSine = 1e-9;  // its root, 3e-5, is the largest change of a sine

}  // namespace

torch::Tensor XavierClassWeights(std::int64_t dim, std::int64_t classes, std::uint64_t seed) {
  torch::Tensor weight = torch::empty({classes, dim});
  FillUniform(seed, "weights/head", std::sqrt(6.0 / static_cast<double>(dim + classes)), weight);
  return weight;
}

torch::Tensor CosinesToRows(const torch::Tensor& embeddings, const torch::Tensor& weight) {
  const auto rows = F::NormalizeFuncOptions().dim(1);
  return F::linear(F::normalize(embeddings, rows), F::normalize(weight, rows));
}

torch::Tensor SinesOf(const torch::Tensor& cosines) {
  return (1.0 - cosines.square()).clamp_min(kMinSquaredSine).sqrt();
}

torch::Tensor MixLogits(const torch::Tensor& target, const torch::Tensor& cosines,
                        const torch::Tensor& labels, double scale) {
  const torch::Tensor is_target =
      torch::zeros_like(cosines, torch::kBool).scatter_(1, labels.unsqueeze(1), true);
  return scale * torch::where(is_target, target, cosines);
}

}  // namespace faretto
