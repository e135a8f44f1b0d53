// Images -> unit vectors that rank metrics compare. Thread safety: none (the network's mode is
// switched).
#pragma once

#include <torch/torch.h>

#include "base/result.h"
#include "trainers/data/data_set.h"
#include "trainers/models/dpn.h"

namespace faretto {

// f(x) + f(mirrored x) of the centre crops, each row normalised: [images, dimension] float. The
// network is put into evaluation mode and back. `images` have the side ResizedSide(input). kFailed
// "nan" when the network gives something else than finite numbers or a zero vector.
Result<torch::Tensor> Embed(DpnNet& network, const ImageSet& images, int input);

// The pixels themselves: each image's mean removed, then normalised; [images, numbers] float.
// kInvalid for an image of one colour, which has no direction.
Result<torch::Tensor> PixelEmbeddings(const ImageSet& images);

}  // namespace faretto
