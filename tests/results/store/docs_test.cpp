// docs/store.md: its ten queries run, and its table of columns is the schema's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/files.h"
#include "results/store/store.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/table_check.h"
#include "tests/results/testing/test_folder.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

class StoreDocsTest : public ::testing::Test {
 protected:
  StoreDocsTest() : text_(*ReadFile(SourceFolder() / "docs/store.md")) {
    const EventfulStudy study;
    auto store = Store::Open(folder_.path(), ScriptedSpec(), {});
    EXPECT_TRUE(store.ok() && (*store)->Append(study.log()).ok());
    store->reset();
    database_ = std::move(*Database::Open(folder_ / "trials.db", OpenMode::kReadOnly));
  }

  std::vector<std::string> Queries() const {
    std::vector<std::string> queries;
    const std::string fence = "```sql\n";
    for (std::size_t at = text_.find(fence); at != std::string::npos; at = text_.find(fence, at)) {
      at += fence.size();
      queries.push_back(text_.substr(at, text_.find("```", at) - at));
    }
    return queries;
  }

  TestFolder folder_;
  std::string text_;
  Database database_;
};

TEST_F(StoreDocsTest, AllTenQueriesRunAndFindSomething) {
  const std::vector<std::string> queries = Queries();
  ASSERT_EQ(queries.size(), 10u);
  for (const std::string& query : queries) {
    auto rows = database_.Prepare(query);
    ASSERT_TRUE(rows.ok()) << query << rows.error().message;
    const auto row = rows->Step();
    ASSERT_TRUE(row.ok()) << query << row.error().message;
    EXPECT_TRUE(*row) << "no row: " << query;
  }
}

TEST_F(StoreDocsTest, TheQueriesAnswerRightly) {
  const std::vector<std::string> queries = Queries();
  ASSERT_EQ(queries.size(), 10u);
  EXPECT_THAT(Dump(database_, queries[0]), HasSubstr("0|0.3|0.02|"));
  EXPECT_THAT(Dump(database_, queries[3]), HasSubstr("exit status 134|w|2\n"));
  // Seeds 0.31 and 0.33: mean 0.32, standard deviation 0.01414, over the root of 2.
  EXPECT_THAT(Dump(database_, queries[5]), HasSubstr("0|error|2|0.32|0.01"));
  EXPECT_EQ(Dump(database_, queries[6]), "1|0.1|0.2\n4|0.1|0.2\n");
}

TEST_F(StoreDocsTest, EveryTableAndColumnIsDescribed) {
  const std::string columns =
      Dump(database_,
           "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
           " WHERE m.type = 'table'");
  std::istringstream lines(columns);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string table = line.substr(0, line.find('|'));
    const std::string column = line.substr(line.find('|') + 1);
    const std::size_t row = text_.find("| `" + table + "` |");
    ASSERT_NE(row, std::string::npos) << table;
    EXPECT_THAT(text_.substr(row, text_.find('\n', row) - row), HasSubstr("`" + column + "`"));
  }
  EXPECT_GT(count, 60);
}

}  // namespace
}  // namespace faretto
