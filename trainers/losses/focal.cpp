#include "trainers/losses/focal.h"

namespace faretto {

torch::Tensor FocalLossPerSample(const torch::Tensor& logits, const torch::Tensor& labels,
                                 double gamma) {
  namespace F = torch::nn::functional;
  const torch::Tensor ce =
      F::cross_entropy(logits, labels, F::CrossEntropyFuncOptions().reduction(torch::kNone));
  // expm1 keeps the digits of 1 - exp(-CE) where CE is tiny.
  return (-torch::expm1(-ce)).pow(gamma) * ce;
}

torch::Tensor FocalLoss(const torch::Tensor& logits, const torch::Tensor& labels,
                        const torch::Tensor& regulariser, double gamma) {
  return (FocalLossPerSample(logits, labels, gamma) + regulariser).mean();
}

}  // namespace faretto
