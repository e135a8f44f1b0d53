#include "trainers/losses/focal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/trainers/golden.h"
#include "tests/trainers/one_thread.h"

namespace faretto {
namespace {

torch::Tensor Row(const std::vector<double>& logits) {
  return torch::tensor(logits, torch::kDouble).unsqueeze(0);
}

torch::Tensor FirstClass(std::int64_t batch = 1) { return torch::zeros({batch}, torch::kLong); }

TEST(FocalLoss, GivesTheGoldenValuesOverTwentyOrdersOfMagnitude) {
  const Json heads = Golden("heads");
  for (const auto& [head, rows] : heads.items()) {
    for (const Json& row : rows) {
      const double value =
          FocalLossPerSample(Row(row["logits"].get<std::vector<double>>()), FirstClass())
              .item<double>();
      const double expected = row["focal"].get<double>();
      EXPECT_NEAR(value, expected, 1e-6 * expected) << head << " " << row.dump();
    }
  }
}

TEST(FocalLoss, IsCrossEntropyTimesTheSquaredMissingProbability) {
  // Two equal logits: CE = ln 2, p = 1/2.
  EXPECT_NEAR(FocalLossPerSample(Row({0.0, 0.0}), FirstClass()).item<double>(),
              0.25 * std::log(2.0), 1e-15);
}

TEST(FocalLoss, AddsEachSamplesRegulariserAndTakesTheBatchMean) {
  const torch::Tensor logits = torch::zeros({2, 2}, torch::kDouble);
  const torch::Tensor loss =
      FocalLoss(logits, FirstClass(2), torch::tensor({1.0, 4.0}, torch::kDouble));
  EXPECT_EQ(loss.dim(), 0);
  EXPECT_NEAR(loss.item<double>(), 0.25 * std::log(2.0) + 2.5, 1e-15);
}

TEST(FocalLoss, HasAFiniteGradientWhereTheCrossEntropyIsZero) {
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    torch::Tensor logits = Row({1000.0, 0.0, -64.0}).to(type).requires_grad_();
    FocalLoss(logits, FirstClass(), torch::zeros({1}, type)).backward();
    EXPECT_TRUE(torch::isfinite(logits.grad()).all().item<bool>());
  }
}

TEST(FocalLoss, HasAFiniteGradientWhereTheCrossEntropyIsLarge) {
  torch::Tensor logits = Row({-500.0, 500.0}).to(torch::kFloat).requires_grad_();
  FocalLoss(logits, FirstClass(), torch::zeros({1})).backward();
  EXPECT_NEAR(logits.grad()[0][0].item<double>(), -1.0, 1e-6);
}

TEST(FocalLoss, HasTheGradientOfItsValue) {
  torch::Tensor logits = Row({0.4, 0.9, -1.3}).requires_grad_();
  const auto loss = [&] { return FocalLoss(logits, FirstClass(), torch::zeros({1})); };
  loss().backward();
  const torch::NoGradGuard no_grad;
  constexpr double kStep = 1e-6;
  for (std::int64_t i = 0; i < 3; ++i) {
    const double value = logits[0][i].item<double>();
    logits[0][i] = value + kStep;
    const double above = loss().item<double>();
    logits[0][i] = value - kStep;
    const double below = loss().item<double>();
    logits[0][i] = value;
    EXPECT_NEAR(logits.grad()[0][i].item<double>(), (above - below) / (2 * kStep), 1e-8) << i;
  }
}

}  // namespace
}  // namespace faretto
