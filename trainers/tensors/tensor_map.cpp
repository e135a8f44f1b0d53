#include "trainers/tensors/tensor_map.h"

#include <sstream>

namespace faretto {
namespace {

std::string Describe(const torch::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.dtype() << " " << tensor.sizes();
  return text.str();
}

// Every parameter and buffer of `module`, sharing storage.
NamedParameters StateOf(const torch::nn::Module& module, const std::string& prefix) {
  NamedParameters state = ParametersOf(module, prefix);
  for (const auto& item : module.named_buffers()) {
    state.push_back({prefix + "." + item.key(), item.value()});
  }
  return state;
}

}  // namespace

NamedParameters ParametersOf(const torch::nn::Module& module, const std::string& prefix) {
  NamedParameters parameters;
  for (const auto& item : module.named_parameters()) {
    parameters.push_back({prefix + "." + item.key(), item.value()});
  }
  return parameters;
}

void AddModuleState(const torch::nn::Module& module, const std::string& prefix, TensorMap* map) {
  for (const NamedParameter& item : StateOf(module, prefix)) {
    (*map)[item.name] = item.tensor.detach().clone();
  }
}

Status LoadModuleState(const TensorMap& map, const std::string& prefix, torch::nn::Module* module) {
  const NamedParameters state = StateOf(*module, prefix);
  std::size_t entries = 0;
  for (const auto& [name, tensor] : map) {
    if (name.starts_with(prefix + ".")) ++entries;
  }
  for (const NamedParameter& item : state) {
    const auto found = map.find(item.name);
    if (found == map.end()) return Failed("there is no tensor " + item.name + " for the network");
    const torch::Tensor& value = found->second;
    if (value.sizes() != item.tensor.sizes() || value.dtype() != item.tensor.dtype()) {
      return Failed("the tensor " + item.name + " is " + Describe(value) +
                    " where the network has " + Describe(item.tensor));
    }
  }
  if (entries != state.size()) {
    return Failed("there are " + std::to_string(entries) + " tensors named " + prefix +
                  ".*, but the network has " + std::to_string(state.size()));
  }
  torch::NoGradGuard no_grad;
  for (const NamedParameter& item : state) {
    torch::Tensor target = item.tensor;
    target.copy_(map.at(item.name));
  }
  return Ok{};
}

}  // namespace faretto
