#include "objectives/problems/table_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "objectives/problems/function_problem.h"

namespace faretto {
namespace {

using testing::HasSubstr;

constexpr char kTable[] =
    "lr,opt,nesterov,resource,error,cost\n"
    "0.10,SGD,True,6,0.2,30\n"
    "0.1,SGD,true,2,0.4,10\n"
    "0.01,Adam,,2,0.5,4\n"
    "0.01,Adam,,6,,20\n";

TableProblem Table(const std::string& csv = kTable) {
  auto table = TableProblem::Parse(csv, {"error"});
  EXPECT_TRUE(table.ok()) << table.error().message;
  return std::move(*table);
}

std::string ProblemOf(const std::string& csv, const std::vector<std::string>& metrics = {"error"}) {
  const auto table = TableProblem::Parse(csv, metrics);
  if (table.ok()) return "";
  EXPECT_EQ(table.error().kind, ErrorKind::kInvalid);
  return table.error().message;
}

const Json kSgd = {{"opt", "SGD"}, {"lr", 0.1}, {"nesterov", true}};

TEST(TableProblem, FindsAConfigurationWhateverTheSpellingOfItsNumbersAndBooleans) {
  const TableProblem table = Table();
  const auto rows = table.Find(kSgd);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  ASSERT_EQ((*rows)->size(), 2u);
  EXPECT_EQ((**rows)[0].resource, 2);
  EXPECT_EQ((**rows)[1].values.at("error"), 0.2);
  EXPECT_EQ(table.configurations(), 2u);
}

TEST(TableProblem, AnEmptyCellIsAnInactiveParameter) {
  const TableProblem table = Table();
  EXPECT_TRUE(table.Find({{"lr", 0.01}, {"opt", "Adam"}}).ok());
  EXPECT_FALSE(table.Find({{"lr", 0.1}, {"opt", "SGD"}}).ok());
}

TEST(TableProblem, SaysWhichConfigurationOrParameterIsMissing) {
  const TableProblem table = Table();
  EXPECT_THAT(table.Find({{"lr", 0.3}, {"opt", "SGD"}}).error().message,
              HasSubstr(R"(no row of the configuration {"lr":0.3,"opt":"SGD"})"));
  EXPECT_THAT(table.Find({{"lr", 0.3}, {"op", "SGD"}}).error().message,
              HasSubstr("no column of the parameter \"op\" (did you mean \"opt\"?)"));
}

TEST(TableProblem, NamesTheLineOfWhatIsWrong) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("empty"));
  EXPECT_THAT(ProblemOf("x,error\n"), HasSubstr("no rows"));
  EXPECT_THAT(ProblemOf("x,eror\n1,2\n"), HasSubstr("line 1: there is no column of the metric"));
  EXPECT_THAT(ProblemOf("error,cost\n1,2\n"), HasSubstr("no column of a parameter"));
  EXPECT_THAT(ProblemOf("x,error\n1,nan\n"), HasSubstr("line 2: the error must be a finite"));
  EXPECT_THAT(ProblemOf("x,error\n1,2,3\n"), HasSubstr("line 2"));
  EXPECT_THAT(ProblemOf("x,error,resource\n1,2,0\n"), HasSubstr("line 2: the resource must be"));
  EXPECT_THAT(ProblemOf("x,error,resource\n1,2,1.5\n"), HasSubstr("whole number"));
  EXPECT_THAT(ProblemOf("x,error,cost\n1,2,-1\n"), HasSubstr("line 2: the cost must be"));
  EXPECT_THAT(ProblemOf("x,error\n1,2\n1.0,3\n"), HasSubstr("line 3: its configuration stands"));
  EXPECT_THAT(ProblemOf("x,error,resource\n1,2,3\n1,2,3\n"), HasSubstr("at resource 3"));
  EXPECT_THAT(ProblemOf("x,error,resource,cost\n1,2,3,9\n1,2,6,8\n"), HasSubstr("falls"));
}

Result<FunctionProblem> Make(Json trainer) {
  trainer["type"] = "function";
  return FunctionProblem::Make(trainer);
}

