#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "search_spaces/parameter.h"
#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

constexpr double kDraws = 1e5;

Parameter Make(const std::string& keys) {
  return MakeSpace(R"({"parameters": [{"name": "x", )" + keys + "}]}").parameters()[0];
}

std::string ProblemOf(const std::string& keys) {
  const auto space = Space::Parse(*ParseJson(R"({"parameters": [{"name": "x", )" + keys + "}]}"));
  return space.ok() ? "accepted" : space.error().message;
}

// Mean of exp(LogPrior) under uniform draws: 1 for a normalised prior.
double TotalMass(const Parameter& p) {
  double sum = 0;
  for (int k = 0; k < kDraws; ++k)
    sum += std::exp(p.LogPrior(p.FromUnit((k + 0.5) / kDraws))) / kDraws;
  return sum;
}

// Golden numbers: n = statistics.NormalDist(0.3, 0.1) of Python 3.11,
// log(n.pdf(x) / (n.cdf(1) - n.cdf(0))).
TEST(Prior, OfAFloatIsATruncatedNormalRelativeToUniform) {
  const Parameter p = Make(R"("type": "float", "low": 0, "high": 1,
                              "prior": {"mean": 0.3, "sd": 0.1})");
  EXPECT_NEAR(p.LogPrior(0.3), 1.3849973697554028, 1e-9);
  EXPECT_NEAR(p.LogPrior(0.5), -0.6150026302445972, 1e-9);
  // Twice the range, twice the deviation: the same relative to uniform.
  const Parameter wide = Make(R"("type": "float", "low": 0, "high": 2,
                                 "prior": {"mean": 0.6, "sd": 0.2})");
  EXPECT_NEAR(wide.LogPrior(1.0), p.LogPrior(0.5), 1e-12);
}

TEST(Prior, OnALogScaleHasItsDeviationInDecades) {
  const Parameter p = Make(R"("type": "float", "low": 1e-4, "high": 1, "log": true,
                              "prior": {"mean": 1e-2, "sd": 0.5})");
  EXPECT_NEAR(p.LogPrior(1e-2) - p.LogPrior(std::pow(10, -1.5)), 0.5, 1e-9) << "one deviation up";
  EXPECT_NEAR(p.LogPrior(1e-2) - p.LogPrior(1e-3), 2, 1e-9) << "two deviations down";
}

TEST(Prior, SumsToOneForEveryKindOfParameter) {
  for (
      const char* keys : {
          R"("type": "float", "low": -3, "high": 5, "prior": {"mean": 4, "sd": 2})",
          R"("type": "float", "low": 1e-5, "high": 1, "log": true, "prior": {"mean": 1, "sd": 1})",
          R"("type": "float", "low": 0, "high": 1, "step": 0.3, "prior": {"mean": 0.4, "sd": 0.2})",
          R"("type": "int", "low": 1, "high": 8, "step": 3, "prior": {"mean": 4, "sd": 2})",
          R"("type": "int", "low": 1, "high": 512, "log": true, "prior": {"mean": 9, "sd": 0.3})",
          R"("type": "int", "low": 3, "high": 3, "prior": {"mean": 3, "sd": 2})",
          R"("type": "float", "low": 3, "high": 3, "prior": {"mean": 3, "sd": 2})",
          R"("type": "categorical", "choices": ["a", "b", "c"], "prior": {"weights": [1, 2, 7]})",
          R"("type": "float", "low": 0, "high": 1)",
      })
    EXPECT_NEAR(TotalMass(Make(keys)), 1, 2e-3) << keys;
}

TEST(Prior, OfChoicesIsTheirShareOfTheWeights) {
  const Parameter p = Make(R"("type": "ordinal", "choices": [16, 32, 64],
                              "prior": {"weights": [1, 2, 7]})");
  EXPECT_NEAR(p.LogPrior(0), std::log(0.3), 1e-12);
  EXPECT_NEAR(p.LogPrior(2), std::log(2.1), 1e-12);
  EXPECT_EQ(p.SamplePrior(0.05), 0);
  EXPECT_EQ(p.SamplePrior(0.15), 1);
  EXPECT_EQ(p.SamplePrior(0.95), 2);
  EXPECT_EQ(p.SamplePrior(1), 2);
}

TEST(Prior, IsDrawnFromAsItIsMeasured) {
  for (const char* keys : {
           R"("type": "int", "low": 0, "high": 9, "prior": {"mean": 7, "sd": 1.5})",
           R"("type": "int", "low": 1, "high": 30, "log": true, "prior": {"mean": 4, "sd": 0.4})",
           R"("type": "categorical", "choices": ["a", "b"], "prior": {"weights": [3, 1]})",
       }) {
    const Parameter p = Make(keys);
    std::vector<double> uniform(31);
    std::vector<double> drawn(31);
    for (int k = 0; k < kDraws; ++k) {
      const double u = (k + 0.5) / kDraws;
      uniform[static_cast<std::size_t>(p.FromUnit(u))] += 1 / kDraws;
      drawn[static_cast<std::size_t>(p.SamplePrior(u))] += 1 / kDraws;
    }
    for (std::size_t value = 0; value < drawn.size(); ++value) {
      if (uniform[value] == 0) continue;
      EXPECT_NEAR(drawn[value], uniform[value] * std::exp(p.LogPrior(static_cast<double>(value))),
                  1e-4)
          << keys << " " << value;
    }
  }
}

