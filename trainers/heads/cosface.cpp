#include "trainers/heads/cosface.h"

#include "trainers/heads/cosines.h"

namespace faretto {

CosFace::CosFace(std::int64_t dim, std::int64_t classes, std::uint64_t seed,
                 const CosFaceOptions& options)
    : options_(options) {
  weight_ = register_parameter("weight", XavierClassWeights(dim, classes, seed));
}

MarginOutput CosFace::forward(const torch::Tensor& embeddings, const torch::Tensor& labels) {
  const torch::Tensor cosines = CosinesToRows(embeddings, weight_);
  return {MixLogits(cosines - options_.margin, cosines, labels, options_.scale),
          embeddings.new_zeros({embeddings.size(0)})};
}

}  // namespace faretto
