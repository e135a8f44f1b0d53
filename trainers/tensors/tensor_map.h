// Tensors by name: the exchange format between modules, optimizers, checkpoints and safetensors
// files. Names are dotted paths such as "backbone.conv2.edge1.conv.weight".
//
// Thread safety: none, like torch::nn::Module.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

using TensorMap = std::map<std::string, torch::Tensor>;

struct NamedParameter {
  std::string name;
  torch::Tensor tensor;  // shares storage with the module
};
using NamedParameters = std::vector<NamedParameter>;

// The trainable parameters of `module` in registration order, names prefixed by "prefix.".
NamedParameters ParametersOf(const torch::nn::Module& module, const std::string& prefix);

// Adds copies of all parameters and buffers (batch-norm statistics too) to `map`, names prefixed by
// "prefix.". The copies do not change with the module.
void AddModuleState(const torch::nn::Module& module, const std::string& prefix, TensorMap* map);

// Writes the entries "prefix.*" of `map` into the module, in place, bit for bit. kFailed and the
// module unchanged when a name is missing or unknown, or a shape or type differs.
Status LoadModuleState(const TensorMap& map, const std::string& prefix, torch::nn::Module* module);

}  // namespace faretto
