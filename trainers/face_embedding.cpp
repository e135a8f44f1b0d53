#include "trainers/face_embedding.h"

#include <algorithm>
#include <cmath>

#include "trainers/data/augment.h"

namespace faretto {
namespace {

constexpr std::int64_t kEmbeddingBatch = 64;  // bounds memory; does not change the result

// Centre crops of images [begin, end).
Result<torch::Tensor> CentreBatch(const ImageSet& images, std::int64_t begin, std::int64_t end,
                                  int input) {
  torch::Tensor batch = torch::empty({end - begin, images.channels(), input, input});
  const Crop crop = CentreCrop(images.height(), input);
  std::vector<std::uint8_t> scratch;
  for (std::int64_t i = begin; i < end; ++i) {
    FARETTO_ASSIGN_OR_RETURN(const std::uint8_t* pixels, images.Pixels(i, scratch));
    CutOut(pixels, images.channels(), images.height(), crop, input,
           batch[i - begin].data_ptr<float>());
  }
  return batch;
}

Result<torch::Tensor> EmbedInEvaluationMode(DpnNet& network, const ImageSet& images, int input) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> parts;
  const std::int64_t count = static_cast<std::int64_t>(images.size());
  for (std::int64_t begin = 0; begin < count; begin += kEmbeddingBatch) {
    const std::int64_t end = std::min(begin + kEmbeddingBatch, count);
    FARETTO_ASSIGN_OR_RETURN(const torch::Tensor batch, CentreBatch(images, begin, end, input));
    parts.push_back(network.forward(batch) + network.forward(batch.flip(3)));
  }
  const torch::Tensor sums = torch::cat(parts);
  const torch::Tensor lengths = sums.norm(2, 1, true);
  if (!lengths.isfinite().all().item<bool>() || (lengths == 0).any().item<bool>()) {
    return Failed("nan");
  }
  return sums / lengths;
}

}  // namespace

Result<torch::Tensor> Embed(DpnNet& network, const ImageSet& images, int input) {
  const bool was_training = network.is_training();
  network.eval();
  Result<torch::Tensor> embeddings = EmbedInEvaluationMode(network, images, input);
  network.train(was_training);
  return embeddings;
}

Result<torch::Tensor> PixelEmbeddings(const ImageSet& images) {
  const std::int64_t count = static_cast<std::int64_t>(images.size());
  const std::int64_t numbers = static_cast<std::int64_t>(images.image_bytes());
  torch::Tensor embeddings = torch::empty({count, numbers});
  std::vector<std::uint8_t> scratch;
  for (std::int64_t i = 0; i < count; ++i) {
    FARETTO_ASSIGN_OR_RETURN(const std::uint8_t* pixels, images.Pixels(i, scratch));
    double sum = 0, squares = 0;  // exact: whole numbers far below 2^53
    for (std::int64_t k = 0; k < numbers; ++k) {
      sum += pixels[k];
      squares += double{1} * pixels[k] * pixels[k];
    }
    const double mean = sum / numbers;
    const double length = std::sqrt(squares - sum * mean);
    if (!(length > 0)) {
      return Invalid(images.items()[i].place + ": all pixels of " +
                     images.items()[i].path.string() + " are equal; replace the image");
    }
    float* row = embeddings[i].data_ptr<float>();
    for (std::int64_t k = 0; k < numbers; ++k) row[k] = (pixels[k] - mean) / length;
  }
  return embeddings;
}

}  // namespace faretto
