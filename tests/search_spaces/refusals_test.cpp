// Spaces that are refused, each with one sentence: where, what was found, what is allowed.
#include <gmock/gmock.h>

#include <limits>

#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A space of one parameter with the given keys behind its name.
std::string RefusalOfParameter(const std::string& keys) {
  return Refusal(R"({"parameters": [{"name": "x", )" + keys + "}]}");
}

// Conditions and clauses on optimizer (Adam, SGD), layers (1..3) and lr (0..1).
std::string RefusalWith(const std::string& keys) {
  return Refusal(R"({"parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "layers", "type": "int", "low": 1, "high": 3},
      {"name": "lr", "type": "float", "low": 0, "high": 1}], )" +
                 keys + "}");
}

TEST(Refusal, UnknownKeyWithNearestName) {
  EXPECT_EQ(Refusal(R"({"paramters": []})"),
            "paramters: unknown key (did you mean \"parameters\"?)");
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": 0, "hihg": 1)"),
            "parameters[0].hihg: unknown key (did you mean \"high\"?)");
  EXPECT_THAT(RefusalOfParameter(R"("type": "categorical", "choices": [1], "log": true)"),
              StartsWith("parameters[0].log: unknown key"));
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "lr", "active_if": {"layers": 1}}])"),
              AllOf(StartsWith("conditions[0].active_if: unknown key"), HasSubstr("active_when")));
}

TEST(Refusal, WrongTypeSaysWhatWasExpectedAndFound) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": "0", "high": 1)"),
            "parameters[0].low: expected a number, found text \"0\"");
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": 1, "high": 2, "log": "yes")"),
            "parameters[0].log: expected true or false, found text \"yes\"");
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": 1, "high": 2, "step": null)"),
            "parameters[0].step: expected a number, found null");
  EXPECT_EQ(RefusalOfParameter(R"("type": "categorical", "choices": "ab")"),
            "parameters[0].choices: expected a list, found text \"ab\"");
  EXPECT_EQ(RefusalOfParameter(R"("type": "categorical", "choices": [[1]])"),
            "parameters[0].choices[0]: a choice is text, a number or a boolean, found a list [1]");
  EXPECT_EQ(RefusalOfParameter(R"("type": 3)"),
            "parameters[0].type: expected text, found the number 3");
  EXPECT_EQ(Refusal(R"({"parameters": {}})"), "parameters: expected a list, found an empty object");
  EXPECT_EQ(Refusal(R"({"parameters": ["x"]})"),
            "parameters[0]: expected an object, found text \"x\"");
  EXPECT_EQ(Refusal("[]"), "expected an object, found an empty list");
}

TEST(Refusal, UnknownTypeWithNearestName) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "categoric", "choices": [1])"),
            "parameters[0].type: unknown type \"categoric\" (did you mean \"categorical\"?)");
}

TEST(Refusal, MissingKey) {
  EXPECT_THAT(RefusalOfParameter(R"("type": "float", "low": 0)"),
              StartsWith("parameters[0].high: this key is missing"));
  EXPECT_THAT(Refusal(R"({"parameters": [{"type": "float"}]})"),
              StartsWith("parameters[0].name: this key is missing"));
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "lr"}])"),
              StartsWith("conditions[0].active_when: this key is missing"));
}

TEST(Refusal, LowAboveHigh) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": 5, "high": 1)"),
            "parameters[0].low: 5 is above high, which is 1; low may be at most high");
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": 5, "high": 1)"),
              StartsWith("parameters[0].low: 5 is above high"));
}

TEST(Refusal, LogRangeWithZeroOrNegative) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "float", "low": 0, "high": 1, "log": true)"),
            "parameters[0].low: a log range needs a low above 0, found 0");
  EXPECT_EQ(RefusalOfParameter(R"("type": "int", "low": -2, "high": 1, "log": true)"),
            "parameters[0].low: a log range needs a low above 0, found -2");
}

TEST(Refusal, LogTogetherWithStep) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "int", "low": 1, "high": 9, "log": true, "step": 2)"),
            "parameters[0].step: log and step exclude each other; remove one of them");
}

