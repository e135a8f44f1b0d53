#include "trainers/tensors/tensor_map.h"

#include <gtest/gtest.h>

#include "tests/trainers/one_thread.h"
#include "trainers/tensors/random_fill.h"

namespace faretto {
namespace {

torch::nn::Sequential Net(int channels = 3) {
  return torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, channels, 3)),
                               torch::nn::BatchNorm2d(channels));
}

TEST(ModuleState, HoldsBatchNormStatisticsToo) {
  TensorMap map;
  AddModuleState(*Net(), "net", &map);
  EXPECT_EQ(map.size(), 7u);
  EXPECT_TRUE(map.contains("net.1.running_mean"));
  EXPECT_TRUE(map.contains("net.1.num_batches_tracked"));
}

TEST(ModuleState, MakesAnotherModuleEqual) {
  auto first = Net();
  auto second = Net();
  first->forward(torch::randn({4, 1, 8, 8}));  // moves the running statistics
  TensorMap map;
  AddModuleState(*first, "net", &map);
  ASSERT_TRUE(LoadModuleState(map, "net", second.get()).ok());
  first->eval();
  second->eval();
  const torch::Tensor x = torch::randn({4, 1, 8, 8});
  EXPECT_TRUE(torch::equal(first->forward(x), second->forward(x)));
}

TEST(ModuleState, IsACopy) {
  auto net = Net();
  TensorMap map;
  AddModuleState(*net, "net", &map);
  const torch::Tensor before = map["net.0.bias"].clone();
  torch::NoGradGuard no_grad;
  net->parameters()[1].add_(1);
  EXPECT_TRUE(torch::equal(map["net.0.bias"], before));
}

TEST(ModuleState, RefusesMissingUnknownAndMisshapenTensorsAndLeavesTheModule) {
  TensorMap good;
  AddModuleState(*Net(), "net", &good);
  TensorMap missing = good;
  missing.erase("net.1.bias");
  TensorMap unknown = good;
  unknown["net.2.weight"] = torch::zeros({1});
  TensorMap misshapen;
  AddModuleState(*Net(4), "net", &misshapen);
  TensorMap mistyped = good;
  mistyped["net.1.bias"] = mistyped["net.1.bias"].to(torch::kDouble);

  auto net = Net();
  const torch::Tensor before = net->parameters()[0].clone();
  for (const TensorMap& bad : {missing, unknown, misshapen, mistyped}) {
    const Status status = LoadModuleState(bad, "net", net.get());
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message.find("net."), std::string::npos) << status.error().message;
    EXPECT_TRUE(torch::equal(net->parameters()[0], before));
  }
}

TEST(FillUniform, DependsOnSeedAndNameOnly) {
  const auto draw = [](std::uint64_t seed, const char* name) {
    torch::Tensor tensor = torch::empty({5, 3});
    FillUniform(seed, name, 0.5, tensor);
    return tensor;
  };
  EXPECT_TRUE(torch::equal(draw(1, "a"), draw(1, "a")));
  EXPECT_FALSE(torch::equal(draw(1, "a"), draw(2, "a")));
  EXPECT_FALSE(torch::equal(draw(1, "a"), draw(1, "b")));
}

TEST(InitialiseConvolutions, FillsUpToOneOverTheRootOfTheFanIn) {
  auto net = Net(200);
  InitialiseConvolutions(3, net.get());
  const double largest = net->parameters()[0].abs().max().item<double>();
  EXPECT_LE(largest, 1.0 / 3);  // fan-in 9
  EXPECT_GT(largest, 0.99 / 3);
  EXPECT_NEAR(net->parameters()[0].std().item<double>(), 1.0 / 3 / std::sqrt(3.0), 0.01);
  EXPECT_TRUE(torch::equal(net->parameters()[2], torch::ones({200})));  // batch-norm weight
}

}  // namespace
}  // namespace faretto
