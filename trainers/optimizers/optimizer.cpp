#include "trainers/optimizers/optimizer.h"

#include <array>

#include "base/names.h"
#include "trainers/optimizers/optimizer_kind.h"

namespace faretto {
namespace {

constexpr char kPrefix[] = "optimizer.";

struct Entry {
  const char* name;
  const OptimizerKind& (*kind)();
};

constexpr std::array kOptimizers = {Entry{"SGD", SgdKind}, Entry{"Adam", AdamKind},
                                    Entry{"AdamW", AdamWKind}};

const OptimizerKind& KindOf(const torch::optim::Optimizer& optimizer) {
  for (const Entry& entry : kOptimizers) {
    if (entry.kind().Made(optimizer)) return entry.kind();
  }
  TORCH_CHECK(false, "the optimizer was not made by MakeOptimizer");
}

void* KeyOf(const torch::Tensor& parameter) { return parameter.unsafeGetTensorImpl(); }

// The entries of `map` that begin with `prefix`, without it.
TensorMap Below(const TensorMap& map, const std::string& prefix) {
  TensorMap below;
  for (auto item = map.lower_bound(prefix); item != map.end(); ++item) {
    if (!item->first.starts_with(prefix)) break;
    const std::string rest = item->first.substr(prefix.size());
    if (rest.find('.') == std::string::npos) below.emplace(rest, item->second);
  }
  return below;
}

}  // namespace

std::vector<std::string> OptimizerNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kOptimizers) names.emplace_back(entry.name);
  return names;
}

bool Decays(const NamedParameter& parameter) {
  return parameter.tensor.dim() > 1 && !parameter.name.ends_with(".bias");
}

Result<std::unique_ptr<torch::optim::Optimizer>> MakeOptimizer(std::string_view name,
                                                               const NamedParameters& parameters,
                                                               const OptimizerSettings& settings) {
  std::vector<torch::Tensor> decaying;
  std::vector<torch::Tensor> others;
  for (const NamedParameter& parameter : parameters) {
    (Decays(parameter) ? decaying : others).push_back(parameter.tensor);
  }
  for (const Entry& entry : kOptimizers) {
    if (name == entry.name) return entry.kind().Make(decaying, others, settings);
  }
  return Invalid("there is no optimizer \"" + std::string(name) + "\"" +
                 NameHint(name, OptimizerNames()));
}

void SetLearningRate(double learning_rate, torch::optim::Optimizer* optimizer) {
  for (auto& group : optimizer->param_groups()) group.options().set_lr(learning_rate);
}

void AddOptimizerState(const torch::optim::Optimizer& optimizer, const NamedParameters& parameters,
                       TensorMap* map) {
  const OptimizerKind& kind = KindOf(optimizer);
  for (const NamedParameter& parameter : parameters) {
    const auto found = optimizer.state().find(KeyOf(parameter.tensor));
    if (found == optimizer.state().end()) continue;
    for (const auto& [name, buffer] : kind.Write(*found->second)) {
      (*map)[kPrefix + parameter.name + "." + name] = buffer;
    }
  }
}

Status LoadOptimizerState(const TensorMap& map, const NamedParameters& parameters,
                          torch::optim::Optimizer* optimizer) {
  const OptimizerKind& kind = KindOf(*optimizer);
  std::size_t used = 0;
  std::map<void*, std::unique_ptr<torch::optim::OptimizerParamState>> states;
  for (const NamedParameter& parameter : parameters) {
    const TensorMap buffers = Below(map, kPrefix + parameter.name + ".");
    if (buffers.empty()) continue;
    auto state = kind.Read(buffers, parameter.tensor);
    if (state == nullptr) {
      return Failed("the optimizer state of " + parameter.name + " does not fit this optimizer");
    }
    used += buffers.size();
    states[KeyOf(parameter.tensor)] = std::move(state);
  }
  std::size_t entries = 0;
  for (auto item = map.lower_bound(kPrefix); item != map.end(); ++item) {
    if (!item->first.starts_with(kPrefix)) break;
    ++entries;
  }
  if (used != entries) {
    return Failed("there is optimizer state for parameters that the network does not have");
  }
  optimizer->state().clear();
  for (auto& [key, state] : states) optimizer->state()[key] = std::move(state);
  return Ok{};
}

}  // namespace faretto
