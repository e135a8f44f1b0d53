// The trainer `face_identification`: a searched DPN with a margin head learns to tell the training
// identities apart; embeddings of other images of these people are ranked (FR-NAS: Dooley et al.,
// arXiv 2210.09943). Options: face_options.h. Resource: epochs; cost: 1 an epoch.
//
// Metrics after every epoch, when the validation split is open: error, rank_disparity and the other
// measures of objectives/fairness/fairness.h on embeddings of the centre crop and its mirror image;
// always train_loss (mean over the epoch's batches). A run fails with "nan" when loss, weights or
// embeddings are not finite, "collapsed" when the error is 1, "out of memory", or the first line of
// what LibTorch threw.
//
// Reproducible bit for bit on one thread of one machine: weights, data order and augmentation are
// functions of the seed, and a checkpoint at any batch boundary holds the rest. Prepare sets
// LibTorch's threads and deterministic algorithms for the whole process.
//
// Baselines: "pixels" (nearest neighbour on pixels in the size of the split's first image, each
// image's mean removed) and "random_network" (digits 201, weights as drawn).
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "trainers/trainer.h"

namespace faretto {

Result<std::unique_ptr<Trainer>> MakeFaceIdentification(const Json& trainer);

// Decodes all training and validation images.
Status CheckFaceIdentificationData(const Json& trainer);

}  // namespace faretto
