// Margin heads: cosine classifiers over identities that ask the true class for a margin.
//
//   FARETTO_ASSIGN_OR_RETURN(std::shared_ptr<MarginHead> head, MakeHead("CosFace", 128, 40, seed));
//   MarginOutput out = head->forward(embeddings, labels);
//   torch::Tensor loss = FocalLoss(out.logits, labels, out.regulariser);
//
// With x the normalised embedding and W the normalised class weights, cos = W x and
// logits = s * (phi(cos) at the true class, cos elsewhere); each head has its own phi. A head is
// one file pair and one line in margin_head.cpp's registry, the only list of heads.
//
// Thread safety: none, like torch::nn::Module.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct MarginOutput {
  torch::Tensor logits;       // (B, classes)
  torch::Tensor regulariser;  // (B), added to each sample's loss; 0 for CosFace and ArcFace
};

// The one parameter of every head is named `weight`.
class MarginHead : public torch::nn::Module {
 public:
  // embeddings (B, dim) float or double as the weight is, not normalised; labels (B) int64 in
  // [0, classes).
  virtual MarginOutput forward(const torch::Tensor& embeddings, const torch::Tensor& labels) = 0;
  const torch::Tensor& weight() const { return weight_; }

 protected:
  torch::Tensor weight_;
};

// kInvalid for an unknown name, with the nearest known one. The weights are drawn from `seed`.
Result<std::shared_ptr<MarginHead>> MakeHead(std::string_view name, std::int64_t dim,
                                             std::int64_t classes, std::uint64_t seed);
// "CosFace", "ArcFace", "MagFace".
std::vector<std::string> HeadNames();

}  // namespace faretto