TEST(Refusal, StepNotPositiveNotIntegerOrTooFine) {
  for (const char* step : {"0", "-1", "-0.5"})
    EXPECT_THAT(
        RefusalOfParameter(R"("type": "float", "low": 0, "high": 1, "step": )" + std::string(step)),
        StartsWith("parameters[0].step: a step must be above 0"));
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": 0, "high": 9, "step": 0.5)"),
              StartsWith("parameters[0].step: an int parameter takes an integer step"));
  EXPECT_THAT(RefusalOfParameter(R"("type": "float", "low": 0, "high": 1, "step": 1e-12)"),
              HasSubstr("too fine"));
}

TEST(Refusal, DuplicateAndEmptyNames) {
  EXPECT_EQ(Refusal(R"({"parameters": [{"name": "a", "type": "int", "low": 1, "high": 2},
                                       {"name": "a", "type": "int", "low": 1, "high": 2}]})"),
            "parameters[1].name: the name \"a\" is taken by parameters[0]; every parameter needs "
            "its own");
  EXPECT_THAT(Refusal(R"({"parameters": [{"name": "", "type": "int", "low": 1, "high": 2}]})"),
              StartsWith("parameters[0].name: found empty text"));
}

TEST(Refusal, DuplicateNameBesideAPreset) {
  EXPECT_THAT(Refusal(R"({"preset": "dpn", "parameters": [
                  {"name": "edge1", "type": "categorical", "choices": ["0"]},
                  {"name": "edge1", "type": "categorical", "choices": ["1"]}]})"),
              StartsWith("parameters[1].name: the name \"edge1\" is taken by parameters[0]"));
}

TEST(Refusal, NoOrRepeatedChoices) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "ordinal", "choices": [])"),
            "parameters[0].choices: there are no choices; give at least one");
  EXPECT_EQ(RefusalOfParameter(R"("type": "categorical", "choices": ["a", "b", "a"])"),
            "parameters[0].choices[2]: the choice \"a\" stands twice");
  EXPECT_EQ(RefusalOfParameter(R"("type": "categorical", "choices": [1, "1", true, 1.0])"),
            "parameters[0].choices[3]: the choice 1.0 stands twice");
}

TEST(Refusal, ValuesThatTheParameterCannotTake) {
  EXPECT_EQ(RefusalOfParameter(R"("type": "categorical", "choices": ["Adam", "SGD"],
                                  "default": "Adm")"),
            "parameters[0].default: \"x\" takes one of \"Adam\", \"SGD\", found text \"Adm\" (did "
            "you mean \"Adam\"?)");
  EXPECT_EQ(RefusalOfParameter(R"("type": "int", "low": 1, "high": 8, "step": 2, "default": 4)"),
            "parameters[0].default: \"x\" takes an integer from 1 to 8 in steps of 2, found the "
            "number 4");
  EXPECT_THAT(RefusalOfParameter(R"("type": "float", "low": 0, "high": 1, "default": 1.5)"),
              StartsWith("parameters[0].default: \"x\" takes a number from 0 to 1"));
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "lr",
                             "active_when": {"optimizer": ["SGD", "Sgd"]}}])"),
              AllOf(StartsWith("conditions[0].active_when.optimizer[1]: "),
                    HasSubstr("did you mean \"SGD\"?")));
  EXPECT_THAT(RefusalWith(R"("forbidden": [{"layers": [2, 4]}])"),
              StartsWith("forbidden[0].layers[1]: \"layers\" takes an integer from 1 to 3"));
  EXPECT_THAT(RefusalWith(R"("forbidden": [{"layers": "2"}])"),
              StartsWith("forbidden[0].layers: "));
}

TEST(Refusal, BoundsThatAreNotFinite) {
  for (double bound :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    Json json = JsonOf(R"({"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]})");
    json["parameters"][0]["high"] = bound;
    const auto space = Space::Parse(json);
    ASSERT_FALSE(space.ok());
    EXPECT_THAT(space.error().message, StartsWith("parameters[0].high: expected a finite number"));
  }
}

