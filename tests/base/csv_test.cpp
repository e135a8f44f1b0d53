#include "base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "tests/source_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(std::string_view text) {
  const Result<CsvTable> table = ParseCsv(text);
  return table.ok() ? "no error" : table.error().message;
}

TEST(Csv, ReadsQuotesLineEndsAndAByteOrderMark) {
  const auto table = ParseCsv(
      "\xef\xbb\xbfidentity,\"a \"\"b\"\"\"\r\n\"x,y\",\"two\nlines\"\r\nz,\r\n\"\",last\n\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table->columns, ElementsAre("identity", "a \"b\""));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("x,y", "two\nlines"), ElementsAre("z", ""),
                                       ElementsAre("", "last")));
  EXPECT_THAT(table->lines, ElementsAre(2, 4, 5));
}

TEST(Csv, NeedsNoLineEndAtTheEnd) {
  for (const char* text : {"a,b\n1,2", "a,b\r\n1,2\r", "a,b\r\n1,\"2\"\r"}) {
    const auto table = ParseCsv(text);
    ASSERT_TRUE(table.ok()) << table.error().message;
    EXPECT_THAT(table->rows, ElementsAre(ElementsAre("1", "2"))) << text;
  }
}

TEST(Csv, NamesTheLineOfAMistake) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"a,b\n1,2\n1\n", "line 3: the row has 1 field, but the header has 2 columns"},
      {"a\n1,2\n", "line 2: the row has 2 fields, but the header has 1 column;"},
      {"a,b\n1,\"2\n3,4\n", "line 2: a quote is opened"},
      {"a,b\n1,2\"3\n", "line 2: a quote stands inside"},
      {"a,b\n1,\"2\"3\n", "line 2: text follows"},
      {"a,b,a\n", "line 1: the column \"a\" stands twice"},
      {"a,\n", "line 1: column 2 of the header has no name"},
      {"\na,b\n", "line 1: the line is empty; it must name the columns"},
      {"a,b\n\n1,2\n", "line 2: the line is empty"},
      {"", "the file is empty"}};
  for (const auto& [text, message] : mistakes) EXPECT_THAT(ErrorOf(text), StartsWith(message));
}

TEST(Csv, RefusesCarriageReturnsThatEndLinesAlone) {
  for (const char* text : {"a,b\r1,2\r3,4\r", "a,\"b\"\r1,2\r", "a,\"b\"\r,2\r"}) {
    EXPECT_EQ(ErrorOf(text),
              "line 1: the line ends are carriage returns alone; save the file with line feeds")
        << text;
  }
}

TEST(Csv, KeepsACarriageReturnInsideQuotes) {
  const auto table = ParseCsv("a\n\"x\ry\"\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("x\ry")));
}

TEST(Csv, RefusesTheSeparatorNoteOfSpreadsheetPrograms) {
  for (const char* text : {"sep=,\na,b\n1,2\n", "\xef\xbb\xbfSEP=;\r\na;b\r\n"})
    EXPECT_THAT(ErrorOf(text), HasSubstr("remove the line")) << text;
}

TEST(Csv, RefusesOtherSeparatorsThanCommas) {
  for (const char* text : {"a;b\n1;2\n", "a\tb\n1\t2\n"})
    EXPECT_THAT(ErrorOf(text), HasSubstr("must be separated by commas")) << text;
  EXPECT_EQ(ErrorOf("a;b,c\n1,2\n"), "no error");
  EXPECT_EQ(ErrorOf("\"a;b\"\n1\n"), "no error");
}

TEST(Csv, RefusesWhatIsNoText) {
  EXPECT_THAT(ErrorOf("PK\x03\x04\x14"), HasSubstr("no text file but a spreadsheet"));
  EXPECT_THAT(ErrorOf({"a,b\n1,\0\n", 8}), HasSubstr("no text file"));
  EXPECT_THAT(ErrorOf({"\xff\xfe\x61\0", 4}), HasSubstr("UTF-16"));
  EXPECT_THAT(ErrorOf("a,b\n\xff,2\n"), HasSubstr("not UTF-8"));
}

TEST(Csv, SuggestsTheNearestColumn) {
  const auto column = ParseCsv("identity,glasses\n1,0\n")->Column("glases");
  ASSERT_FALSE(column.ok());
  EXPECT_THAT(column.error().message, HasSubstr("did you mean \"glasses\""));
}

TEST(Csv, NamesAFileThatCannotBeRead) {
  EXPECT_EQ(ReadCsv("no/such.csv").error().message, "there is no file no/such.csv");
  EXPECT_THAT(ReadCsv(SourceFolder() / "tests/source_folder.h").error().message,
              HasSubstr("source_folder.h: line "));
}

TEST(Csv, CopesWithTheBlankRowOfThePublishedTable) {
  const auto table = ReadCsv(SourceFolder() / "tests/data/frnas" / "analysis__vgg_val_phase1.csv");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->rows.size(), 355u);
  const auto names = *table->Column("index");
  const auto errors = *table->Column("Error");
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(errors[i].empty(), names[i] == "gluon_inception_v3_CosFace_Adam") << names[i];
}

}  // namespace
}  // namespace faretto
