// The optimizers of the study with its parameter groups, and their exact state.
//
//   NamedParameters parameters = ParametersOf(*net, "backbone");  // + the head's
//   FARETTO_ASSIGN_OR_RETURN(auto optimizer, MakeOptimizer("AdamW", parameters, settings));
//   SetLearningRate(1e-3, optimizer.get());
//
// Parameters with at most one dimension or named "*.bias" get no weight decay (as timm's
// create_optimizer_v2). "SGD" is Nesterov with momentum; "Adam" adds the decay to the gradient
// (coupled L2); "AdamW" decouples it. Thread safety: none.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trainers/tensors/tensor_map.h"

namespace faretto {

struct OptimizerSettings {
  double learning_rate = 1e-3;
  double weight_decay = 1e-4;
  double momentum = 0.9;              // SGD
  double beta1 = 0.9, beta2 = 0.999;  // Adam, AdamW
  double eps = 1e-8;                  // Adam, AdamW
};

// kInvalid for an unknown name, with the nearest known one. The registry in optimizer.cpp is the
// only list.
Result<std::unique_ptr<torch::optim::Optimizer>> MakeOptimizer(std::string_view name,
                                                               const NamedParameters& parameters,
                                                               const OptimizerSettings& settings);
// "SGD", "Adam", "AdamW".
std::vector<std::string> OptimizerNames();

// True if weight decay applies to the parameter.
bool Decays(const NamedParameter& parameter);

// Of all parameter groups.
void SetLearningRate(double learning_rate, torch::optim::Optimizer* optimizer);

// Adds copies of momenta and step counts to `map` as "optimizer.<parameter>.<buffer>"; parameters
// that were never stepped have none. `parameters` are those given to MakeOptimizer. Learning rate
// and other settings are not state: the caller sets them again.
void AddOptimizerState(const torch::optim::Optimizer& optimizer, const NamedParameters& parameters,
                       TensorMap* map);
// Puts the state back, so that the next step is bit-identical. kFailed and the optimizer unchanged
// when an entry is unknown, incomplete, or has another shape or type.
Status LoadOptimizerState(const TensorMap& map, const NamedParameters& parameters,
                          torch::optim::Optimizer* optimizer);

}  // namespace faretto
