#include "trainers/heads/margin_head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/trainers/golden.h"
#include "tests/trainers/one_thread.h"

namespace faretto {
namespace {

constexpr int kDim = 4;
constexpr int kClasses = 3;

std::shared_ptr<MarginHead> Head(const std::string& name, int dim = kDim, int classes = kClasses) {
  auto head = MakeHead(name, dim, classes, 1).value();
  head->to(torch::kDouble);
  return head;
}

// A head in double whose classes have the given cosines to the first axis.
std::shared_ptr<MarginHead> HeadWithCosines(const std::string& name,
                                            const std::vector<double>& cosines) {
  auto head = Head(name, kDim, static_cast<int>(cosines.size()));
  torch::NoGradGuard no_grad;
  torch::Tensor rows =
      torch::zeros({static_cast<std::int64_t>(cosines.size()), kDim}, torch::kDouble);
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    rows[row][0] = cosines[i];
    rows[row][1] = std::sqrt(1 - cosines[i] * cosines[i]);
  }
  torch::Tensor weight = head->weight();
  weight.copy_(name == "MagFace" ? rows.t() : rows);
  return head;
}

torch::Tensor OnFirstAxis(double norm) {
  torch::Tensor embedding = torch::zeros({1, kDim}, torch::kDouble);
  embedding[0][0] = norm;
  return embedding;
}

torch::Tensor Labels(const std::vector<std::int64_t>& labels) { return torch::tensor(labels); }

void ExpectGolden(const std::string& name, const Json& row, double norm) {
  auto head = HeadWithCosines(name, row["cos"].get<std::vector<double>>());
  const MarginOutput out = head->forward(OnFirstAxis(norm), Labels({0}));
  const auto expected = row["logits"].get<std::vector<double>>();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(out.logits[0][static_cast<std::int64_t>(i)].item<double>(), expected[i], 1e-9)
        << row.dump();
  }
  EXPECT_NEAR(out.regulariser[0].item<double>(), row.value("reg", 0.0), 1e-12) << row.dump();
}

TEST(MarginHead, CosFaceGivesTheGoldenLogits) {
  const Json golden = Golden("heads");
  for (const Json& row : golden["cosface"]) ExpectGolden("CosFace", row, 3.0);
}

TEST(MarginHead, ArcFaceGivesTheGoldenLogitsOnBothSidesOfTheThreshold) {
  const Json golden = Golden("heads");
  for (const Json& row : golden["arcface"]) ExpectGolden("ArcFace", row, 3.0);
}

TEST(MarginHead, MagFaceGivesTheGoldenLogitsAndRegularisersClampedNormsIncluded) {
  const Json golden = Golden("heads");
  for (const Json& row : golden["magface"]) {
    ExpectGolden("MagFace", row, row["norm"].get<double>());
  }
}

TEST(MarginHead, PutsTheMarginOnTheTrueClassOfEachSample) {
  for (const std::string& name : HeadNames()) {
    auto head = HeadWithCosines(name, {0.7, 0.1, -0.2});
    const torch::Tensor x = torch::cat({OnFirstAxis(20), OnFirstAxis(20)});
    const torch::Tensor logits = head->forward(x, Labels({0, 1})).logits;
    EXPECT_LT(logits[0][0].item<double>(), logits[1][0].item<double>()) << name;
    EXPECT_GT(logits[0][1].item<double>(), logits[1][1].item<double>()) << name;
    EXPECT_EQ(logits[0][2].item<double>(), logits[1][2].item<double>()) << name;
  }
}

TEST(MarginHead, HasOneRegulariserForEachSample) {
  for (const std::string& name : HeadNames()) {
    const MarginOutput out =
        Head(name)->forward(torch::randn({5, kDim}, torch::kDouble), Labels({0, 1, 2, 0, 1}));
    EXPECT_EQ(out.regulariser.sizes(), (torch::IntArrayRef{5})) << name;
    EXPECT_EQ(out.logits.sizes(), (torch::IntArrayRef{5, kClasses})) << name;
  }
}

// Sum of all outputs with fixed, unequal coefficients.
torch::Tensor Mixed(const MarginOutput& out) {
  const torch::Tensor coefficients =
      torch::linspace(0.3, 1.7, out.logits.numel(), torch::kDouble).view_as(out.logits);
  return (out.logits * coefficients).sum() + (out.regulariser * coefficients.select(1, 0)).sum();
}

// Compares the gradient of Mixed with central differences in every entry of `variable`.
void ExpectGradient(MarginHead& head, const torch::Tensor& embeddings, const torch::Tensor& labels,
                    torch::Tensor variable, const std::string& what) {
  head.zero_grad();
  variable.mutable_grad() = torch::Tensor();
  Mixed(head.forward(embeddings, labels)).backward();
  const torch::Tensor gradient = variable.grad().clone().flatten();
  const torch::NoGradGuard no_grad;
  torch::Tensor flat = variable.view(-1);
  constexpr double kStep = 1e-5;
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    const double value = flat[i].item<double>();
    flat[i] = value + kStep;
    const double above = Mixed(head.forward(embeddings, labels)).item<double>();
    flat[i] = value - kStep;
    const double below = Mixed(head.forward(embeddings, labels)).item<double>();
    flat[i] = value;
    const double expected = (above - below) / (2 * kStep);
    EXPECT_NEAR(gradient[i].item<double>(), expected, 1e-5 * (1 + std::abs(expected)))
        << what << " entry " << i;
  }
}

