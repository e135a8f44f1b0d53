#include "objectives/fairness/labels_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LabelsCsv, ReadsQuotesLineEndsAndAByteOrderMark) {
  const auto table = ParseLabels(
      "\xef\xbb\xbfidentity,\"a \"\"b\"\"\"\r\n\"x,y\",\"two\nlines\"\r\nz,\r\n\"\",last\n\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table->columns, ElementsAre("identity", "a \"b\""));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("x,y", "two\nlines"), ElementsAre("z", ""),
                                       ElementsAre("", "last")));
  EXPECT_THAT(table->lines, ElementsAre(2, 4, 5));
}

TEST(LabelsCsv, NamesTheLineOfAMistake) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"a,b\n1,2\n1\n", "line 3: there are 1 fields"},
      {"a,b\n1,\"2\n", "line 2: a quote is opened"},
      {"a,b\n1,2\"3\n", "line 2: a quote stands inside"},
      {"a,b\n1,\"2\"3\n", "line 2: text follows"},
      {"a,a\n", "line 1: the column \"a\" stands twice"},
      {"a,\n", "line 1: column 2"},
      {"a,b\n\n1,2\n", "line 2: the line is empty"},
      {"", "the file is empty"}};
  for (const auto& [text, message] : mistakes) {
    const auto table = ParseLabels(text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_THAT(table.error().message, HasSubstr(message));
  }
}

TEST(LabelsCsv, SuggestsTheNearestColumn) {
  const auto column = ParseLabels("identity,glasses\n1,0\n")->Column("glases");
  ASSERT_FALSE(column.ok());
  EXPECT_THAT(column.error().message, HasSubstr("did you mean \"glasses\""));
}

TEST(LabelsCsv, CopesWithTheBlankRowOfThePublishedTable) {
  const LabelTable table = FrnasTable("analysis__vgg_val_phase1.csv");
  EXPECT_EQ(table.rows.size(), 355u);
  const auto names = *table.Column("index");
  const auto errors = *table.Column("Error");
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(errors[i].empty(), names[i] == "gluon_inception_v3_CosFace_Adam") << names[i];
}

}  // namespace
}  // namespace faretto
