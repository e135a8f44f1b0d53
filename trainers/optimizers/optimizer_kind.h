// How one kind of optimizer is made and how its state is read and written (optimizer.cpp holds the
// registry). Thread safety: none.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "trainers/optimizers/optimizer.h"

namespace faretto {

class OptimizerKind {
 public:
  virtual ~OptimizerKind() = default;

  virtual std::unique_ptr<torch::optim::Optimizer> Make(
      const std::vector<torch::Tensor>& decaying, const std::vector<torch::Tensor>& others,
      const OptimizerSettings& settings) const = 0;
  virtual bool Made(const torch::optim::Optimizer& optimizer) const = 0;

  // The state of one parameter as buffers by name.
  virtual TensorMap Write(const torch::optim::OptimizerParamState& state) const = 0;
  // Its inverse; null if a buffer is missing, unknown, or does not fit the parameter.
  virtual std::unique_ptr<torch::optim::OptimizerParamState> Read(
      const TensorMap& buffers, const torch::Tensor& parameter) const = 0;
};

const OptimizerKind& SgdKind();
const OptimizerKind& AdamKind();
const OptimizerKind& AdamWKind();

}  // namespace faretto
