// Activity, checks, configurations from and to JSON, identity, counting.
#include "search_spaces/space.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

// b needs a = "x"; c needs b = 1 and a = "x" or "y", by two conditions.
Space Chain() {
  return MakeSpace(R"({"parameters": [
      {"name": "c", "type": "float", "low": 0, "high": 1},
      {"name": "b", "type": "int", "low": 0, "high": 1},
      {"name": "a", "type": "categorical", "choices": ["x", "y"]}],
      "conditions": [
        {"parameter": "b", "active_when": {"a": "x"}},
        {"parameter": "c", "active_when": {"b": [1]}},
        {"parameter": "c", "active_when": {"a": ["x", "y"]}}]})");
}

TEST(Space, ParentsComeBeforeChildrenInTheOrder) {
  const Space space = Chain();
  EXPECT_EQ(space.topological_order(), (std::vector<std::size_t>{2, 1, 0}));
}

TEST(Space, ChildOfAnInactiveParentIsInactive) {
  const Space space = Chain();
  EXPECT_EQ(DumpJson(space.ToJson(MakeConfiguration(space, R"({"a": "y"})"))), R"({"a":"y"})");
  EXPECT_FALSE(space.FromJson(JsonOf(R"({"a": "y", "c": 0.5})")).ok());
}

TEST(Space, AllConditionsMustHold) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "categorical", "choices": [0, 1]},
      {"name": "b", "type": "categorical", "choices": [0, 1]},
      {"name": "c", "type": "categorical", "choices": [0, 1]}],
      "conditions": [{"parameter": "c", "active_when": {"a": 1}},
                     {"parameter": "c", "active_when": {"b": 1}}]})");
  EXPECT_EQ(space.Count(), 5u);  // c counts twice where a = b = 1, and is absent in three
}

TEST(Space, CheckNamesWhatIsWrong) {
  const Space space = Chain();
  const auto problem = [&](std::vector<double> values) {
    const Status status = space.Check({std::move(values)});
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(problem({0.5, 1, 0}), "");
  EXPECT_EQ(problem({kInactive, kInactive, 1}), "");
  EXPECT_THAT(problem({0.5, 1}), HasSubstr("2 values"));
  EXPECT_EQ(problem({kInactive, 1, 0}), "\"c\" is active here and needs a value");
  EXPECT_EQ(problem({0.5, 0, 0}), "\"c\" is inactive here and must have no value");
  EXPECT_EQ(problem({1.5, 1, 0}), "\"c\" takes a number from 0 to 1, found 1.5");
  EXPECT_THAT(problem({0.5, 0.5, 0}), HasSubstr("\"b\" takes an integer"));
  EXPECT_THAT(problem({0.5, 1, 2}), HasSubstr("\"a\" takes one of"));
}

TEST(Space, RepairFillsActiveAndClearsInactiveParameters) {
  const Space space = Chain();
  Configuration c{{kInactive, kInactive, 0}};
  std::vector<std::size_t> filled;
  space.Repair(c, [&](std::size_t i) {
    filled.push_back(i);
    return 1.0;
  });
  EXPECT_EQ(filled, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(c.values, (std::vector<double>{1, 1, 0}));
  c.values[2] = 1;
  space.Repair(c, [](std::size_t) { return 1.0; });
  EXPECT_FALSE(c.active(0) || c.active(1));
}

TEST(Space, MissingValuesTakeTheirDefaults) {
  const Space space = MakeSpace(R"({"preset": "dpn"})");
  const Configuration c = MakeConfiguration(space, R"({"optimizer": "SGD"})");
  EXPECT_EQ(space.ToJson(c)["lr_sgd"], 0.1);
  EXPECT_EQ(space.ToJson(c)["edge1"], "2");
}

TEST(Space, ConfigurationsFromOutsideAreRefusedWithAReason) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "lr", "type": "float", "low": 0.1, "high": 1}],
      "conditions": [{"parameter": "lr", "active_when": {"optimizer": "SGD"}}],
      "forbidden": [{"lr": 0.5}]})");
  const auto problem = [&](const std::string& text) {
    const auto c = space.FromJson(JsonOf(text));
    return c.ok() ? "" : c.error().message;
  };
  EXPECT_EQ(problem(R"({"optimiser": "SGD"})"),
            "unknown parameter \"optimiser\" (did you mean \"optimizer\"?)");
  EXPECT_EQ(problem(R"({"optimizer": "Adam", "lr": 0.2})"),
            "\"lr\" is inactive here and must be left out: it is active only where \"optimizer\" "
            "is \"SGD\"");
  EXPECT_EQ(problem(R"({"optimizer": "SGD", "lr": 2})"),
            "\"lr\" takes a number from 0.1 to 1, found the number 2");
  EXPECT_EQ(problem(R"({"optimizer": "SGD"})"),
            "\"lr\" is missing and has no default; it takes a number from 0.1 to 1");
  EXPECT_THAT(problem(R"({"optimizer": "SGD", "lr": 0.5})"), HasSubstr("forbidden"));
  EXPECT_THAT(problem("[]"), HasSubstr("expected an object"));
}

