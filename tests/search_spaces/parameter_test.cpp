#include "search_spaces/parameter.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

Parameter Make(const std::string& keys) {
  return MakeSpace(R"({"parameters": [{"name": "x", )" + keys + "}]}").parameters()[0];
}

TEST(Parameter, StepsHaveNoDrift) {
  const Parameter p = Make(R"("type": "float", "low": 0.1, "high": 1.0, "step": 0.1)");
  ASSERT_EQ(p.cardinality(), 10);
  for (int k = 0; k < 10; ++k) EXPECT_EQ(p.ValueAt(k), (k + 1) / 10.0);
}

TEST(Parameter, LastStepIsTheLastMultipleNotAboveHigh) {
  const Parameter p = Make(R"("type": "float", "low": 0, "high": 1, "step": 0.3)");
  EXPECT_EQ(p.cardinality(), 4);
  EXPECT_EQ(p.FromUnit(1), 0.9);
  const Parameter i = Make(R"("type": "int", "low": 1, "high": 8, "step": 3)");
  EXPECT_EQ(i.cardinality(), 3);
  EXPECT_EQ(i.FromUnit(1), 7);
}

TEST(Parameter, StepGridStaysExactWhereLowIsNoShortDecimal) {
  const Parameter p = Make(R"("type": "float", "low": 0.3333333333333333, "high": 2, "step": 0.5)");
  EXPECT_EQ(p.ValueAt(0), 0.3333333333333333);
  EXPECT_EQ(p.cardinality(), 4);
}

TEST(Parameter, FromUnitClampsAndSpansTheRange) {
  const Parameter p = Make(R"("type": "float", "low": -2, "high": 6)");
  EXPECT_EQ(p.FromUnit(-1), -2);
  EXPECT_EQ(p.FromUnit(0.5), 2);
  EXPECT_EQ(p.FromUnit(7), 6);
  EXPECT_EQ(p.FromUnit(std::nan("")), -2);
}

TEST(Parameter, WidestFloatRangeDoesNotOverflow) {
  const Parameter p = Make(R"("type": "float", "low": -1.7e308, "high": 1.7e308)");
  EXPECT_EQ(p.FromUnit(0.5), 0);
  EXPECT_DOUBLE_EQ(p.ToUnit(0.85e308), 0.75);
  const Parameter stepped =
      Make(R"("type": "float", "low": -1.5e308, "high": 1.5e308, "step": 1e308)");
  EXPECT_EQ(stepped.cardinality(), 4);
  EXPECT_EQ(stepped.ValueAt(3), 1.5e308);
}

TEST(Parameter, LogFloatIsUniformInTheExponent) {
  const Parameter p = Make(R"("type": "float", "low": 1e-4, "high": 1, "log": true)");
  EXPECT_NEAR(p.FromUnit(0.25), 1e-3, 1e-15);
  EXPECT_NEAR(p.ToUnit(1e-2), 0.5, 1e-12);
  EXPECT_EQ(p.FromUnit(0), 1e-4);
  EXPECT_EQ(p.FromUnit(1), 1);
}

// Integer v owns log(v - 1/2) .. log(v + 1/2): of 1..4 the share of 1 is log 3 / log 9 = 1/2.
TEST(Parameter, LogIntFavoursSmallValues) {
  const Parameter p = Make(R"("type": "int", "low": 1, "high": 4, "log": true)");
  EXPECT_EQ(p.FromUnit(0.499), 1);
  EXPECT_EQ(p.FromUnit(0.501), 2);
  EXPECT_EQ(p.FromUnit(1), 4);
}

TEST(Parameter, DiscreteValuesSurviveTheUnitInterval) {
  for (const char* keys :
       {R"("type": "int", "low": -3, "high": 1000)", R"("type": "int", "low": 1, "high": 1000,
        "log": true)",
        R"("type": "int", "low": 5, "high": 1000, "step": 7)",
        R"("type": "float", "low": -1, "high": 1, "step": 0.01)",
        R"("type": "ordinal", "choices": [16, 32, 64])"}) {
    const Parameter p = Make(keys);
    for (double k = 0; k < *p.cardinality(); ++k) {
      const double value = p.ValueAt(k);
      EXPECT_EQ(p.FromUnit(p.ToUnit(value)), value) << keys;
      EXPECT_EQ(p.Snap(value), value) << keys;
    }
  }
}

TEST(Parameter, ValuesKeepTheJsonTypeOfTheFile) {
  const Parameter p = Make(R"("type": "categorical", "choices": [1, "1", true, 2.0, "a"])");
  EXPECT_EQ(p.FromJson(1).value(), 0);
  EXPECT_EQ(p.FromJson(1.0).value(), 0);
  EXPECT_EQ(p.FromJson("1").value(), 1);
  EXPECT_EQ(p.FromJson(true).value(), 2);
  EXPECT_EQ(p.FromJson(2).value(), 3);
  EXPECT_EQ(DumpJson(p.ToJson(3)), "2.0");
  EXPECT_EQ(DumpJson(p.ToJson(1)), "\"1\"");
  EXPECT_FALSE(p.FromJson(false).ok());
  EXPECT_FALSE(p.FromJson(nullptr).ok());
}

TEST(Parameter, IntTakesIntegersOnly) {
  const Parameter p = Make(R"("type": "int", "low": 1, "high": 8)");
  EXPECT_EQ(p.FromJson(3.0).value(), 3);
  EXPECT_EQ(DumpJson(p.ToJson(3)), "3");
  for (const Json& value : {Json(2.5), Json("3"), Json(true), Json(0), Json(9), Json(nullptr),
                            Json(std::numeric_limits<double>::infinity())})
    EXPECT_FALSE(p.FromJson(value).ok()) << value;
}

TEST(Parameter, FloatSnapsToItsGridAndRefusesWhatLiesBetween) {
  const Parameter p = Make(R"("type": "float", "low": 0, "high": 1, "step": 0.1)");
  EXPECT_EQ(p.FromJson(0.30000000000000004).value(), 0.3);
  EXPECT_EQ(p.FromJson(1).value(), 1.0);
  EXPECT_FALSE(p.FromJson(0.35).ok());
  EXPECT_FALSE(p.FromJson(1.1).ok());
}

TEST(Parameter, LowMayEqualHigh) {
  for (const char* keys : {R"("type": "float", "low": 2.5, "high": 2.5)",
                           R"("type": "float", "low": 2.5, "high": 2.5, "log": true)",
                           R"("type": "float", "low": 2.5, "high": 2.5, "step": 1)"}) {
    const Parameter p = Make(keys);
    EXPECT_EQ(p.cardinality(), 1) << keys;
    EXPECT_EQ(p.FromUnit(0.7), 2.5) << keys;
    EXPECT_EQ(p.ToUnit(2.5), 0.5) << keys;
    EXPECT_EQ(p.FromJson(2.5).value(), 2.5) << keys;
  }
}

}  // namespace
}  // namespace faretto
