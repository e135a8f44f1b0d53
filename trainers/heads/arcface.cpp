#include "trainers/heads/arcface.h"

#include <cmath>
#include <numbers>

#include "trainers/heads/cosines.h"

namespace faretto {
ArcFace::ArcFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
                 const ArcFaceOptions& options)
    : options_(options) {
  weight_ = register_parameter("weight", XavierClassWeights(dim, classes, seed));
}

MarginOutput ArcFace::forward(const torch::Tensor& embeddings, const torch::Tensor& labels) {
  const double m = options_.margin;
  const torch::Tensor cosines = CosinesToRows(embeddings, weight_);
  const torch::Tensor sines = SinesOf(cosines);
  const torch::Tensor shifted = cosines * std::cos(m) - sines * std::sin(m);
  const torch::Tensor phi = torch::where(cosines > std::cos(std::numbers::pi - m), shifted,
                                         cosines - std::sin(std::numbers::pi - m) * m);
  return {MixLogits(phi, cosines, labels, options_.scale),
          embeddings.new_zeros({embeddings.size(0)})};
}

}  // namespace faretto