// A table in a file of its own.
class FunctionTableTest : public testing::Test {
 protected:
  FunctionTableTest() : file_(testing::TempDir() + "function_table_test.csv") { Write(kTable); }
  ~FunctionTableTest() override { std::filesystem::remove(file_); }

  void Write(const std::string& csv) { std::ofstream(file_) << csv; }
  FunctionTraining Training(const Json& params, std::int64_t horizon, Json more = Json::object()) {
    more["table"] = file_;
    more["metrics"] = {"error"};
    auto problem = Make(more);
    EXPECT_TRUE(problem.ok()) << problem.error().message;
    problem_ = std::move(*problem);
    auto training = problem_.Prepare(params, horizon);
    EXPECT_TRUE(training.ok()) << training.error().message;
    return *training;
  }

  std::string file_;
  FunctionProblem problem_;
};

TEST_F(FunctionTableTest, ReportsWhereTheTableHasRowsOfTheConfiguration) {
  const FunctionTraining training = Training(kSgd, 6);
  EXPECT_FALSE(training.ReportsAt(1));
  EXPECT_TRUE(training.ReportsAt(2));
  EXPECT_EQ(training.At(6)->at("error"), 0.2);
  EXPECT_THAT(training.At(3).error().message, HasSubstr("at resource 3, only at 2, 6"));
}

TEST_F(FunctionTableTest, ARowWithoutValuesIsATrainingThatFails) {
  const FunctionTraining training = Training({{"lr", 0.01}, {"opt", "Adam"}}, 6);
  EXPECT_TRUE(training.At(2).ok());
  EXPECT_THAT(training.At(6).error().message, HasSubstr("no values"));
}

TEST_F(FunctionTableTest, CostsLieOnLinesBetweenTheRows) {
  const FunctionTraining training = Training(kSgd, 18);
  EXPECT_DOUBLE_EQ(training.Cost(0, 2), 10);
  EXPECT_DOUBLE_EQ(training.Cost(2, 6), 20);
  EXPECT_DOUBLE_EQ(training.Cost(1, 4), 15);
  EXPECT_DOUBLE_EQ(training.Cost(6, 8), 10);
}

TEST_F(FunctionTableTest, WithoutResourcesTheCostIsThatOfTheWholeTraining) {
  Write("x,error,cost\n1,0.5,60\n");
  const FunctionTraining training = Training({{"x", 1}}, 6);
  EXPECT_TRUE(training.ReportsAt(4));
  EXPECT_EQ(training.At(4)->at("error"), 0.5);
  EXPECT_DOUBLE_EQ(training.Cost(2, 4), 20);
}

TEST_F(FunctionTableTest, WithoutCostsAUnitCostsWhatTheTrainerSaysOrOne) {
  Write("x,error\n1,0.5\n");
  EXPECT_DOUBLE_EQ(Training({{"x", 1}}, 6).Cost(2, 4), 2);
  EXPECT_DOUBLE_EQ(Training({{"x", 1}}, 6, {{"cost_s", 5}}).Cost(2, 4), 10);
}

TEST(FunctionProblem, RefusesOptionsThatDoNotFit) {
  EXPECT_THAT(Make({{"problem", "zdt9"}}).error().message, HasSubstr("zdt1"));
  EXPECT_THAT(Make({{"problm", "zdt1"}}).error().message, HasSubstr("problm"));
  EXPECT_THAT(Make({{"table", "t.csv"}}).error().message, HasSubstr("trainer.metrics"));
  EXPECT_THAT(Make({{"table", 3}}).error().message, HasSubstr("trainer.table"));
  EXPECT_THAT(Make({{"table", "t"}, {"problem", "zdt1"}}).error().message, HasSubstr("one of"));
  EXPECT_THAT(Make({{"problem", "zdt1"}, {"metrics", {"f1"}}}).error().message,
              HasSubstr("belongs to a table"));
  EXPECT_THAT(Make({{"table", "nosuch.csv"}, {"metrics", {"f1"}}}).error().message,
              HasSubstr("nosuch.csv"));
  EXPECT_THAT(Make({{"problem", "zdt1"}, {"cost_s", -1}}).error().message, HasSubstr("cost_s"));
}

}  // namespace
}  // namespace faretto
