// Focal loss (Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017) on the cross-entropy
// CE_i of each sample: (1 - exp(-CE_i))^gamma * CE_i.
//
// Thread safety: pure functions.
#pragma once

#include <torch/torch.h>

namespace faretto {

constexpr double kFocalGamma = 2.0;  // the paper's, and FR-NAS's

// One value for each sample, (B). logits (B, classes), labels (B) int64. `gamma` >= 1, so that the
// gradient is finite where CE is 0.
torch::Tensor FocalLossPerSample(const torch::Tensor& logits, const torch::Tensor& labels,
                                 double gamma = kFocalGamma);

// Mean over the batch of focal loss + regulariser, a scalar. regulariser (B).
torch::Tensor FocalLoss(const torch::Tensor& logits, const torch::Tensor& labels,
                        const torch::Tensor& regulariser, double gamma = kFocalGamma);

}  // namespace faretto