// Golden number: n.inv_cdf(n.cdf(0) + 0.9 * (n.cdf(1) - n.cdf(0))) of the same.
TEST(Prior, QuantilesAreThoseOfTheTruncatedNormal) {
  const Parameter p = Make(R"("type": "float", "low": 0, "high": 1,
                              "prior": {"mean": 0.3, "sd": 0.1})");
  EXPECT_NEAR(p.SamplePrior(0.9), 0.42823211249489146, 1e-12);
  EXPECT_EQ(Make(R"("type": "float", "low": 0, "high": 1)").SamplePrior(0.9), 0.9);
}

TEST(Prior, StaysFiniteHoweverNarrowOrWideItIs) {
  for (const char* sd : {"1e-300", "1e-12", "1e12", "1e300"}) {
    const Parameter p = Make(R"("type": "float", "low": -1.7e308, "high": 1.7e308,
                                "prior": {"mean": 0, "sd": )" +
                             std::string(sd) + "}");
    for (const double value : {-1.7e308, 0.0, 1e300}) {
      EXPECT_TRUE(std::isfinite(p.LogPrior(value))) << sd << " " << value;
      EXPECT_GE(p.LogPrior(value), -700);
    }
    EXPECT_TRUE(p.Snap(p.SamplePrior(0.3)).has_value());
    const Parameter i = Make(R"("type": "int", "low": 0, "high": 100,
                                "prior": {"mean": 50, "sd": )" +
                             std::string(sd) + "}");
    EXPECT_TRUE(std::isfinite(i.LogPrior(50)));
    EXPECT_TRUE(std::isfinite(i.LogPrior(0)));
    EXPECT_TRUE(i.Snap(i.SamplePrior(0.01)).has_value());
  }
}

TEST(Prior, WhatIsMalformedIsRefusedWithItsPath) {
  const std::string range = R"("type": "float", "low": 0, "high": 1, "prior": )";
  EXPECT_THAT(ProblemOf(range + "3"), HasSubstr("parameters[0].prior"));
  EXPECT_THAT(ProblemOf(range + R"({"mean": 0.5})"), HasSubstr("sd"));
  EXPECT_THAT(ProblemOf(range + R"({"mean": 2, "sd": 1})"),
              HasSubstr("parameters[0].prior.mean: 2 is outside of the range from 0 to 1"));
  EXPECT_THAT(ProblemOf(range + R"({"mean": 0.5, "sd": 0})"),
              HasSubstr("parameters[0].prior.sd: a standard deviation must be above 0"));
  EXPECT_THAT(ProblemOf(range + R"({"weights": [1]})"), HasSubstr("weights"));
  const std::string choices = R"("type": "categorical", "choices": ["a", "b"], "prior": )";
  EXPECT_THAT(ProblemOf(choices + R"({"weights": [1]})"),
              HasSubstr("parameters[0].prior.weights: must hold one weight for each of the 2 "
                        "choices, it holds 1"));
  EXPECT_THAT(ProblemOf(choices + R"({"weights": [1, 0]})"),
              HasSubstr("parameters[0].prior.weights[1]: a weight must be above 0"));
  EXPECT_THAT(ProblemOf(choices + R"({"weights": [1, "2"]})"), HasSubstr("weights[1]"));
  EXPECT_THAT(ProblemOf(choices + R"({"mean": 1, "sd": 1})"), HasSubstr("mean"));
}

TEST(Prior, OfASpaceSumsOverActiveParametersAndSurvivesJson) {
  const Space space = MakeSpace(R"({
    "parameters": [
      {"name": "kind", "type": "categorical", "choices": ["a", "b"], "prior": {"weights": [1, 3]}},
      {"name": "rate", "type": "float", "low": 1e-4, "high": 1, "log": true,
       "prior": {"mean": 0.01, "sd": 0.25}}],
    "conditions": [{"parameter": "rate", "active_when": {"kind": ["b"]}}]})");
  EXPECT_TRUE(space.has_priors());
  const Configuration a = *space.FromJson({{"kind", "a"}});
  const Configuration b = *space.FromJson({{"kind", "b"}, {"rate", 0.01}});
  EXPECT_NEAR(space.LogPrior(a), std::log(0.5), 1e-12);
  EXPECT_NEAR(space.LogPrior(b), std::log(1.5) + space.parameters()[1].LogPrior(0.01), 1e-12);
  const auto again = Space::Parse(space.ToJson());
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(DumpJson(again->ToJson()), DumpJson(space.ToJson()));
  EXPECT_EQ(again->LogPrior(b), space.LogPrior(b));
}

TEST(Prior, DrawsRespectForbiddenClausesAndRepeat) {
  const Space space = MakeSpace(R"({
    "parameters": [
      {"name": "kind", "type": "categorical", "choices": ["a", "b"], "prior": {"weights": [1, 99]}},
      {"name": "n", "type": "int", "low": 0, "high": 9, "prior": {"mean": 9, "sd": 0.1}}],
    "forbidden": [{"kind": "b", "n": 9}]})");
  RandomStream random(3, "prior");
  RandomStream same(3, "prior");
  int b = 0;
  for (int k = 0; k < 200; ++k) {
    const Configuration c = space.SamplePrior(random);
    EXPECT_TRUE(space.Check(c).ok());
    EXPECT_EQ(space.CanonicalKey(c), space.CanonicalKey(space.SamplePrior(same)));
    b += c.values[0] == 1 ? 1 : 0;
  }
  EXPECT_LT(b, 200) << "nearly all of the prior is forbidden: what is left is drawn";
}

}  // namespace
}  // namespace faretto