TEST(Space, CanonicalKeySortsByNameAndLeavesInactiveOut) {
  const Space space = Chain();
  EXPECT_EQ(space.CanonicalKey({{0.25, 1, 0}}), R"({"a":"x","b":1,"c":0.25})");
  EXPECT_EQ(space.CanonicalKey({{kInactive, kInactive, 1}}), R"({"a":"y"})");
}

TEST(Space, CanonicalKeyRoundsFloatsToTwelveDigits) {
  const Space space =
      MakeSpace(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 10}]})");
  EXPECT_EQ(space.CanonicalKey({{0.1 + 0.2}}), space.CanonicalKey({{0.3}}));
  EXPECT_EQ(space.CanonicalKey({{0.123456789012}}), R"({"x":0.123456789012})");
  EXPECT_NE(space.CanonicalKey({{0.123456789012}}), space.CanonicalKey({{0.123456789013}}));
  EXPECT_EQ(space.CanonicalKey(MakeConfiguration(space, R"({"x": 1})")),
            space.CanonicalKey(MakeConfiguration(space, R"({"x": 1.0})")));
}

TEST(Space, CanonicalKeyIgnoresTheOrderOfTheFile) {
  const Space one = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "categorical", "choices": ["p", "q"]},
      {"name": "b", "type": "int", "low": 0, "high": 5}]})");
  const Space two = MakeSpace(R"({"parameters": [
      {"name": "b", "type": "int", "low": 0, "high": 5},
      {"name": "a", "type": "categorical", "choices": ["q", "p"]}]})");
  EXPECT_EQ(one.CanonicalKey(MakeConfiguration(one, R"({"a": "q", "b": 3})")),
            two.CanonicalKey(MakeConfiguration(two, R"({"a": "q", "b": 3})")));
}

TEST(Space, CanonicalKeyTellsTextNumbersAndBooleansApart) {
  const Space space = MakeSpace(
      R"({"parameters": [{"name": "x", "type": "categorical", "choices": [1, "1", true, "true"]}]})");
  std::set<std::string> keys;
  space.Enumerate(
      [&](const Configuration& c) { return keys.insert(space.CanonicalKey(c)).second; });
  EXPECT_EQ(keys.size(), 4u);
}

TEST(Space, CountsHugeSpacesOnlyUpToTheLimit) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "int", "low": -9007199254740992, "high": 9007199254740992},
      {"name": "b", "type": "int", "low": 0, "high": 1000000}], "forbidden": [{"a": 0, "b": 1}]})");
  EXPECT_EQ(space.Count(), 1'000'000u);
  EXPECT_EQ(space.Count(77), 77u);
}

TEST(Space, FloatThatCanNeverBeActiveLeavesTheSpaceFinite) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "categorical", "choices": ["p", "q", "r"]},
      {"name": "x", "type": "float", "low": 0, "high": 1}],
      "conditions": [{"parameter": "x", "active_when": {"a": "p"}}], "forbidden": [{"a": "p"}]})");
  EXPECT_EQ(space.Count(), 2u);
}

TEST(Space, EnumerateStopsWhenToldTo) {
  const Space space =
      MakeSpace(R"({"parameters": [{"name": "x", "type": "int", "low": 3, "high": 900}]})");
  std::vector<double> seen;
  space.Enumerate([&](const Configuration& c) {
    seen.push_back(c.values[0]);
    return seen.size() < 3;
  });
  EXPECT_EQ(seen, (std::vector<double>{3, 4, 5}));
}

TEST(Space, UnitCubeGoesBothWays) {
  const Space space = Chain();
  const auto c = space.FromUnit({0.25, 0.9, 0.1});
  ASSERT_TRUE(c.has_value());
  EXPECT_EQ(c->values, (std::vector<double>{0.25, 1, 0}));
  EXPECT_EQ(space.ToUnit(*c), (std::vector<double>{0.25, 0.75, 0.25}));
  EXPECT_EQ(space.ToUnit(*space.FromUnit({0.25, 0.9, 0.6})), (std::vector<double>{0.5, 0.5, 0.75}));
  EXPECT_FALSE(space.FromUnit({0.5}).has_value());
}

TEST(Space, SamplesOfOneStreamRepeatExactly) {
  const Space space = MakeSpace(R"({"preset": "dpn"})");
  RandomStream one(9, "x", {4});
  RandomStream two(9, "x", {4});
  for (int k = 0; k < 20; ++k)
    EXPECT_EQ(space.CanonicalKey(space.Sample(one)), space.CanonicalKey(space.Sample(two)));
}

TEST(Space, JsonOfASpaceGivesTheSameSpace) {
  for (const char* text :
       {R"({"preset": "dpn", "forbidden": [{"edge1": ["4", "5"], "optimizer": "SGD"}]})",
        R"({"parameters": [{"name": "a", "type": "ordinal", "choices": [1, 2.0, "x", true],
             "default": true}, {"name": "b", "type": "float", "low": 1, "high": 2, "log": true},
             {"name": "c", "type": "int", "low": 1, "high": 9, "step": 2, "default": 3}],
            "conditions": [{"parameter": "c", "active_when": {"a": [1, "x"]}}]})"}) {
    const Json json = MakeSpace(text).ToJson();
    EXPECT_EQ(DumpJson(MakeSpace(DumpJson(json)).ToJson()), DumpJson(json));
  }
}

}  // namespace
}  // namespace faretto
