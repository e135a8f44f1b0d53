#include "trainers/optimizers/optimizer_kind.h"

namespace faretto {
namespace {

namespace optim = torch::optim;

constexpr char kMomentum[] = "momentum_buffer";
constexpr char kStep[] = "step";
constexpr char kFirstMoment[] = "exp_avg";
constexpr char kSecondMoment[] = "exp_avg_sq";

optim::SGDOptions OptionsOf(const OptimizerSettings& s, double weight_decay, const optim::SGD*) {
  return optim::SGDOptions(s.learning_rate)
      .momentum(s.momentum)
      .nesterov(s.momentum > 0)
      .weight_decay(weight_decay);
}

optim::AdamOptions OptionsOf(const OptimizerSettings& s, double weight_decay, const optim::Adam*) {
  return optim::AdamOptions(s.learning_rate)
      .betas({s.beta1, s.beta2})
      .eps(s.eps)
      .weight_decay(weight_decay);
}

optim::AdamWOptions OptionsOf(const OptimizerSettings& s, double weight_decay,
                              const optim::AdamW*) {
  return optim::AdamWOptions(s.learning_rate)
      .betas({s.beta1, s.beta2})
      .eps(s.eps)
      .weight_decay(weight_decay);
}

TensorMap WriteState(const optim::SGDParamState& state) {
  if (!state.momentum_buffer().defined()) return {};
  return {{kMomentum, state.momentum_buffer().detach().clone()}};
}

// AdamParamState or AdamWParamState.
template <class State>
TensorMap WriteState(const State& state) {
  return {{kStep, torch::tensor(state.step(), torch::kLong)},
          {kFirstMoment, state.exp_avg().detach().clone()},
          {kSecondMoment, state.exp_avg_sq().detach().clone()}};
}

// A copy of the buffer, in the parameter's memory layout; undefined if it is missing or does not
// fit.
torch::Tensor Buffer(const TensorMap& buffers, const char* name, const torch::Tensor& parameter) {
  const auto found = buffers.find(name);
  if (found == buffers.end() || found->second.sizes() != parameter.sizes() ||
      found->second.dtype() != parameter.dtype()) {
    return {};
  }
  torch::Tensor copy = torch::empty_like(parameter.detach());
  copy.copy_(found->second);
  return copy;
}

bool ReadState(const TensorMap& buffers, const torch::Tensor& parameter,
               optim::SGDParamState* state) {
  state->momentum_buffer(Buffer(buffers, kMomentum, parameter));
  return buffers.size() == 1 && state->momentum_buffer().defined();
}

template <class State>
bool ReadState(const TensorMap& buffers, const torch::Tensor& parameter, State* state) {
  const auto step = buffers.find(kStep);
  if (buffers.size() != 3 || step == buffers.end() || step->second.dim() != 0 ||
      step->second.scalar_type() != torch::kLong) {
    return false;
  }
  state->step(step->second.template item<std::int64_t>());
  state->exp_avg(Buffer(buffers, kFirstMoment, parameter));
  state->exp_avg_sq(Buffer(buffers, kSecondMoment, parameter));
  return state->exp_avg().defined() && state->exp_avg_sq().defined();
}

template <class Optimizer, class Options, class State>
class Kind : public OptimizerKind {
 public:
  std::unique_ptr<optim::Optimizer> Make(const std::vector<torch::Tensor>& decaying,
                                         const std::vector<torch::Tensor>& others,
                                         const OptimizerSettings& settings) const override {
    const Optimizer* tag = nullptr;
    const Options with_decay = OptionsOf(settings, settings.weight_decay, tag);
    const Options without = OptionsOf(settings, 0.0, tag);
    std::vector<optim::OptimizerParamGroup> groups;
    std::vector<Options> options;
    const auto add = [&](const std::vector<torch::Tensor>& tensors, const Options& of) {
      if (tensors.empty()) return;
      groups.emplace_back(tensors, std::make_unique<Options>(of));
      options.push_back(of);
    };
    add(decaying, with_decay);
    add(others, without);
    auto optimizer = std::make_unique<Optimizer>(groups, with_decay);
    // LibTorch replaces every option of a group that equals its class's default, such as a weight
    // decay of 0, by the optimizer's own: the groups' options are set once more.
    for (std::size_t i = 0; i < options.size(); ++i)
      static_cast<Options&>(optimizer->param_groups()[i].options()) = options[i];
    return optimizer;
  }

  bool Made(const optim::Optimizer& optimizer) const override {
    return dynamic_cast<const Optimizer*>(&optimizer) != nullptr;
  }

  TensorMap Write(const optim::OptimizerParamState& state) const override {
    return WriteState(static_cast<const State&>(state));
  }

  std::unique_ptr<optim::OptimizerParamState> Read(const TensorMap& buffers,
                                                   const torch::Tensor& parameter) const override {
    auto state = std::make_unique<State>();
    if (!ReadState(buffers, parameter, state.get())) return nullptr;
    return state;
  }
};

}  // namespace

const OptimizerKind& SgdKind() {
  static const Kind<optim::SGD, optim::SGDOptions, optim::SGDParamState> kind;
  return kind;
}

const OptimizerKind& AdamKind() {
  static const Kind<optim::Adam, optim::AdamOptions, optim::AdamParamState> kind;
  return kind;
}

const OptimizerKind& AdamWKind() {
  static const Kind<optim::AdamW, optim::AdamWOptions, optim::AdamWParamState> kind;
  return kind;
}

}  // namespace faretto
