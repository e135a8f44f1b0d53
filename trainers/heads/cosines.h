// What the margin heads share: class weights, cosines, logits. Thread safety: pure functions.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace faretto {

// Xavier-uniform (classes, dim), a function of the seed.
torch::Tensor XavierClassWeights(std::int64_t dim, std::int64_t classes, std::uint64_t seed);

// Cosine of every embedding (B, dim) to every row of `weight` (classes, dim): (B, classes).
torch::Tensor CosinesToRows(const torch::Tensor& embeddings, const torch::Tensor& weight);

// sqrt(1 - cos^2), bounded below: an unguarded root is NaN just beyond ±1 and has an infinite
// gradient there. The bound keeps the gradient finite and moves the value by at most 3e-5.
torch::Tensor SinesOf(const torch::Tensor& cosines);

// `target` at the true class, `cosines` elsewhere, both (B, classes), times `scale`.
torch::Tensor MixLogits(const torch::Tensor& target, const torch::Tensor& cosines,
                        const torch::Tensor& labels, double scale);

}  // namespace faretto
