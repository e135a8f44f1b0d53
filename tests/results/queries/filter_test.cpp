#include "results/queries/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faretto {
namespace {

using ::testing::HasSubstr;

const FieldNames kNames = {{"error", "rank_disparity", "both"},
                           {"optimizer", "lr_sgd", "edge", "both"}};

TrialRow Row() {
  TrialRow row;
  row.id = 17;
  row.state = TrialState::kCompleted;
  row.resource = 18;
  row.origin = "nsga2/crossover";
  row.values = {{"error", 0.06}, {"both", 1}};
  row.params = {{"optimizer", "SGD"}, {"edge", "4"}, {"both", 2}};
  return row;
}

bool Matches(std::string_view text) {
  const auto filter = Filter::Parse(text, kNames);
  EXPECT_TRUE(filter.ok()) << filter.error().message;
  return filter.ok() && filter->Matches(Row());
}

std::string ErrorOf(std::string_view text) {
  const auto filter = Filter::Parse(text, kNames);
  if (filter.ok()) return "";
  EXPECT_EQ(filter.error().kind, ErrorKind::kInvalid);
  return filter.error().message;
}

TEST(FilterTest, ComparesNumbersAndText) {
  EXPECT_TRUE(Matches("error<0.1"));
  EXPECT_FALSE(Matches("error >= 0.1"));
  EXPECT_TRUE(Matches("0.1 > error"));
  EXPECT_TRUE(Matches("optimizer==\"SGD\""));
  EXPECT_TRUE(Matches("optimizer = 'SGD'"));
  EXPECT_TRUE(Matches("optimizer != 'Adam'"));
  EXPECT_TRUE(Matches("id = 17 and resource = 18 and origin = 'nsga2/crossover'"));
  EXPECT_TRUE(Matches("error > -1e-3"));
}

TEST(FilterTest, TheViolationOfConstraintsIsUnknownWithoutThem) {
  const auto feasible = Filter::Parse("constraint_violation = 0", kNames);
  TrialRow row = Row();
  EXPECT_FALSE(feasible->Matches(row));
  row.violation = 0;
  EXPECT_TRUE(feasible->Matches(row));
  row.violation = 0.25;
  EXPECT_FALSE(feasible->Matches(row));
}

TEST(FilterTest, AndBindsTighterThanOrAndNotTighterThanAnd) {
  EXPECT_TRUE(Matches("error < 0.1 or error > 1 and id = 0"));
  EXPECT_FALSE(Matches("(error < 0.1 or error > 1) and id = 0"));
  EXPECT_FALSE(Matches("not error < 0.1 and id = 17"));
  EXPECT_TRUE(Matches("not (error < 0.1 and id = 0)"));
  EXPECT_TRUE(Matches("error < 0.1 && !(id = 0) || id = 3"));
}

TEST(FilterTest, StatesMayBeWrittenBareAndAreChecked) {
  EXPECT_TRUE(Matches("state = completed"));
  EXPECT_TRUE(Matches("state != \"failed\""));
  EXPECT_THAT(ErrorOf("state = complete"), HasSubstr("did you mean \"completed\""));
}

TEST(FilterTest, ChoicesThatAreNumbersInTextCompareAsNumbers) {
  EXPECT_TRUE(Matches("edge = 4"));
  EXPECT_TRUE(Matches("edge > 3"));
  EXPECT_FALSE(Matches("optimizer = 3"));
  EXPECT_TRUE(Matches("optimizer != 3"));
}

TEST(FilterTest, AMissingValueIsNeitherTrueNorFalse) {
  EXPECT_FALSE(Matches("lr_sgd < 0.5"));
  EXPECT_FALSE(Matches("not lr_sgd < 0.5"));
  EXPECT_FALSE(Matches("rank_disparity != 3"));
  EXPECT_TRUE(Matches("lr_sgd < 0.5 or id = 17"));
  EXPECT_FALSE(Matches("lr_sgd < 0.5 and id = 17"));
}

TEST(FilterTest, PrefixesTellMetricsFromParameters) {
  EXPECT_TRUE(Matches("both = 1"));
  EXPECT_TRUE(Matches("values.both = 1"));
  EXPECT_TRUE(Matches("params.both = 2"));
}

TEST(FilterTest, ErrorsNameThePositionAndTheNearestName) {
  EXPECT_EQ(ErrorOf("error < 0.1 and optimzer = 'SGD'"),
            "--where, position 17: unknown name \"optimzer\" (did you mean \"optimizer\"?); text "
            "needs quotes");
  EXPECT_THAT(ErrorOf("error <"), HasSubstr("position 8: expected a name"));
  EXPECT_THAT(ErrorOf("error"), HasSubstr("position 6: expected a comparison"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("position 1"));
  EXPECT_THAT(ErrorOf("(error < 1"), HasSubstr("position 11: expected \")\", found the end"));
  EXPECT_THAT(ErrorOf("error < 1)"), HasSubstr("position 10: expected \"and\""));
  EXPECT_THAT(ErrorOf("error < 1 error < 2"), HasSubstr("position 11"));
  EXPECT_THAT(ErrorOf("error < 'abc"), HasSubstr("position 9: the text that begins here"));
  EXPECT_THAT(ErrorOf("error < 1x"), HasSubstr("position 9: this is no number"));
  EXPECT_THAT(ErrorOf("error < 1e999"), HasSubstr("position 9: this is no number"));
  EXPECT_THAT(ErrorOf("error # 1"), HasSubstr("position 7: cannot read \"#\""));
  EXPECT_THAT(ErrorOf("error < < 1"), HasSubstr("position 9"));
}

TEST(FilterTest, DeepNestingIsAnErrorAndNotACrash) {
  for (const std::string opening : {"(", "not ", "!"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += opening;
    EXPECT_THAT(ErrorOf(text), HasSubstr("nested deeper than 64 levels"));
  }
}

TEST(FilterTest, LongChainsAreFine) {
  std::string text = "id = 17";
  for (int i = 0; i < 10000; ++i) text += " and id = 17";
  EXPECT_TRUE(Matches(text));
}

}  // namespace
}  // namespace faretto
