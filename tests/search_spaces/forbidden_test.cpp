// Forbidden clauses: what they leave, and sampling under tight ones.
#include <gmock/gmock.h>

#include <set>

#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

using ::testing::StartsWith;

TEST(Forbidden, ClausesThatLeaveNothingAreRefused) {
  const std::string sentence = "forbidden: these clauses forbid every configuration";
  EXPECT_THAT(Refusal(R"({"parameters": [{"name": "a", "type": "categorical", "choices": [1, 2]}],
                          "forbidden": [{"a": [1, 2]}]})"),
              StartsWith(sentence));
  EXPECT_THAT(Refusal(R"({"parameters": [{"name": "a", "type": "int", "low": 1, "high": 3}],
                          "forbidden": [{"a": 1}, {"a": 2}, {"a": 3}]})"),
              StartsWith(sentence));
  EXPECT_THAT(Refusal(R"({"parameters": [
                  {"name": "a", "type": "categorical", "choices": [1, 2]},
                  {"name": "b", "type": "categorical", "choices": [1, 2]}],
                  "forbidden": [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2}]})"),
              StartsWith(sentence));
  EXPECT_THAT(Refusal(R"({"parameters": [{"name": "a", "type": "float", "low": 2, "high": 2}],
                          "forbidden": [{"a": 2}]})"),
              StartsWith(sentence));
}

TEST(Forbidden, InactiveParametersLeaveAWayOut) {
  // b = 1 and b = 2 are forbidden, but where a = 2 there is no b.
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "categorical", "choices": [1, 2]},
      {"name": "b", "type": "categorical", "choices": [1, 2]}],
      "conditions": [{"parameter": "b", "active_when": {"a": 1}}],
      "forbidden": [{"b": [1, 2]}]})");
  EXPECT_EQ(space.Count(), 1u);
  RandomStream random(1, "test");
  EXPECT_EQ(DumpJson(space.ToJson(space.Sample(random))), R"({"a":2})");
}

TEST(Forbidden, ContradictionBehindManyOtherParametersIsFoundAtOnce) {
  // 9^30 combinations of the others must not be tried.
  Json json = {{"parameters", Json::array()}, {"forbidden", Json::array()}};
  for (int i = 0; i < 32; ++i)
    json["parameters"].push_back({{"name", "p" + std::to_string(i)},
                                  {"type", "categorical"},
                                  {"choices", Json::array({0, 1, 2, 3, 4, 5, 6, 7, 8})}});
  for (int i = 0; i < 30; ++i)
    json["forbidden"].push_back(
        {{"p" + std::to_string(i), Json::array({0, 1, 2, 3})}, {"p31", Json::array({0})}});
  json["forbidden"].push_back({{"p30", Json::array({0, 1, 2, 3, 4})}});
  json["forbidden"].push_back(
      {{"p30", Json::array({5, 6, 7, 8})}, {"p31", Json::array({0, 1, 2, 3, 4, 5, 6, 7, 8})}});
  const auto space = Space::Parse(json);
  ASSERT_FALSE(space.ok());
  EXPECT_THAT(space.error().message, StartsWith("forbidden: these clauses forbid every"));
}

TEST(Forbidden, SamplingFindsTheOnlyConfigurationLeft) {
  Json json = {{"parameters", Json::array()}, {"forbidden", Json::array()}};
  for (int i = 0; i < 8; ++i) {
    const std::string name = "p" + std::to_string(i);
    json["parameters"].push_back({{"name", name}, {"type", "int"}, {"low", 0}, {"high", 9}});
    json["forbidden"].push_back({{name, Json::array({0, 1, 2, 3, 4, 5, 6, 8, 9})}});
  }
  const auto space = Space::Parse(json);
  ASSERT_TRUE(space.ok()) << space.error().message;
  RandomStream random(1, "test");
  EXPECT_EQ(space->Sample(random).values, std::vector<double>(8, 7.0));
  EXPECT_EQ(space->Count(), 1u);
  EXPECT_EQ(space->Default()->values, std::vector<double>(8, 7.0));
}