TEST(Refusal, IntegersBeyondWhatADoubleHolds) {
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": 0, "high": 9007199254740993)"),
              StartsWith("parameters[0].high: integers from -2^53 to 2^53"));
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": -9007199254740993, "high": 1)"),
              StartsWith("parameters[0].low: integers from -2^53 to 2^53"));
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": 0, "high": 1e16)"),
              StartsWith("parameters[0].high: an int parameter takes integers"));
  EXPECT_THAT(RefusalOfParameter(R"("type": "ordinal", "choices": [18446744073709551615])"),
              StartsWith("parameters[0].choices[0]: integers from -2^53 to 2^53"));
  EXPECT_EQ(MakeSpace(R"({"parameters": [{"name": "x", "type": "int", "low": -9007199254740992,
                          "high": 9007199254740992}]})")
                .size(),
            1u);
}

TEST(Refusal, BoundsOfAnIntThatAreNotIntegers) {
  EXPECT_THAT(RefusalOfParameter(R"("type": "int", "low": 0.5, "high": 3)"),
              StartsWith("parameters[0].low: an int parameter takes integers"));
}

TEST(Refusal, UnknownParameterInConditionOrClause) {
  EXPECT_EQ(RefusalWith(R"("conditions": [{"parameter": "lr",
                           "active_when": {"optimiser": ["SGD"]}}])"),
            "conditions[0].active_when.optimiser: unknown parameter \"optimiser\" (did you mean "
            "\"optimizer\"?)");
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "rl",
                             "active_when": {"optimizer": ["SGD"]}}])"),
              StartsWith("conditions[0].parameter: unknown parameter \"rl\""));
  EXPECT_THAT(RefusalWith(R"("forbidden": [{"layer": [1]}])"),
              StartsWith("forbidden[0].layer: unknown parameter \"layer\" (did you mean"));
}

TEST(Refusal, EmptyConditionsAndClauses) {
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "lr", "active_when": {}}])"),
              StartsWith("conditions[0].active_when: expected an object like"));
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "lr", "active_when": {"layers": []}}])"),
              StartsWith("conditions[0].active_when.layers: an empty list"));
  EXPECT_THAT(RefusalWith(R"("forbidden": [{}])"), StartsWith("forbidden[0]: "));
}

TEST(Refusal, ParameterConditionedOnItself) {
  EXPECT_THAT(RefusalWith(R"("conditions": [{"parameter": "layers", "active_when":
                             {"layers": [1]}}])"),
              StartsWith("conditions[0].active_when.layers: a parameter cannot depend on itself"));
}

TEST(Refusal, CycleOfConditionsIsNamed) {
  EXPECT_EQ(RefusalWith(R"("conditions": [
                {"parameter": "lr", "active_when": {"layers": [1]}},
                {"parameter": "layers", "active_when": {"optimizer": ["SGD"]}},
                {"parameter": "optimizer", "active_when": {"layers": [2]}}])"),
            "conditions: a parameter cannot depend on itself, found the cycle \"optimizer\" -> "
            "\"layers\" -> \"optimizer\"; remove one of its conditions");
}

TEST(Refusal, NoParameters) {
  EXPECT_THAT(Refusal("{}"), StartsWith("parameters: there are no parameters"));
  EXPECT_THAT(Refusal(R"({"parameters": []})"), StartsWith("parameters: there are no parameters"));
}

TEST(Refusal, UnknownPreset) {
  EXPECT_EQ(Refusal(R"({"preset": "dnp"})"), "preset: unknown preset \"dnp\" (known: dpn)");
  EXPECT_EQ(Refusal(R"({"preset": 1})"),
            "preset: expected the name of a preset, found the number 1");
}

TEST(Refusal, TooManyParameters) {
  Json json = {{"parameters", Json::array()}};
  for (int i = 0; i < 2001; ++i)
    json["parameters"].push_back(
        {{"name", "x" + std::to_string(i)}, {"type", "float"}, {"low", 0}, {"high", 1}});
  const auto space = Space::Parse(json);
  ASSERT_FALSE(space.ok());
  EXPECT_THAT(space.error().message, HasSubstr("at most 2000"));
}

TEST(Refusal, LongValuesAreShortened) {
  const std::string message =
      RefusalOfParameter(R"("type": "float", "low": ")" + std::string(10000, 'a') + "\"");
  EXPECT_LT(message.size(), 200u);
}

}  // namespace
}  // namespace faretto
