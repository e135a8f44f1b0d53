// Error and disparities between groups of a set of embeddings (objectives/fairness/ranking.h,
// fairness.h).
#pragma once

#include <torch/torch.h>

#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "trainers/data/data_set.h"

namespace faretto {

// `embeddings` [images, dimension], contiguous float on the CPU, in the order of the set. What
// cannot be computed (no groups, all errors) is absent. `seed` draws the intervals' resamples.
Result<Metrics> FaceMetrics(const torch::Tensor& embeddings, const ImageSet& images,
                            std::uint64_t seed);

}  // namespace faretto