TEST(Forbidden, TightClausesLeaveTheFreeParametersSpreadOut) {
  // One of 2^14 settings of the switches is allowed: drawing blindly would rarely hit it.
  Json json = JsonOf(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]})");
  Json clauses = Json::array();
  for (int i = 0; i < 14; ++i) {
    const std::string name = "switch" + std::to_string(i);
    json["parameters"].push_back(
        {{"name", name}, {"type", "categorical"}, {"choices", Json::array({0, 1})}});
    clauses.push_back({{name, 1}});
  }
  json["forbidden"] = clauses;
  const auto space = Space::Parse(json);
  ASSERT_TRUE(space.ok()) << space.error().message;
  RandomStream random(3, "test");
  int below_half = 0;
  std::set<double> seen;
  for (int k = 0; k < 200; ++k) {
    const Configuration c = space->Sample(random);
    ASSERT_TRUE(space->Check(c).ok());
    below_half += c.values[0] < 0.5;
    seen.insert(c.values[0]);
  }
  EXPECT_EQ(seen.size(), 200u);
  EXPECT_NEAR(below_half, 100, 30);
}

TEST(Forbidden, ClauseNeedsAllItsParameters) {
  const Space space = MakeSpace(R"({"preset": "dpn",
      "forbidden": [{"edge1": ["4"], "optimizer": ["SGD"]}]})");
  RandomStream random(2, "test");
  bool four = false;
  bool sgd = false;
  for (int k = 0; k < 500; ++k) {
    const Json c = space.ToJson(space.Sample(random));
    four = four || c["edge1"] == "4";
    sgd = sgd || c["optimizer"] == "SGD";
    EXPECT_FALSE(c["edge1"] == "4" && c["optimizer"] == "SGD");
  }
  EXPECT_TRUE(four && sgd);
}

TEST(Forbidden, FloatsThatShareTheirKeyShareTheirClause) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "x", "type": "float", "low": 0, "high": 1}], "forbidden": [{"x": 0.1}]})");
  EXPECT_FALSE(space.FromJson(JsonOf(R"({"x": 0.1})")).ok());
  EXPECT_FALSE(space.FromJson(JsonOf(R"({"x": 0.10000000000000002})")).ok());
  EXPECT_TRUE(space.FromJson(JsonOf(R"({"x": 0.1000000001})")).ok());
}

TEST(Forbidden, DefaultMovesToTheNearestAllowedConfiguration) {
  // `own` has a default and must not move; a changes before a and b together would.
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "own", "type": "categorical", "choices": ["p", "q"], "default": "q"},
      {"name": "a", "type": "ordinal", "choices": [10, 20, 30]},
      {"name": "b", "type": "int", "low": 0, "high": 10}],
      "forbidden": [{"own": "q", "a": [10]}, {"a": [20], "b": [5]}]})");
  EXPECT_EQ(DumpJson(space.ToJson(*space.Default())), R"({"own":"q","a":30,"b":5})");
  const Space two = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "int", "low": 0, "high": 4},
      {"name": "b", "type": "int", "low": 0, "high": 4}],
      "forbidden": [{"a": [2]}, {"b": [2]}]})");
  EXPECT_EQ(DumpJson(two.ToJson(*two.Default())), R"({"a":1,"b":1})");
}

TEST(Forbidden, DefaultIsNothingWhereOwnDefaultsAreForbidden) {
  const Space space = MakeSpace(R"({"parameters": [
      {"name": "a", "type": "categorical", "choices": ["p", "q"], "default": "q"},
      {"name": "b", "type": "int", "low": 0, "high": 10}], "forbidden": [{"a": "q"}]})");
  EXPECT_FALSE(space.Default().has_value());
}

}  // namespace
}  // namespace faretto
