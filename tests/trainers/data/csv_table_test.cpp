#include "trainers/data/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/trainers/test_folder.h"

namespace faretto {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CsvTest : public testing::Test {
 protected:
  Result<CsvTable> Read(const std::string& text) {
    std::ofstream(folder_.path() / "t.csv", std::ios::binary) << text;
    return ReadCsv(folder_.path() / "t.csv");
  }
  std::string ErrorOf(const std::string& text) {
    const Result<CsvTable> table = Read(text);
    return table.ok() ? "no error" : table.error().message;
  }

  TestFolder folder_;
};

TEST_F(CsvTest, ReadsFieldsAndLines) {
  const Result<CsvTable> table = Read("a,b\n1,2\n\n3,\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table->columns, ElementsAre("a", "b"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "")));
  EXPECT_THAT(table->lines, ElementsAre(2, 4));
  EXPECT_EQ(table->Column("b"), 1u);
  EXPECT_EQ(table->Column("c"), std::nullopt);
}

TEST_F(CsvTest, ReadsQuotesCarriageReturnsAndAByteOrderMark) {
  const Result<CsvTable> table = Read("\xEF\xBB\xBFpath,b\r\n\"x, \"\"y\"\"\nz\",2\r\n3,4");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table->columns, ElementsAre("path", "b"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("x, \"y\"\nz", "2"), ElementsAre("3", "4")));
  EXPECT_THAT(table->lines, ElementsAre(2, 4));
}

TEST_F(CsvTest, NamesTheLineOfARowThatIsTooShort) {
  EXPECT_THAT(ErrorOf("a,b\n1,2\n3\n"), AllOf(HasSubstr("t.csv line 3"), HasSubstr("1 fields")));
}

TEST_F(CsvTest, NamesTheLineOfAQuoteThatIsNeverClosed) {
  EXPECT_THAT(ErrorOf("a,b\n1,\"2\n3,4\n"), HasSubstr("t.csv line 2: a quoted field"));
}

TEST_F(CsvTest, RefusesAnEmptyFileAndARepeatedColumn) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("is empty"));
  EXPECT_THAT(ErrorOf("a,b,a\n"), HasSubstr("\"a\" stands twice"));
}

}  // namespace
}  // namespace faretto