TEST(MarginHead, HasTheGradientOfItsValueOnBothSidesOfThresholdAndClamp) {
  torch::manual_seed(2);
  for (const std::string& name : HeadNames()) {
    auto head = Head(name);
    // Norms below, inside and above MagFace's clamp; the last row points away from its class.
    torch::Tensor embeddings =
        torch::randn({6, kDim}, torch::kDouble) *
        torch::tensor({1.0, 10.0, 20.0, 30.0, 100.0, 0.0}, torch::kDouble).unsqueeze(1);
    const torch::Tensor weight = head->weight().detach();
    embeddings[5].copy_((name == "MagFace" ? weight.select(1, 2) : weight[2]) * -15.0 +
                        0.2 * torch::randn({kDim}, torch::kDouble));
    embeddings.requires_grad_();
    const torch::Tensor labels = Labels({0, 1, 2, 0, 1, 2});
    ExpectGradient(*head, embeddings, labels, embeddings, name + " embeddings");
    ExpectGradient(*head, embeddings, labels, head->weight(), name + " weight");
  }
}

TEST(MarginHead, HasFiniteValuesAndGradientsAtCosinesOfPlusAndMinusOne) {
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    for (const std::string& name : HeadNames()) {
      for (const double sign : {1.0, -1.0}) {
        auto head = HeadWithCosines(name, {sign, 0.0, -sign});
        head->to(type);
        torch::Tensor x = OnFirstAxis(20).to(type).requires_grad_();
        const MarginOutput out = head->forward(x, Labels({0}));
        out.logits.sum().backward();
        EXPECT_TRUE(torch::isfinite(out.logits).all().item<bool>()) << name << sign;
        EXPECT_TRUE(torch::isfinite(x.grad()).all().item<bool>()) << name << sign;
        EXPECT_TRUE(torch::isfinite(head->weight().grad()).all().item<bool>()) << name << sign;
      }
    }
  }
}

TEST(MarginHead, ArcFaceIsWithinTheGuardOfTheExactValueAtCosineOne) {
  const MarginOutput out =
      HeadWithCosines("ArcFace", {1.0, 0.0})->forward(OnFirstAxis(1), Labels({0}));
  EXPECT_NEAR(out.logits[0][0].item<double>(), 64 * std::cos(0.5), 64 * 3.2e-5);
}

TEST(MarginHead, IsFiniteForAnEmbeddingOfZeroLength) {
  for (const std::string& name : HeadNames()) {
    auto head = Head(name);
    torch::Tensor x = torch::zeros({1, kDim}, torch::kDouble).requires_grad_();
    const MarginOutput out = head->forward(x, Labels({0}));
    (out.logits.sum() + out.regulariser.sum()).backward();
    EXPECT_TRUE(torch::isfinite(x.grad()).all().item<bool>()) << name;
  }
}

TEST(MarginHead, MagFaceLetsGradientThroughTheNormOnlyInsideTheClamp) {
  for (const auto& [norm, flows] : {std::pair(5.0, false), {60.0, true}, {200.0, false}}) {
    torch::Tensor x = OnFirstAxis(norm).requires_grad_();
    Head("MagFace")->forward(x, Labels({0})).regulariser.sum().backward();
    EXPECT_EQ(x.grad().abs().max().item<double>() > 0, flows) << norm;
  }
}

TEST(MarginHead, HasOneParameterNamedWeight) {
  for (const std::string& name : HeadNames()) {
    const auto head = Head(name);
    const auto parameters = head->named_parameters();
    ASSERT_EQ(parameters.size(), 1u) << name;
    EXPECT_EQ(parameters[0].key(), "weight");
    const std::vector<std::int64_t> rows = {kClasses, kDim};
    const std::vector<std::int64_t> columns = {kDim, kClasses};
    EXPECT_EQ(parameters[0].value().sizes().vec(), name == "MagFace" ? columns : rows) << name;
    EXPECT_TRUE(parameters[0].value().requires_grad()) << name;
  }
}

TEST(MarginHead, DrawsItsWeightsFromTheSeed) {
  for (const std::string& name : HeadNames()) {
    const auto weight = [&](std::uint64_t seed) {
      return MakeHead(name, 8, 5, seed).value()->weight();
    };
    EXPECT_TRUE(torch::equal(weight(1), weight(1))) << name;
    EXPECT_FALSE(torch::equal(weight(1), weight(2))) << name;
  }
}

TEST(MarginHead, StartsXavierUniformOrWithUnitColumns) {
  const double bound = std::sqrt(6.0 / (64 + 40));
  for (const char* name : {"CosFace", "ArcFace"}) {
    const double largest = MakeHead(name, 64, 40, 1).value()->weight().abs().max().item<double>();
    EXPECT_LE(largest, bound) << name;
    EXPECT_GT(largest, 0.98 * bound) << name;
  }
  const torch::Tensor norms = MakeHead("MagFace", 64, 40, 1).value()->weight().norm(2, 0);
  EXPECT_LT((norms - 1).abs().max().item<double>(), 1e-6);
}

TEST(MakeHead, NamesTheNearestHeadForAnUnknownOne) {
  const auto head = MakeHead("cosfase", 8, 5, 1);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(head.error().message.find("CosFace"), std::string::npos) << head.error().message;
}

}  // namespace
}  // namespace faretto
