// The whole state of a face training, and its checkpoint: one safetensors file with network, head,
// optimizer, place in the training, sums of the running epoch, and LibTorch's random state. The
// data order needs no place of its own: it is a function of seed and epoch (data/augment.h).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "trainers/face_options.h"
#include "trainers/heads/margin_head.h"
#include "trainers/models/dpn.h"
#include "trainers/optimizers/optimizer.h"
#include "trainers/tensors/tensor_map.h"

namespace faretto {

struct FaceState {
  std::shared_ptr<DpnNet> network;
  std::shared_ptr<MarginHead> head;
  NamedParameters parameters;  // of both
  std::unique_ptr<torch::optim::Optimizer> optimizer;
  std::int64_t epoch = 0;  // whole epochs trained
  std::int64_t batch = 0;  // batches into the next one
  double loss_sum = 0;     // over those batches
};

// The network for the options, weights drawn from `seed`.
Result<std::shared_ptr<DpnNet>> MakeFaceNetwork(const FaceOptions& options, std::uint64_t seed);

// Everything at epoch 0. kInvalid for what the options get wrong; LibTorch's exceptions pass.
Result<FaceState> MakeFaceState(const FaceOptions& options, std::int64_t classes,
                                std::uint64_t seed);

// `fingerprint` names the training (configuration, seed, schedule) that the checkpoint belongs to.
Status SaveFaceState(const FaceState& state, const std::string& fingerprint,
                     const std::filesystem::path& file);
// kInvalid when the file is of another training, kFailed when it is damaged. After an error the
// state may hold part of the file: make a new one.
Status LoadFaceState(const std::filesystem::path& file, const std::string& fingerprint,
                     FaceState& state);

}  // namespace faretto
