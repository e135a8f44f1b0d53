#include "trainers/models/dpn.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/trainers/one_thread.h"

namespace faretto {
namespace {

DpnEdges Edges(const std::string& digits) { return ParseDpnEdges(digits).value(); }

std::int64_t NumbersIn(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

template <class Layer>
const Layer* Find(const torch::nn::Module& module, const std::string& name) {
  const auto modules = module.named_modules("", /*include_self=*/false);
  const auto* found = modules.find(name);
  return found == nullptr ? nullptr : (*found)->as<Layer>();
}

torch::Tensor Images(const DpnOptions& options, std::int64_t batch, std::int64_t size) {
  torch::manual_seed(1);
  return torch::randn({batch, options.in_channels, size, size});
}

torch::Tensor Forward(torch::nn::Module& cell, const std::string& child, const torch::Tensor& x) {
  // In-place activations must not change the input of the other path.
  return cell.named_children()[child]->as<torch::nn::SequentialImpl>()->forward(x.clone());
}

TEST(DpnNet, HasAsManyParametersAsTheClosedFormSaysAtFullSize) {
  for (const char* digits : {"444", "301"}) {
    const DpnNet net(DpnOptions::Full(), Edges(digits));
    EXPECT_EQ(NumbersIn(net), CountParameters(DpnOptions::Full(), Edges(digits))) << digits;
  }
}

TEST(DpnNet, HasAsManyParametersAsTheClosedFormSaysForEveryOperationOfEveryEdge) {
  const DpnOptions options = DpnOptions::Small(3);
  for (int d = 0; d <= 8; ++d) {
    const std::string digits = {static_cast<char>('0' + d), static_cast<char>('0' + (d + 3) % 9),
                                static_cast<char>('0' + (d + 7) % 9)};
    EXPECT_EQ(NumbersIn(DpnNet(options, Edges(digits))), CountParameters(options, Edges(digits)))
        << digits;
  }
}

TEST(DpnNet, HasThePublishedStageShapesAtBothSizes) {
  DpnNet net(DpnOptions::Full(), Edges("444"));
  net.eval();
  const torch::NoGradGuard no_grad;
  for (const int size : {224, 112}) {
    const auto outputs = net.StageOutputs(Images(net.options(), 1, size));
    const auto sizes = StageSizes(net.options(), size);
    const std::vector<std::int64_t> channels = {128, 316, 704, 1216, 2432};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_EQ(outputs[i].sizes(), (torch::IntArrayRef{1, channels[i], sizes[i], sizes[i]}));
    }
  }
}

TEST(DpnNet, PutsOutAThousandNumbersThatAreNotOfUnitLength) {
  DpnNet net(DpnOptions::Full(), Edges("444"));
  net.eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor out = net.forward(Images(net.options(), 2, 64));
  EXPECT_EQ(out.sizes(), (torch::IntArrayRef{2, 1000}));
  EXPECT_GT((out.norm(2, 1) - 1).abs().min().item<double>(), 1e-3);
}

TEST(DpnNet, GroupsTheSecondEdgeInEveryStage) {
  const DpnNet net(DpnOptions::Full(), Edges("408"));
  for (const char* stage : {"conv2", "conv3", "conv4", "conv5"}) {
    for (const auto& [edge, groups] : {std::pair("edge1", 1), {"edge2", 50}, {"edge3", 1}}) {
      const auto* conv =
          Find<torch::nn::Conv2dImpl>(net, std::string(stage) + "." + edge + ".conv");
      ASSERT_NE(conv, nullptr);
      EXPECT_EQ(conv->options.groups(), groups) << stage << " " << edge;
    }
  }
}

TEST(DpnNet, HasABiasInNoConvolutionButTheEmbedding) {
  const DpnNet net(DpnOptions::Small(), Edges("036"));
  int convolutions = 0;
  for (const auto& item : net.named_modules("", false)) {
    const auto* conv = item.value()->as<torch::nn::Conv2dImpl>();
    if (conv == nullptr) continue;
    ++convolutions;
    EXPECT_EQ(conv->bias.defined(), item.key() == "tail.embedding") << item.key();
  }
  EXPECT_EQ(convolutions, 1 + 4 * 4 + 1);
}

TEST(DpnNet, ActivatesBeforeTheShortcutWhateverTheDigits) {
  for (const char* digits : {"000", "444", "888"}) {
    const DpnNet net(DpnOptions::Small(), Edges(digits));
    const auto modules = net.named_modules("", false);
    std::vector<std::string> layers;
    for (const auto& item : modules["conv3.shortcut"]->named_children())
      layers.push_back(item.key());
    EXPECT_EQ(layers, (std::vector<std::string>{"norm", "relu", "conv"})) << digits;
  }
}

TEST(DpnNet, EndsWithBatchNormAndElu) {
  const DpnNet net(DpnOptions::Small(), Edges("201"));
  const auto* norm = Find<torch::nn::BatchNorm2dImpl>(net, "tail.norm");
  ASSERT_NE(norm, nullptr);
  EXPECT_DOUBLE_EQ(norm->options.eps(), 1e-3);
  EXPECT_NE(Find<torch::nn::ELUImpl>(net, "tail.elu"), nullptr);
}

TEST(DpnCell, AddsTheResidualPartAndAppendsTheDensePart) {
  const DpnOptions options = DpnOptions::Small();
  const DpnStage stage = options.Stages()[1];
  DpnCell cell(options, stage, Edges("258"));
  cell.eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({2, stage.in, 8, 8});
  const torch::Tensor s = Forward(cell, "shortcut", x);
  const torch::Tensor c = Forward(cell, "edge3", Forward(cell, "edge2", Forward(cell, "edge1", x)));

  const torch::Tensor out = cell.forward(x);
  const int bw = stage.residual;
  const int inc = stage.increment;
  ASSERT_EQ(out.sizes(), (torch::IntArrayRef{2, bw + 3 * inc, 4, 4}));
  EXPECT_TRUE(torch::equal(out.narrow(1, 0, bw), s.narrow(1, 0, bw) + c.narrow(1, 0, bw)));
  EXPECT_TRUE(torch::equal(out.narrow(1, bw, 2 * inc), s.narrow(1, bw, 2 * inc)));
  EXPECT_TRUE(torch::equal(out.narrow(1, bw + 2 * inc, inc), c.narrow(1, bw, inc)));
}

TEST(DpnCell, LeavesItsInputUnchanged) {
  const DpnOptions options = DpnOptions::Small();
  DpnCell cell(options, options.Stages()[0], Edges("666"));
  const torch::Tensor x = torch::randn({2, options.Stages()[0].in, 8, 8});
  const torch::Tensor before = x.clone();
  cell.forward(x);
  EXPECT_TRUE(torch::equal(x, before));
}

TEST(MakeDpn, DrawsTheWeightsFromTheSeedAlone) {
  const DpnOptions options = DpnOptions::Small();
  const torch::Tensor images = Images(options, 2, 64);
  const auto embed = [&](std::uint64_t seed) {
    torch::rand({7});  // other draws do not matter
    return MakeDpn(options, "201", seed).value()->forward(images);
  };
  EXPECT_TRUE(torch::equal(embed(3), embed(3)));
  EXPECT_FALSE(torch::equal(embed(3), embed(4)));
}

TEST(MakeDpn, ReachesEveryParameterWithAGradient) {
  for (const char* digits : {"000", "345", "678"}) {
    const auto net = MakeDpn(DpnOptions::Small(3), digits, 1).value();
    net->forward(Images(net->options(), 4, 64)).square().sum().backward();
    for (const auto& item : net->named_parameters()) {
      ASSERT_TRUE(item.value().grad().defined()) << item.key();
      EXPECT_TRUE(torch::isfinite(item.value().grad()).all().item<bool>()) << item.key();
    }
  }
}

TEST(MakeDpn, RefusesBadDigitsAndOptions) {
  EXPECT_FALSE(MakeDpn(DpnOptions::Small(), "9", 1).ok());
  DpnOptions options = DpnOptions::Small();
  options.groups = 5;
  EXPECT_FALSE(MakeDpn(options, "201", 1).ok());
}

}  // namespace
}  // namespace faretto
