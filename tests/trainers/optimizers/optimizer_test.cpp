#include "trainers/optimizers/optimizer.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/trainers/one_thread.h"
#include "trainers/tensors/safetensors.h"

namespace faretto {
namespace {

using OptimizerPtr = std::unique_ptr<torch::optim::Optimizer>;

// One 1x1 matrix, so that weight decay applies.
NamedParameters Scalar(double value) {
  return {{"w.weight", torch::full({1, 1}, value, torch::kDouble).requires_grad_()}};
}

void StepWithGradient(double gradient, const NamedParameters& parameters,
                      torch::optim::Optimizer* optimizer) {
  torch::Tensor tensor = parameters[0].tensor;
  tensor.mutable_grad() = torch::full_like(tensor, gradient);
  optimizer->step();
}

OptimizerSettings Settings(double learning_rate, double weight_decay) {
  OptimizerSettings settings;
  settings.learning_rate = learning_rate;
  settings.weight_decay = weight_decay;
  return settings;
}

double Value(const NamedParameters& parameters) { return parameters[0].tensor.item<double>(); }

TEST(Sgd, TakesNesterovStepsWithCoupledDecay) {
  const NamedParameters w = Scalar(2.0);
  const OptimizerPtr sgd = MakeOptimizer("SGD", w, Settings(0.1, 0.01)).value();
  // g = 1 + 0.01 * 2 = 1.02, buffer = g, step = g + 0.9 g = 1.938, w = 2 - 0.1938.
  StepWithGradient(1.0, w, sgd.get());
  EXPECT_NEAR(Value(w), 1.8062, 1e-12);
  // g = 1.018062, buffer = 0.9 * 1.02 + g = 1.936062, step = g + 0.9 buffer = 2.7605178.
  StepWithGradient(1.0, w, sgd.get());
  EXPECT_NEAR(Value(w), 1.8062 - 0.27605178, 1e-12);
}

TEST(Adam, NormalisesTheDecayAwayWhereAdamWTakesItApart) {
  const NamedParameters coupled = Scalar(2.0);
  const NamedParameters decoupled = Scalar(2.0);
  const OptimizerPtr adam = MakeOptimizer("Adam", coupled, Settings(0.1, 0.5)).value();
  const OptimizerPtr adamw = MakeOptimizer("AdamW", decoupled, Settings(0.1, 0.5)).value();
  StepWithGradient(1.0, coupled, adam.get());
  StepWithGradient(1.0, decoupled, adamw.get());
  EXPECT_NEAR(Value(coupled), 2.0 - 0.1, 1e-8);                 // first step: lr * sign(g + wd w)
  EXPECT_NEAR(Value(decoupled), 2.0 * (1 - 0.05) - 0.1, 1e-8);  // w (1 - lr wd) - lr * sign(g)
}

// A bias with a gradient of 0 moves only if it decays.
TEST(MakeOptimizer, LeavesABiasWithoutAGradientWhereItIs) {
  for (const std::string& name : OptimizerNames()) {
    const NamedParameters bias = {
        {"norm.bias", torch::full({1}, 2.0, torch::kDouble).requires_grad_()}};
    const OptimizerPtr optimizer = MakeOptimizer(name, bias, Settings(0.1, 0.5)).value();
    StepWithGradient(0.0, bias, optimizer.get());
    EXPECT_EQ(Value(bias), 2.0) << name;
  }
}

TEST(Adam, EqualsAdamWWithoutDecay) {
  const NamedParameters a = Scalar(2.0);
  const NamedParameters b = Scalar(2.0);
  const OptimizerPtr adam = MakeOptimizer("Adam", a, Settings(0.1, 0.0)).value();
  const OptimizerPtr adamw = MakeOptimizer("AdamW", b, Settings(0.1, 0.0)).value();
  for (const double gradient : {1.0, -0.3, 0.7}) {
    StepWithGradient(gradient, a, adam.get());
    StepWithGradient(gradient, b, adamw.get());
  }
  EXPECT_EQ(Value(a), Value(b));
}

// Convolution, batch-norm and a matrix: everything that a network here consists of.
class TinyNet : public torch::nn::Module {
 public:
  TinyNet() {
    torch::manual_seed(5);
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 3, 3)));
    norm = register_module("norm", torch::nn::BatchNorm2d(3));
    head = register_parameter("weight", torch::randn({4, 12}));
    unused = register_parameter("unused", torch::ones({2, 2}));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return torch::linear(norm(conv(x)).relu().flatten(1), head);
  }

  torch::nn::Conv2d conv = nullptr;
  torch::nn::BatchNorm2d norm = nullptr;
  torch::Tensor head, unused;
};

// Trains `steps` batches; batch k is a function of k.
void Train(TinyNet& net, torch::optim::Optimizer* optimizer, int from, int to) {
  for (int k = from; k < to; ++k) {
    SetLearningRate(0.01 / (1 + k), optimizer);
    torch::manual_seed(static_cast<std::uint64_t>(k));
    const torch::Tensor x = torch::randn({8, 1, 4, 4});
    optimizer->zero_grad();
    net.forward(x).square().mean().backward();
    optimizer->step();
  }
}

double WeightDecayOf(const torch::optim::OptimizerParamGroup& group) {
  const torch::optim::OptimizerOptions& options = group.options();
  if (const auto* sgd = dynamic_cast<const torch::optim::SGDOptions*>(&options))
    return sgd->weight_decay();
  if (const auto* adam = dynamic_cast<const torch::optim::AdamOptions*>(&options))
    return adam->weight_decay();
  return dynamic_cast<const torch::optim::AdamWOptions&>(options).weight_decay();
}

