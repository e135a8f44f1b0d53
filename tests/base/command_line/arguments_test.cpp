#include "base/command_line/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Arguments Declared() {
  Arguments arguments("paint", "ID [options]", "Paints one trial.", {"faretto paint 3"});
  arguments.PositionalInteger("ID", "the trial", {.required = true, .at_least = 0})
      .Text("dir", "DIR", "the folder")
      .Text("colour", "C", "of the paint", {.default_value = "red", .one_of = {"red", "blue"}})
      .Integer("seeds", "N", "how many", {.at_least = 1, .at_most = 9, .default_value = 3})
      .Integer("shift", "N", "either way")
      .Number("rate", "P", "a share", {.at_least = 0, .at_most = 1})
      .Number("wait-s", "S", "how long", {.above = 0, .default_value = 2.5})
      .Flag("fresh", "from the start");
  return arguments;
}

struct Printed {
  std::optional<int> exit_code;
  std::string output;
  std::string error;
};

Printed Parse(Arguments& arguments, const std::vector<std::string>& args) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Printed printed;
  printed.exit_code = arguments.Parse(args);
  printed.output = testing::internal::GetCapturedStdout();
  printed.error = testing::internal::GetCapturedStderr();
  return printed;
}

Arguments Good(const std::vector<std::string>& args) {
  Arguments arguments = Declared();
  const Printed printed = Parse(arguments, args);
  EXPECT_EQ(printed.exit_code, std::nullopt) << printed.error;
  return arguments;
}

std::string ErrorOf(const std::vector<std::string>& args) {
  Arguments arguments = Declared();
  const Printed printed = Parse(arguments, args);
  EXPECT_EQ(printed.exit_code, 2);
  EXPECT_EQ(printed.output, "");
  return printed.error;
}

TEST(Arguments, ReadsTypedValuesInBothForms) {
  const Arguments arguments =
      Good({"--dir", "a b", "--seeds=7", "17", "--rate", "1e-1", "--fresh"});
  EXPECT_EQ(arguments.Get<std::int64_t>("ID"), 17);
  EXPECT_EQ(arguments.Get("dir"), "a b");
  EXPECT_EQ(arguments.Get<std::int64_t>("seeds"), 7);
  EXPECT_EQ(arguments.Find<double>("rate"), 0.1);
  EXPECT_TRUE(arguments.Get<bool>("fresh"));
}

TEST(Arguments, TellsDefaultsFromWhatWasGiven) {
  const Arguments arguments = Good({"1"});
  EXPECT_EQ(arguments.Get("colour"), "red");
  EXPECT_EQ(arguments.Get<double>("wait-s"), 2.5);
  EXPECT_FALSE(arguments.Has("colour"));
  EXPECT_FALSE(arguments.Has("dir"));
  EXPECT_EQ(arguments.Get("dir"), "");
  EXPECT_EQ(arguments.Find<double>("rate"), std::nullopt);
  EXPECT_FALSE(arguments.Get<bool>("fresh"));
}

TEST(Arguments, TakesANegativeNumberAsAValueOrAWord) {
  EXPECT_EQ(Good({"1", "--shift", "-5"}).Get<std::int64_t>("shift"), -5);
  EXPECT_THAT(ErrorOf({"-1"}), HasSubstr("ID must be a whole number of at least 0, it is \"-1\""));
}

TEST(Arguments, TakesAnEmptyValue) { EXPECT_TRUE(Good({"1", "--dir", ""}).Has("dir")); }

