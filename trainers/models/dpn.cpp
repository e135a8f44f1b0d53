#include "trainers/models/dpn.h"

#include <cassert>
#include <string>

#include "trainers/tensors/random_fill.h"

namespace faretto {
namespace nn = torch::nn;

namespace {

nn::Conv2d Convolution(int in, int out, int kernel, int stride, int groups) {
  // Symmetric padding; halves the size, rounded up, at stride 2.
  const int padding = ((stride - 1) + (kernel - 1)) / 2;
  return nn::Conv2d(nn::Conv2dOptions(in, out, kernel)
                        .stride(stride)
                        .padding(padding)
                        .groups(groups)
                        .bias(false));
}

nn::BatchNorm2d Norm(const DpnOptions& options, int channels) {
  return nn::BatchNorm2d(nn::BatchNorm2dOptions(channels)
                             .eps(options.batch_norm_eps)
                             .momentum(options.batch_norm_momentum));
}

nn::ReLU InPlaceReLU() { return nn::ReLU(nn::ReLUOptions(true)); }

nn::Sequential MakeEdge(const DpnOptions& options, OpKind op, int in, int out, int stride,
                        int groups) {
  nn::Sequential edge;
  if (op.family == OpFamily::kPreActivation) {
    edge->push_back("norm", Norm(options, in));
    edge->push_back("relu", InPlaceReLU());
  }
  edge->push_back("conv", Convolution(in, out, op.kernel, stride, groups));
  if (op.family == OpFamily::kPostActivation) {
    edge->push_back("norm", Norm(options, out));
    edge->push_back("relu", InPlaceReLU());
  }
  return edge;
}

}  // namespace

DpnCell::DpnCell(const DpnOptions& options, const DpnStage& stage, const DpnEdges& edges)
    : stage_(stage) {
  const int r = stage.bottleneck;
  // The shortcut is never searched: pre-activation, 1x1.
  shortcut_ =
      register_module("shortcut", MakeEdge(options, OpKind{OpFamily::kPreActivation, 1}, stage.in,
                                           stage.residual + 2 * stage.increment, stage.stride, 1));
  edge1_ = register_module("edge1", MakeEdge(options, edges[0], stage.in, r, 1, 1));
  edge2_ =
      register_module("edge2", MakeEdge(options, edges[1], r, r, stage.stride, options.groups));
  edge3_ = register_module("edge3",
                           MakeEdge(options, edges[2], r, stage.residual + stage.increment, 1, 1));
}

torch::Tensor DpnCell::forward(const torch::Tensor& x) {
  const torch::Tensor s = shortcut_->forward(x);
  const torch::Tensor c = edge3_->forward(edge2_->forward(edge1_->forward(x)));
  const auto narrow = [this](const torch::Tensor& t, bool residual) {
    return residual ? t.narrow(1, 0, stage_.residual)
                    : t.narrow(1, stage_.residual, t.size(1) - stage_.residual);
  };
  return torch::cat({narrow(s, true) + narrow(c, true), narrow(s, false), narrow(c, false)}, 1);
}

DpnNet::DpnNet(const DpnOptions& options, const DpnEdges& edges) : options_(options) {
  assert(options.Check().ok());
  stem_ = register_module("stem", nn::Sequential());
  stem_->push_back("conv", Convolution(options.in_channels, options.init_features,
                                       options.stem_kernel, options.stem_stride, 1));
  stem_->push_back("norm", Norm(options, options.init_features));
  stem_->push_back("relu", InPlaceReLU());
  stem_->push_back("pool",
                   nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(options.pool_stride).padding(1)));

  int out = 0;
  for (const DpnStage& stage : options.Stages()) {
    const std::string name = "conv" + std::to_string(2 + cells_.size());
    cells_.push_back(register_module(name, std::make_shared<DpnCell>(options, stage, edges)));
    out = stage.out();
  }

  tail_ = register_module("tail", nn::Sequential());
  tail_->push_back("norm", Norm(options, out));
  tail_->push_back("elu", nn::ELU());
  tail_->push_back("pool", nn::AdaptiveAvgPool2d(1));
  tail_->push_back("embedding", nn::Conv2d(nn::Conv2dOptions(out, options.embedding, 1)));
}

torch::Tensor DpnNet::forward(const torch::Tensor& images) {
  torch::Tensor x = stem_->forward(images);
  for (const auto& cell : cells_) x = cell->forward(x);
  return tail_->forward(x).flatten(1);
}

std::vector<torch::Tensor> DpnNet::StageOutputs(const torch::Tensor& images) {
  std::vector<torch::Tensor> outputs = {stem_->forward(images)};
  for (const auto& cell : cells_) outputs.push_back(cell->forward(outputs.back()));
  return outputs;
}

Result<std::shared_ptr<DpnNet>> MakeDpn(const DpnOptions& options, std::string_view digits,
                                        std::uint64_t seed) {
  FARETTO_ASSIGN_OR_RETURN(const DpnEdges edges, ParseDpnEdges(digits));
  FARETTO_RETURN_IF_ERROR(options.Check());
  auto net = std::make_shared<DpnNet>(options, edges);
  InitialiseConvolutions(seed, net.get());
  return net;
}

}  // namespace faretto