TEST(MakeOptimizer, DecaysMatricesAndKernelsOnly) {
  const TinyNet net;
  const NamedParameters parameters = ParametersOf(net, "net");
  for (const NamedParameter& p : parameters) {
    const bool matrix =
        p.name == "net.conv.weight" || p.name == "net.weight" || p.name == "net.unused";
    EXPECT_EQ(Decays(p), matrix) << p.name;
  }
  EXPECT_FALSE(Decays({"odd.bias", torch::ones({2, 2})}));
  // 0, 0.01 (AdamW's default in LibTorch) and a value that is no class's default.
  for (const double decay : {0.0, 1e-4, 0.01}) {
    for (const std::string& name : OptimizerNames()) {
      SCOPED_TRACE(name + " with weight decay " + std::to_string(decay));
      const OptimizerPtr optimizer = MakeOptimizer(name, parameters, Settings(0.1, decay)).value();
      const auto& groups = optimizer->param_groups();
      ASSERT_EQ(groups.size(), 2u);
      EXPECT_EQ(groups[0].params().size(), 3u);
      EXPECT_EQ(WeightDecayOf(groups[0]), decay);
      EXPECT_EQ(groups[1].params().size(), 3u);  // conv bias, norm weight and bias
      EXPECT_EQ(WeightDecayOf(groups[1]), 0.0);
    }
  }
}

TEST(MakeOptimizer, NamesTheNearestOptimizerForAnUnknownOne) {
  const auto optimizer = MakeOptimizer("Adamm", Scalar(1), {});
  ASSERT_FALSE(optimizer.ok());
  EXPECT_EQ(optimizer.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(optimizer.error().message.find("\"Adam\""), std::string::npos)
      << optimizer.error().message;
}

TEST(SetLearningRate, ReachesEveryGroup) {
  const TinyNet net;
  const OptimizerPtr sgd = MakeOptimizer("SGD", ParametersOf(net, "net"), {}).value();
  SetLearningRate(0.25, sgd.get());
  for (const auto& group : sgd->param_groups()) EXPECT_EQ(group.options().get_lr(), 0.25);
}

class EveryOptimizer : public testing::TestWithParam<std::string> {};

TEST_P(EveryOptimizer, ContinuesBitForBitFromASavedState) {
  TinyNet straight;
  const OptimizerPtr whole = MakeOptimizer(GetParam(), ParametersOf(straight, "net"), {}).value();
  Train(straight, whole.get(), 0, 3);
  TensorMap saved;
  AddModuleState(straight, "net", &saved);
  AddOptimizerState(*whole, ParametersOf(straight, "net"), &saved);
  const std::string bytes = EncodeSafetensors(saved).value();
  Train(straight, whole.get(), 3, 6);

  TinyNet resumed;
  const NamedParameters parameters = ParametersOf(resumed, "net");
  const OptimizerPtr other = MakeOptimizer(GetParam(), parameters, {}).value();
  const TensorMap loaded = DecodeSafetensors(bytes).value().tensors;
  ASSERT_TRUE(LoadModuleState(loaded, "net", &resumed).ok());
  ASSERT_TRUE(LoadOptimizerState(loaded, parameters, other.get()).ok());
  Train(resumed, other.get(), 3, 6);

  for (const auto& item : straight.named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), resumed.named_parameters()[item.key()])) << item.key();
  }
}

TEST_P(EveryOptimizer, DependsOnItsState) {
  TinyNet straight, forgetful;
  const OptimizerPtr whole = MakeOptimizer(GetParam(), ParametersOf(straight, "net"), {}).value();
  Train(straight, whole.get(), 0, 6);
  for (const auto& [from, to] : {std::pair(0, 3), {3, 6}}) {
    Train(forgetful, MakeOptimizer(GetParam(), ParametersOf(forgetful, "net"), {}).value().get(),
          from, to);
  }
  EXPECT_FALSE(torch::equal(straight.head, forgetful.head));
}

TEST_P(EveryOptimizer, SavesNothingForAParameterThatWasNeverStepped) {
  TinyNet net;
  const NamedParameters parameters = ParametersOf(net, "net");
  const OptimizerPtr optimizer = MakeOptimizer(GetParam(), parameters, {}).value();
  Train(net, optimizer.get(), 0, 1);
  TensorMap saved;
  AddOptimizerState(*optimizer, parameters, &saved);
  EXPECT_FALSE(saved.empty());
  for (const auto& [name, tensor] : saved) {
    EXPECT_FALSE(name.starts_with("optimizer.net.unused")) << name;
  }
}

TEST_P(EveryOptimizer, RefusesAStateThatDoesNotFitAndKeepsItsOwn) {
  TinyNet net;
  const NamedParameters parameters = ParametersOf(net, "net");
  const OptimizerPtr optimizer = MakeOptimizer(GetParam(), parameters, {}).value();
  Train(net, optimizer.get(), 0, 2);
  TensorMap good;
  AddOptimizerState(*optimizer, parameters, &good);

  TensorMap misshapen = good;
  misshapen.begin()->second = torch::zeros({1, 7});
  TensorMap foreign = good;
  foreign["optimizer.other.weight.momentum_buffer"] = torch::zeros({2});
  TensorMap more = good;
  more["optimizer.net.weight.variance"] = torch::zeros({2});
  for (const TensorMap& bad : {misshapen, foreign, more}) {
    EXPECT_FALSE(LoadOptimizerState(bad, parameters, optimizer.get()).ok());
  }
  TensorMap after;
  AddOptimizerState(*optimizer, parameters, &after);
  ASSERT_EQ(after.size(), good.size());
  for (const auto& [name, tensor] : good) EXPECT_TRUE(torch::equal(tensor, after[name])) << name;
}

INSTANTIATE_TEST_SUITE_P(All, EveryOptimizer, testing::ValuesIn(OptimizerNames()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace faretto
