// The searched dual-path network as a LibTorch module (constants and source: dpn_options.h).
//
//   stem Conv-BN-ReLU, max-pool, four cells, BN-ELU, global average pool, 1x1 Conv with bias
//   cell: shortcut = Conv1x1(ReLU(BN(x))), in -> bw + 2 inc, split into s1 (bw) and s2 (2 inc)
//         c = edge3(edge2(edge1(x))), edge2 grouped and strided
//         residual = s1 + c[:, :bw], dense = concat(s2, c[:, bw:]), out = concat(residual, dense)
//
// Thread safety: none, like torch::nn::Module.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trainers/models/dpn_options.h"

namespace faretto {

class DpnCell : public torch::nn::Module {
 public:
  DpnCell(const DpnOptions& options, const DpnStage& stage, const DpnEdges& edges);
  // (B, in, H, W) -> (B, out, ceil(H / stride), ceil(W / stride)).
  torch::Tensor forward(const torch::Tensor& x);

 private:
  DpnStage stage_;
  torch::nn::Sequential shortcut_;
  torch::nn::Sequential edge1_;
  torch::nn::Sequential edge2_;
  torch::nn::Sequential edge3_;
};

class DpnNet : public torch::nn::Module {
 public:
  // Programmer errors (asserted) are options that do not pass Check(); use MakeDpn for input from
  // outside.
  DpnNet(const DpnOptions& options, const DpnEdges& edges);

  // (B, in_channels, S, S) float -> (B, embedding), not of unit length.
  torch::Tensor forward(const torch::Tensor& images);
  // What the max-pool and the four cells put out.
  std::vector<torch::Tensor> StageOutputs(const torch::Tensor& images);

  const DpnOptions& options() const { return options_; }

 private:
  DpnOptions options_;
  torch::nn::Sequential stem_;
  std::vector<std::shared_ptr<DpnCell>> cells_;
  torch::nn::Sequential tail_;
};

// Builds the network and draws its weights from `seed` (trainers/tensors/random_fill.h); the global
// generator of LibTorch has no part in them. kInvalid for bad digits or options.
Result<std::shared_ptr<DpnNet>> MakeDpn(const DpnOptions& options, std::string_view digits,
                                        std::uint64_t seed);

}  // namespace faretto