TEST(Arguments, RefusesValuesThatAreNoneOrOutOfRange) {
  const std::pair<std::vector<std::string>, const char*> mistakes[] = {
      {{"x"}, "ID must be a whole number of at least 0, it is \"x\""},
      {{"1", "--seeds", "2.5"}, "--seeds must be a whole number from 1 to 9, it is \"2.5\""},
      {{"1", "--seeds", ""}, "--seeds must be a whole number from 1 to 9, it is \"\""},
      {{"1", "--seeds", "10"}, "--seeds must be a whole number from 1 to 9"},
      {{"1", "--seeds", "99999999999999999999"}, "--seeds must be a whole number from 1 to 9"},
      {{"1", "--rate", "1.5"}, "--rate must be a number from 0 to 1, it is \"1.5\""},
      {{"1", "--rate", "nan"}, "--rate must be a number from 0 to 1, it is \"nan\""},
      {{"1", "--wait-s=0"}, "--wait-s must be a number above 0, it is \"0\""},
      {{"1", "--wait-s", "inf"}, "--wait-s must be a number above 0"},
      {{"1", "--shift", "far"}, "--shift must be a whole number, it is \"far\""},
      {{"1", "--colour", "green"}, "--colour must be red or blue, it is \"green\""}};
  for (const auto& [args, message] : mistakes) EXPECT_THAT(ErrorOf(args), HasSubstr(message));
}

TEST(Arguments, RefusesWrongUseInOneSentence) {
  const std::pair<std::vector<std::string>, const char*> mistakes[] = {
      {{}, "faretto: paint: ID is missing; see faretto paint --help\n"},
      {{"1", "2"}, "faretto: paint: too many words; see faretto paint --help\n"},
      {{"1", "--dri", "x"}, "unknown option --dri (did you mean \"--dir\"?);"},
      {{"1", "--see", "2"}, "unknown option --see"},  // no guessing
      {{"1", "-x"}, "unknown option -x"},
      {{"1", "--dir"}, "the option --dir needs a value;"},
      {{"1", "--dir", "--seeds", "2"}, "the option --dir needs a value;"},
      {{"1", "--dir="}, "the option --dir needs a value;"},
      {{"1", "--fresh=yes"}, "the option --fresh takes no value;"},
      {{"1", "--dir", "a", "--dir", "b"}, "the option --dir stands twice;"},
      {{"1", "--fresh", "--fresh"}, "the option --fresh stands twice;"}};
  for (const auto& [args, message] : mistakes) EXPECT_THAT(ErrorOf(args), HasSubstr(message));
}

TEST(Arguments, NamesARequiredOptionThatIsMissing) {
  Arguments arguments("paint", "--dir DIR", "Paints.");
  arguments.Text("dir", "DIR", "the folder", {.required = true});
  EXPECT_EQ(Parse(arguments, {}).error,
            "faretto: paint: the option --dir is missing; see faretto paint --help\n");
}

TEST(Arguments, PrintsAHelpPageFromItsDeclarations) {
  for (const char* word : {"--help", "-h"}) {
    Arguments arguments = Declared();
    const Printed page = Parse(arguments, {"--seeds", "0", word});
    EXPECT_EQ(page.exit_code, 0);
    EXPECT_EQ(page.error, "");
    for (const char* line :
         {"Usage: faretto paint ID [options]\n", "\nPaints one trial.\n", "  ID: the trial\n",
          "--colour C (=red)", "of the paint\n", "how many; from 1 to 9\n", "how long; above 0\n",
          "--wait-s S (=2.5)", "--fresh", "this page\n", "\nExamples:\n  faretto paint 3\n"})
      EXPECT_THAT(page.output, HasSubstr(line));
  }
}

TEST(Arguments, NamesTheOtherProgram) {
  Arguments arguments("run", "", "Runs.", {}, "faretto-worker");
  EXPECT_EQ(Parse(arguments, {"x"}).error,
            "faretto-worker: run: too many words; see faretto-worker run --help\n");
}

TEST(Arguments, PassesOnWhatWasGiven) {
  const Arguments arguments = Good({"1", "--rate", "0.10", "--dir=x", "--shift", "-2"});
  EXPECT_THAT(arguments.Words({"dir", "rate", "seeds", "shift"}),
              ElementsAre("--dir", "x", "--rate", "0.10", "--shift", "-2"));
}

}  // namespace
}  // namespace faretto
